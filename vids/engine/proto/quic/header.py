"""Headers of QUIC packets: those of version 1 and its kin (RFC 9000, section 17; RFC 9369), and of Google's before."""

from __future__ import annotations

import re
from typing import Final, final

from librt.strings import read_i32_be
from mypy_extensions import i64

V1: Final = 1
V2: Final = 0x6B3343CF  # RFC 9369
NEGOTIATION: Final = 0  # the version of a packet that lists versions
Q039: Final = 0x51303339  # Google's
Q043: Final = 0x51303433
Q044: Final = 0x51303434
Q045: Final = 0x51303435
Q046: Final = 0x51303436
Q050: Final = 0x51303530
FACEBOOK: Final = 0xFACEB002
DRAFT: Final = 0xFF000000  # of version 1, with the number of the draft
FIRST_DRAFT: Final = 23  # whose packets can be read
LAST_DRAFT: Final = 34

GOOGLE: Final = frozenset((Q043, Q044, Q045, Q046))  # whose hellos are not encrypted
NAMES: Final[dict[int, str]] = {
    V2: "v2", Q039: "Q039", Q043: "Q043", Q044: "Q044", Q045: "Q045", Q046: "Q046",
}  # fmt: skip
GOOGLE_NAME: Final = re.compile(rb"[QT]0\d\d")

LONG: Final = 0x80  # bits of the first byte
FIXED: Final = 0x40
OF_GOOGLE_VERSION: Final = 0x01  # bits of Google's first byte
OF_GOOGLE_NONCE: Final = 0x04
OF_GOOGLE_ID: Final = 0x08

INITIAL: Final = 0  # types of packets
ZERO_RTT: Final = 1
HANDSHAKE: Final = 2
RETRY: Final = 3
VERSIONS: Final = 4  # Version Negotiation
SHORT: Final = 5  # with the keys of the connection
OF_V2: Final = (RETRY, INITIAL, ZERO_RTT, HANDSHAKE)  # by the bits that are their number in version 1
OF_GOOGLE: Final[dict[int, int]] = {0x7F: INITIAL, 0x7E: RETRY, 0x7D: HANDSHAKE, 0x7C: ZERO_RTT}

HASH: Final = 12  # bytes of the hash in Google's packets
NONCE: Final = 32
MAX_ID: Final = 20  # bytes of a connection id (RFC 9000, section 17.2)


@final
class Header:
    """The header of one packet in a datagram."""

    def __init__(self) -> None:
        self.kind: i64 = SHORT
        self.version: i64 = 0
        self.version_bytes = b""  # as they are on the wire; none in a short header
        self.destination = b""  # connection id
        self.begin: i64 = 0  # of the packet in its datagram
        self.payload_at: i64 = 0  # behind the header: the packet number comes first, where it is protected
        self.end: i64 = 0  # of the packet


@final
class Reader:
    """A place in a datagram; what leads out of it makes `is_short` true and reads as nothing."""

    def __init__(self, data: bytes, at: i64, end: i64) -> None:
        self.data = data
        self.at = at
        self.end = end
        self.is_short = False

    def take(self, length: i64) -> bytes:
        """Return the next bytes."""
        if length > self.end - self.at:
            self.is_short = True
            self.at = self.end
            return b""
        begin = self.at
        self.at += length
        return self.data[begin : self.at]

    def byte(self) -> i64:
        """Return the next byte as a number."""
        if self.at >= self.end:
            self.is_short = True
            return 0
        self.at += 1
        return i64(self.data[self.at - 1])

    def number(self) -> i64:
        """Return a number of variable length (RFC 9000, section 16)."""
        first = self.byte()
        value = first & 0x3F
        for byte in self.take((1 << (first >> 6)) - 1):
            value = value << 8 | byte
        return value


def name(version: i64) -> str:
    """Return what EVE calls a version."""
    return NAMES.get(int(version), f"{version:x}")


def read_header(data: bytes, at: i64) -> Header | None:
    """Return the header of the packet at `at`; None for what is none."""
    header = Header()
    header.begin = at
    reader = Reader(data, at, len(data))
    first = reader.byte()
    if first & LONG:
        _read_long(header, reader, first)
    elif not first & FIXED:
        _read_google(header, reader, first)
    if reader.is_short or header.kind < 0:
        return None
    header.payload_at = reader.at
    if header.end == 0:
        header.end = len(data)
    return header


def _read_version(header: Header, reader: Reader) -> None:
    header.version_bytes = reader.take(4)
    if not reader.is_short:
        header.version = i64(read_i32_be(header.version_bytes, 0)) & 0xFFFFFFFF


def _read_long(header: Header, reader: Reader, first: i64) -> None:
    _read_version(header, reader)
    version = header.version
    is_google = int(version) in GOOGLE
    if version == NEGOTIATION:
        header.kind = VERSIONS
    elif is_google and version != Q046:
        header.kind = OF_GOOGLE.get(int(first & 0x7F), -1)
    elif version == V2:
        header.kind = OF_V2[int(first >> 4 & 3)]
    else:
        header.kind = first >> 4 & 3
    if is_google:
        lengths = reader.byte()
        header.destination = reader.take(_google_length(lengths >> 4))
        reader.take(_google_length(lengths & 0xF))
    else:
        header.destination = reader.take(reader.byte())
        reader.take(reader.byte())
    if header.kind == RETRY:
        reader.at = reader.end  # a token, and what proves it
    elif header.kind == INITIAL and is_google:
        reader.take(4 + HASH)  # the number of the packet
    elif header.kind != VERSIONS and not is_google:
        if header.kind == INITIAL:
            reader.take(reader.number())  # the token of an earlier Retry
        length = reader.number()
        header.end = reader.at + length
        if header.end > reader.end:
            reader.is_short = True


def _google_length(coded: i64) -> i64:
    return coded + 3 if coded > 0 else 0


def _read_google(header: Header, reader: Reader, first: i64) -> None:
    """Read a header of Google's QUIC up to Q043."""
    if first & OF_GOOGLE_ID:
        header.destination = reader.take(8)
    elif first & OF_GOOGLE_NONCE:
        reader.take(NONCE)
    if first & OF_GOOGLE_VERSION:
        _read_version(header, reader)
        header.kind = INITIAL
    reader.take(1 + (first >> 4 & 3))
    if first & OF_GOOGLE_ID:
        reader.take(HASH)
