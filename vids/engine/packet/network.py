"""What an EtherType announces: wrappings to step over, then IPv4, IPv6 or ARP. The next one is one line."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.packet import ether_type as types
from vids.engine.packet.arp import decode_arp
from vids.engine.packet.counters import Counters
from vids.engine.packet.dce import read_dce
from vids.engine.packet.etag import read_etag
from vids.engine.packet.ipv4 import decode_ipv4
from vids.engine.packet.ipv6 import decode_ipv6
from vids.engine.packet.mpls import read_mpls
from vids.engine.packet.nsh import read_nsh
from vids.engine.packet.packet import Packet
from vids.engine.packet.pbb import read_pbb
from vids.engine.packet.pppoe import check_discovery, read_session
from vids.engine.packet.vlan import is_vlan, read_tag
from vids.engine.packet.vntag import read_vntag

UNKNOWN: Final = -2  # in place of an EtherType: this one is none that we know


def decode_network(packet: Packet, counts: Counters, ether_type: i64, at: i64, end: i64) -> bool:
    """Decode what `ether_type` says is at `data[at:end]`; False where it cannot be read.

    Wrappings are stepped over in a loop, each a layer: no depth of them costs stack.
    """
    around: i64 = 0  # EtherType of the wrapping that we are in
    while ether_type not in (types.IPV4, types.IPV6, types.ARP):
        packet.ether_type = ether_type
        inside = _step_over(packet, counts, ether_type, at, end)
        if inside == UNKNOWN:
            return _unknown(packet, counts, around)
        if inside < 0:
            return False
        around = ether_type
        ether_type = inside
        at = packet.next_at
    packet.ether_type = ether_type
    if ether_type == types.IPV4:
        return decode_ipv4(packet, counts, at, end)
    if ether_type == types.IPV6:
        return decode_ipv6(packet, counts, at, end)
    return decode_arp(packet, counts, at, end)


def _step_over(packet: Packet, counts: Counters, ether_type: i64, at: i64, end: i64) -> i64:
    """Return the EtherType of what is at `next_at`; -1 where there is nothing to read, or UNKNOWN."""
    if is_vlan(ether_type):
        return read_tag(packet, counts, at, end)
    if ether_type in (types.MPLS, types.MPLS_MULTICAST):
        return read_mpls(packet, counts, at, end)
    if ether_type == types.PPPOE_SESSION:
        return read_session(packet, counts, at, end)
    if ether_type == types.PPPOE_DISCOVERY:
        check_discovery(packet, counts, at, end)
        return -1
    if ether_type == types.VNTAG:
        return read_vntag(packet, counts, at, end)
    if ether_type == types.ETAG:
        return read_etag(packet, counts, at, end)
    if ether_type == types.PBB:
        return read_pbb(packet, counts, at, end)
    if ether_type == types.DCE:
        return read_dce(packet, counts, at, end)
    if ether_type == types.NSH:
        return read_nsh(packet, counts, at, end)
    return UNKNOWN


def is_known(ether_type: i64) -> bool:
    """Return whether the EtherType is one that is decoded."""
    return is_vlan(ether_type) or ether_type in (
        types.IPV4, types.IPV6, types.ARP, types.MPLS, types.MPLS_MULTICAST, types.PPPOE_SESSION,
        types.PPPOE_DISCOVERY, types.VNTAG, types.ETAG, types.PBB, types.DCE, types.NSH,
    )  # fmt: skip


def _unknown(packet: Packet, counts: Counters, around: i64) -> bool:
    """Say that nothing is known of an EtherType, and in which tag it stood."""
    counts.unknown_ethertype += 1
    packet.event("ethernet.unknown_ethertype")
    if is_vlan(around):
        return packet.malformed("vlan.unknown_type")
    if around == types.VNTAG:
        return packet.malformed("vntag.unknown_type")
    if around == types.ETAG:
        return packet.malformed("etag.unknown_type")
    return False
