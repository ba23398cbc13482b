"""What an EtherType announces: VLAN tags, then IPv4, IPv6 or ARP. The next one is one line."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.packet.arp import decode_arp
from vids.engine.packet.counters import Counters
from vids.engine.packet.ipv4 import decode_ipv4
from vids.engine.packet.ipv6 import decode_ipv6
from vids.engine.packet.packet import Packet
from vids.engine.packet.vlan import TAG, is_vlan, read_tag

IPV4: Final = 0x0800  # EtherTypes (IANA, IEEE 802 Numbers)
ARP: Final = 0x0806
IPV6: Final = 0x86DD
MPLS: Final = 0x8847
MPLS_MULTICAST: Final = 0x8848
PPPOE_DISCOVERY: Final = 0x8863
PPPOE_SESSION: Final = 0x8864
PBB: Final = 0x88E7  # IEEE 802.1ah
DCE: Final = 0x8903
VNTAG: Final = 0x8926
NSH: Final = 0x894F


def decode_network(packet: Packet, counts: Counters, ether_type: i64, at: i64, end: i64) -> bool:
    """Decode what `ether_type` says is at `data[at:end]`; False where it cannot be read."""
    while is_vlan(ether_type):
        ether_type = read_tag(packet, counts, at, end)
        if ether_type < 0:
            return False
        at += TAG
    packet.ether_type = ether_type
    if ether_type == IPV4:
        return decode_ipv4(packet, counts, at, end)
    if ether_type == IPV6:
        return decode_ipv6(packet, counts, at, end)
    if ether_type == ARP:
        return decode_arp(packet, counts, at, end)
    counts.unknown_ethertype += 1
    if is_not_opened(ether_type):
        return False
    packet.event("ethernet.unknown_ethertype")
    if packet.n_vlans > 0:
        return packet.malformed("vlan.unknown_type")
    return False


def is_not_opened(ether_type: i64) -> bool:
    """Return whether this is a wrapping that is known, hence no anomaly, but whose inside is not decoded."""
    return ether_type in (MPLS, MPLS_MULTICAST, PPPOE_DISCOVERY, PPPOE_SESSION, PBB, DCE, VNTAG, NSH)
