"""VN-tag: which virtual interface of a switch port a frame is for (the draft that became IEEE 802.1BR)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

TAG: Final = 6  # bytes: direction, virtual interfaces, then the EtherType of what follows


def read_vntag(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the tag at `data[at:end]`; return the EtherType of what is at `next_at`, -1 where it is cut."""
    counts.vntag += 1
    if end - at < TAG:
        packet.malformed("vntag.header_too_small")
        return -1
    if not packet.enter():
        return -1
    packet.next_at = at + TAG
    return i64(read_i16_be(packet.data, at + 4)) & 0xFFFF
