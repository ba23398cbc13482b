"""SCTP: the common header (RFC 9260, section 3.1)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 12  # bytes


def decode_sctp(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the packet at `data[at:end]`; its chunks are the payload."""
    counts.sctp += 1
    if end - at < HEADER:
        return packet.malformed("sctp.pkt_too_small")
    packet.transport_at = at
    packet.source_port = i64(read_i16_be(packet.data, at)) & 0xFFFF
    packet.destination_port = i64(read_i16_be(packet.data, at + 2)) & 0xFFFF
    packet.payload_at = at + HEADER
    packet.payload_end = end
    return True
