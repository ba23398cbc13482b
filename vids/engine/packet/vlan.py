"""VLAN tags: IEEE 802.1Q, and the outer tags of 802.1ad and its forerunner."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type as types
from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import MAX_VLANS, Packet

TAG: Final = 4  # bytes: priority and VLAN id, then the EtherType of what follows


def is_vlan(ether_type: i64) -> bool:
    """Return whether a VLAN tag follows this EtherType."""
    return ether_type in (types.DOT1Q, types.DOT1AD, types.QINQ)


def read_tag(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Take one tag into the packet; return the EtherType of what is at `next_at`, -1 where there is none."""
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
    if not packet.enter():
        return -1
    add_vlan(packet, i64(read_i16_be(packet.data, at)) & 0x0FFF)
    packet.next_at = at + TAG
    return i64(read_i16_be(packet.data, at + 2)) & 0xFFFF


def add_vlan(packet: Packet, vlan: i64) -> None:
    """Take the id of one more VLAN, inside those that were met; there is room for it."""
    if packet.n_vlans == 0:
        packet.vlan_0 = vlan
    elif packet.n_vlans == 1:
        packet.vlan_1 = vlan
    else:
        packet.vlan_2 = vlan
    packet.n_vlans += 1
