"""ESP: the header before the encrypted part (RFC 4303, section 2)."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 8  # bytes: security parameters index and sequence number


def decode_esp(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the packet at `data[at:end]`; the payload is what cannot be read."""
    counts.esp += 1
    if end - at < HEADER:
        return packet.malformed("esp.pkt_too_small")
    packet.transport_at = at
    packet.payload_at = at + HEADER
    packet.payload_end = end
    return True
