"""Provider backbone bridges: a customer's Ethernet frame behind a service tag (IEEE 802.1ah, MAC in MAC)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

TAG: Final = 4  # bytes: flags and service id
HEADER: Final = 18  # bytes, with the customer's Ethernet header


def read_pbb(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the tag at `data[at:end]`; return the EtherType of what is at `next_at`, -1 where it is cut."""
    counts.pbb += 1
    if end - at < HEADER:
        packet.malformed("ieee8021ah.header_too_small")
        return -1
    if not packet.enter():
        return -1
    packet.ether_at = at + TAG
    packet.next_at = at + HEADER
    return i64(read_i16_be(packet.data, at + TAG + 12)) & 0xFFFF
