"""Ethernet II: the header in front of everything on a virtual switch, and inside many wrappings."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 14  # bytes: destination, source, EtherType


def read_ethernet(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Take the header at `data[at:end]`; return the EtherType of what is at `next_at`, -1 where it is cut.

    An IEEE 802.3 length in the EtherType's place is an unknown EtherType.
    """
    counts.ethernet += 1
    if end - at < HEADER:
        packet.malformed("ethernet.pkt_too_small")
        return -1
    if not packet.enter():
        return -1
    packet.ether_at = at
    packet.next_at = at + HEADER
    return i64(read_i16_be(packet.data, at + 12)) & 0xFFFF
