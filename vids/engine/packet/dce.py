"""Cisco data center Ethernet: two bytes in front of a whole Ethernet frame (FabricPath)."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.ethernet import HEADER, read_ethernet
from vids.engine.packet.packet import Packet

TAG: Final = 2  # bytes


def read_dce(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the tag at `data[at:end]`; return the EtherType of what is at `next_at`, -1 where it is cut."""
    if end - at < TAG + HEADER:
        packet.malformed("dce.pkt_too_small")
        return -1
    return read_ethernet(packet, counts, at + TAG, end)
