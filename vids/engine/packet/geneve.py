"""Geneve: a packet or an Ethernet frame in UDP, behind options (RFC 8926)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

ORIGIN: Final = "geneve encapsulation"  # EVE's pkt_src of the inner packet
HEADER: Final = 8  # bytes: version and length of options, flags, EtherType, network id


def find_geneve(packet: Packet, counts: Counters) -> bool:
    """Find the packet inside a datagram's payload; options are stepped over, as receivers do (section 3.5)."""
    data = packet.data
    at = packet.payload_at
    end = packet.payload_end
    if end - at < HEADER:
        return False
    first = i64(data[at])
    length = HEADER + ((first & 0x3F) << 2)
    if first >> 6 != 0 or length > end - at:
        return False
    counts.geneve += 1
    if not packet.enter():
        return True
    inside = i64(read_i16_be(data, at + 2)) & 0xFFFF
    if not is_carried(inside):
        packet.defect("geneve.unknown_payload_type")
        return True
    packet.tunnel(inside, ORIGIN, at + length, end)
    return True


def is_carried(inside: i64) -> bool:
    """Return whether what Geneve carries under this EtherType is decoded."""
    return inside in (
        ether_type.BRIDGE, ether_type.IPV4, ether_type.IPV6, ether_type.ARP, ether_type.MPLS,
        ether_type.MPLS_MULTICAST, ether_type.NSH,
    )  # fmt: skip
