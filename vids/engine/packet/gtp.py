"""GTP-U: the packets of mobile devices in UDP (3GPP TS 29.281)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.packet import Packet

ORIGIN: Final = "gtp tunnel"  # EVE's pkt_src of the inner packet; the reference engine has none for it
HEADER: Final = 8  # bytes: flags, message, length, tunnel endpoint id
OPTIONAL: Final = 4  # bytes: sequence number, N-PDU number, next extension; all there if one is flagged

VERSION_1: Final = 0x30  # version and protocol type, in the upper four bits of the first byte
VERSION: Final = 0xF0
HAS_EXTENSION: Final = 0x04
HAS_OPTIONAL: Final = 0x07
G_PDU: Final = 255  # the message that carries a packet


def find_gtp(packet: Packet) -> bool:
    """Find the packet inside a datagram's payload; a guess, as its kind is told by its own first bits alone."""
    data = packet.data
    at = packet.payload_at
    end = packet.payload_end
    if end - at < HEADER or i64(data[at]) & VERSION != VERSION_1 or data[at + 1] != G_PDU:
        return False
    length = i64(read_i16_be(data, at + 2)) & 0xFFFF
    if length > end - at - HEADER:
        return False
    end = at + HEADER + length
    at = _step_over(data, at, end)
    if at < 0 or at >= end:
        return False
    version = data[at] >> 4
    if version == 4:
        return packet.guess_tunnel(ether_type.IPV4, ORIGIN, at, end)
    return version == 6 and packet.guess_tunnel(ether_type.IPV6, ORIGIN, at, end)


def _step_over(data: bytes, at: i64, end: i64) -> i64:
    """Return where the header at `data[at:end]` ends, its extensions included (section 5.2); -1 where it is cut."""
    flags = i64(data[at])
    at += HEADER
    if flags & HAS_OPTIONAL == 0:
        return at
    at += OPTIONAL
    if at > end:
        return -1
    kind = i64(data[at - 1]) if flags & HAS_EXTENSION else 0
    while kind != 0:
        if at >= end:
            return -1
        length = i64(data[at]) << 2
        if length == 0 or length > end - at:
            return -1
        at += length
        kind = i64(data[at - 1])
    return at
