"""AH over IPv4: a header to step over (RFC 4302, section 2); over IPv6 it is an extension header."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.packet.packet import Packet

HEADER: Final = 12  # bytes: next header, length, reserved, security parameters index, sequence number


def read_ah(packet: Packet, at: i64, end: i64) -> i64:
    """Take the protocol behind the header at `data[at:end]`; return where it begins, -1 where the header is cut."""
    if end - at < HEADER:
        return -1
    length = (i64(packet.data[at + 1]) + 2) << 2
    if length < HEADER or length > end - at:
        return -1
    packet.protocol = i64(packet.data[at])
    return at + length
