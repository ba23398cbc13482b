"""Cisco HDLC: an EtherType on a serial line."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 4  # bytes: address, control, EtherType


def read_chdlc(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the header at `data[at:end]`; return the EtherType of what is at `next_at`, -1 where it is cut."""
    counts.chdlc += 1
    if end - at < HEADER:
        packet.malformed("chdlc.pkt_too_small")
        return -1
    if not packet.enter():
        return -1
    packet.next_at = at + HEADER
    return i64(read_i16_be(packet.data, at + 2)) & 0xFFFF
