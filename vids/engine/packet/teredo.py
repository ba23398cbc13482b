"""Teredo: IPv6 in UDP through address translators (RFC 4380, section 5.1.1)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.packet import Packet

ORIGIN: Final = "teredo tunnel"  # EVE's pkt_src of the inner packet
ORIGIN_INDICATION: Final = 8  # bytes: two zeros, port, address
IPV6_HEADER: Final = 40  # bytes
HOP_BY_HOP: Final = 0


def find_teredo(packet: Packet) -> bool:
    """Find the packet inside a datagram's payload.

    Nothing marks Teredo, so this is a guess: an IPv6 header whose length fits exactly. It stands once the whole
    packet could be decoded.
    """
    data = packet.data
    at = packet.payload_at
    end = packet.payload_end
    if end - at >= ORIGIN_INDICATION + IPV6_HEADER and read_i16_be(data, at) == 0:
        at += ORIGIN_INDICATION
    if end - at < IPV6_HEADER or data[at] >> 4 != 6:
        return False
    length = i64(read_i16_be(data, at + 4)) & 0xFFFF
    if length != end - at - IPV6_HEADER or data[at + 7] == 0:
        return False
    if data[at + 6] == HOP_BY_HOP and length < 8:
        return False
    return packet.guess_tunnel(ether_type.IPV6, ORIGIN, at, end)
