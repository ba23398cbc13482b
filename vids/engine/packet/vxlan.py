"""VXLAN: an Ethernet frame in UDP (RFC 7348)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.ethernet import HEADER as ETHERNET
from vids.engine.packet.network import is_known
from vids.engine.packet.packet import Packet

ORIGIN: Final = "vxlan encapsulation"  # EVE's pkt_src of the inner packet
HEADER: Final = 8  # bytes: flags, network id
HAS_ID: Final = 0x08  # the one flag that counts: receivers ignore all other bits (section 5)


def find_vxlan(packet: Packet, counts: Counters) -> bool:
    """Find the frame inside a datagram's payload."""
    at = packet.payload_at
    end = packet.payload_end
    if end - at < HEADER + ETHERNET or packet.data[at] & HAS_ID == 0:
        return False
    counts.vxlan += 1
    if not packet.enter():
        return True
    at += HEADER
    if not is_known(i64(read_i16_be(packet.data, at + 12)) & 0xFFFF):
        packet.defect("vxlan.unknown_payload_type")
        return True
    packet.tunnel(ether_type.BRIDGE, ORIGIN, at, end)
    return True
