"""Frames of Initial packets (RFC 9000, section 19), and what they carry: pieces of a hello, or Google's hello."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.quic.header import Reader

PADDING: Final = 0x00  # types
PING: Final = 0x01
ACK: Final = 0x02
ACK_ECN: Final = 0x03
CRYPTO: Final = 0x06
GOOGLE_CRYPTO: Final = 0x08  # of Q050
STREAM: Final = 0x80  # Google's: a bit, with what follows in the others
STREAM_LENGTH: Final = 0x20

MAX_CRYPTO: Final = 65535  # bytes of a side's CRYPTO frames that are kept, of all packets together


@final
class Crypto:
    """The bytes of CRYPTO frames of one side, put in order."""

    def __init__(self) -> None:
        self.data = bytearray()  # all that is there from the begin on
        self.pieces: list[tuple[int, bytes]] = []  # that come further on, with where they begin
        self.held: i64 = 0  # bytes of them
        self.is_full = False  # more was said than is kept

    def add(self, offset: i64, piece: bytes) -> None:
        """Take a piece; of bytes that come twice the first count."""
        if offset + len(piece) >= MAX_CRYPTO or self.held + len(piece) > MAX_CRYPTO:
            self.is_full = True
        elif piece:
            self.pieces.append((offset, piece))
            self.held += len(piece)

    def join(self) -> None:
        """Move to `data` what follows it."""
        if not self.pieces:
            return
        self.pieces.sort(key=_offset)
        left: list[tuple[int, bytes]] = []
        for offset, piece in self.pieces:
            known = len(self.data) - offset
            if known < 0:
                left.append((offset, piece))
            elif known < len(piece):
                self.data += piece[known:]
        self.pieces = left
        self.held = sum([len(piece) for _, piece in left])


def _offset(piece: tuple[int, bytes]) -> int:
    return piece[0]


@final
class GoogleHello:
    """Google's CHLO: tags with values."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.server = b""  # SNI
        self.agent = b""  # UAID


def read_frames(data: bytes, crypto: Crypto, hellos: list[GoogleHello]) -> bool:
    """Read the frames of a packet, up to one of another type than Initial packets have; False if they are malformed."""
    reader = Reader(data, 0, len(data))
    while reader.at < reader.end and not reader.is_short:
        kind = reader.byte()
        if kind & STREAM:
            _read_stream(reader, kind, hellos)
        elif kind == PADDING:
            reader.at = reader.end - len(data[reader.at :].lstrip(b"\0"))
        elif kind in (ACK, ACK_ECN):
            _read_ack(reader, kind)
        elif kind == CRYPTO:
            offset = reader.number()
            piece = reader.take(reader.number())
            if not reader.is_short:
                crypto.add(offset, piece)
        elif kind == GOOGLE_CRYPTO:
            reader.number()
            _note_hello(reader.take(reader.number()), hellos)
        elif kind != PING:
            break
    return not reader.is_short


def _read_ack(reader: Reader, kind: i64) -> None:
    reader.number()  # the largest packet, and how long ago
    reader.number()
    ranges = reader.number()
    reader.number()
    numbers = ranges * 2 + (3 if kind == ACK_ECN else 0)
    while numbers > 0 and not reader.is_short:
        reader.number()
        numbers -= 1


def _read_stream(reader: Reader, kind: i64, hellos: list[GoogleHello]) -> None:
    """Read one of Google's STREAM frames: 1fdooosS, with lengths of offset and stream id."""
    offset = kind >> 2 & 7
    reader.take((kind & 3) + 1 + (offset + 1 if offset else 0))
    length = reader.byte() << 8 | reader.byte() if kind & STREAM_LENGTH else reader.end - reader.at
    _note_hello(reader.take(length), hellos)


def _note_hello(data: bytes, hellos: list[GoogleHello]) -> None:
    """Read a CHLO if this is one: "CHLO", number of tags, tag and end of value of each, values."""
    if len(data) < 8 or data[:4] != b"CHLO":
        return
    count = data[4] | data[5] << 8
    values_at = 8 + 8 * count
    if values_at > len(data):
        return
    hello = GoogleHello()
    begin: i64 = 0
    for n in range(count):
        at = 8 + 8 * n
        tag = data[at : at + 4].rstrip(b"\0")
        end = int.from_bytes(data[at + 4 : at + 8], "little")
        if end < begin or values_at + end > len(data) or not tag.isalnum():
            return
        hello.tags.append(tag.decode())
        if tag == b"SNI":
            hello.server = data[values_at + begin : values_at + end]
        elif tag == b"UAID":
            hello.agent = data[values_at + begin : values_at + end]
        begin = end
    hellos.append(hello)
