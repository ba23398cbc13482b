"""VLAN tags: IEEE 802.1Q, and the outer tags of 802.1ad and its forerunner."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import MAX_VLANS, Packet

TAG: Final = 4  # bytes: priority and VLAN id, then the EtherType of what follows

DOT1Q: Final = 0x8100  # EtherTypes
DOT1AD: Final = 0x88A8
QINQ: Final = 0x9100


def is_vlan(ether_type: i64) -> bool:
    """Return whether a VLAN tag follows this EtherType."""
    return ether_type in (DOT1Q, DOT1AD, QINQ)


def read_tag(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Take one tag into the packet; return the EtherType behind it, or -1 where there is none to be read."""
    depth = packet.n_vlans
    if depth == MAX_VLANS:
        packet.event("vlan.too_many_layers")
        return -1
    if depth == 0:
        counts.vlan += 1
    elif depth == 1:
        counts.vlan_qinq += 1
    else:
        counts.vlan_qinqinq += 1
    if end - at < TAG:
        packet.malformed("vlan.header_too_small")
        return -1
    vlan = i64(read_i16_be(packet.data, at)) & 0x0FFF
    if depth == 0:
        packet.vlan_0 = vlan
    elif depth == 1:
        packet.vlan_1 = vlan
    else:
        packet.vlan_2 = vlan
    packet.n_vlans = depth + 1
    return i64(read_i16_be(packet.data, at + 2)) & 0xFFFF
