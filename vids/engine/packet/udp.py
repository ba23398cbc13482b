"""UDP (RFC 768)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 8  # bytes


def decode_udp(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the datagram at `data[at:end]`; what follows its own length's end is no part of it."""
    counts.udp += 1
    data = packet.data
    if end - at < HEADER:
        return packet.malformed("udp.hlen_too_small")
    length = i64(read_i16_be(data, at + 4)) & 0xFFFF
    if length > end - at:
        return packet.malformed("udp.pkt_too_small")
    if length < HEADER:
        return packet.malformed("udp.len_invalid")
    packet.transport_at = at
    packet.source_port = i64(read_i16_be(data, at)) & 0xFFFF
    packet.destination_port = i64(read_i16_be(data, at + 2)) & 0xFFFF
    packet.payload_at = at + HEADER
    packet.payload_end = at + length
    return True
