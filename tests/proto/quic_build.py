"""Packets of QUIC, protected as their senders do."""

from __future__ import annotations

from tls_build import sized

from vids.engine.proto.quic.header import V1, V2
from vids.engine.proto.quic.keys import Keys

ID = bytes(range(1, 9))  # the connection id that the client chooses for the server
PROTECTED = 4  # bytes from the packet number on, before the sample
SAMPLE = 16


def number(value: int) -> bytes:
    """Return a number of variable length."""
    for width, code in ((1, 0), (2, 1), (4, 2), (8, 3)):
        if value < 1 << (8 * width - 2):
            return (value | code << (8 * width - 2)).to_bytes(width, "big")
    raise ValueError(value)


def crypto(offset: int, data: bytes) -> bytes:
    """Return a CRYPTO frame."""
    return b"\x06" + number(offset) + number(len(data)) + data


def long_header(kind: int, version: int, destination: bytes, source: bytes = b"") -> bytes:
    """Return what all long headers begin with; `kind` is the number that version 1 has for it."""
    bits = (kind + 1) % 4 if version == V2 else kind
    return bytes([0xC0 | bits << 4]) + version.to_bytes(4, "big") + sized(destination, 1) + sized(source, 1)


def initial(frames: bytes, to_server=True, keys=ID, destination=ID, version=V1, packet=0, width=1, token=b"") -> bytes:
    """Return an Initial packet; `keys` is the connection id that they follow from."""
    frames += bytes(max(0, 4 - len(frames)))
    made = Keys(version, keys, to_server)
    plain = packet.to_bytes(width, "big")
    head = long_header(0, version, destination) + number(len(token)) + token
    head = bytes([head[0] | width - 1]) + head[1:] + number(width + len(frames) + 16)
    nonce = (int.from_bytes(made.nonce, "big") ^ packet).to_bytes(12, "big")
    sealed = made.packet.encrypt(nonce, frames, head + plain)
    at = PROTECTED - width
    mask = made.header.encryptor().update(sealed[at : at + SAMPLE])
    hidden = bytes(a ^ b for a, b in zip(plain, mask[1:], strict=False))
    return bytes([head[0] ^ mask[0] & 0x0F]) + head[1:] + hidden + sealed


def other(kind: int, version: int = V1, body: bytes = bytes(30)) -> bytes:
    """Return a 0-RTT (1) or Handshake (2) packet."""
    return long_header(kind, version, ID) + number(len(body)) + body


def retry(version: int = V1) -> bytes:
    return long_header(3, version, b"", b"newid") + b"token" + bytes(16)


def versions(*offered: int) -> bytes:
    """Return a Version Negotiation packet."""
    return b"\x80" + bytes(4) + sized(b"", 1) + sized(ID, 1) + b"".join(v.to_bytes(4, "big") for v in offered)


def chlo(*tags: tuple[bytes, bytes]) -> bytes:
    """Return Google's ClientHello."""
    index, values = b"", b""
    for tag, value in tags:
        values += value
        index += tag.ljust(4, b"\0") + len(values).to_bytes(4, "little")
    return b"CHLO" + len(tags).to_bytes(2, "little") + b"\0\0" + index + values


def stream(data: bytes) -> bytes:
    """Return one of Google's STREAM frames, of stream 1."""
    return b"\xa0\1" + len(data).to_bytes(2, "big") + data


def google(frames: bytes, version: bytes = b"Q043") -> bytes:
    """Return a packet of Google's QUIC up to Q043."""
    return b"\x09" + ID + version + b"\1" + bytes(12) + frames


def google_long(frames: bytes, version: bytes) -> bytes:
    """Return an Initial packet of Google's QUIC from Q044 on."""
    first = b"\xc3" if version == b"Q046" else b"\xff"
    return first + version + b"\x50" + ID + bytes(4) + bytes(12) + frames
