"""ERSPAN: a mirrored Ethernet frame in GRE (draft-foschiano-erspan). Type I has no header; II and III are here."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.ethernet import read_ethernet
from vids.engine.packet.packet import Packet
from vids.engine.packet.vlan import add_vlan, is_vlan

HEADER_2: Final = 8  # bytes: version and VLAN, session, index
HEADER_3: Final = 12  # bytes: version and VLAN, session, time, group and flags
PLATFORM: Final = 8  # bytes more, where a flag says so

VERSION_2: Final = 1
VERSION_3: Final = 2
HAS_PLATFORM: Final = 0x01  # in the last byte of a type III header
FRAME_TYPE: Final = 0x7C00  # in its last two bytes
FRAME_TYPE_IP: Final = 0x0800  # the rest are Ethernet


def read_erspan(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the header at `data[at:end]` and the Ethernet header; return the EtherType of what is at `next_at`.

    The VLAN that the header names is the frame's. -1 where a header is cut.
    """
    counts.erspan += 1
    if end - at < HEADER_2:
        packet.malformed("erspan.header_too_small")
        return -1
    if not packet.enter():
        return -1
    first = i64(read_i16_be(packet.data, at)) & 0xFFFF
    version = first >> 12
    vlan = first & 0x0FFF
    if version not in (VERSION_2, VERSION_3):
        packet.malformed("erspan.unsupported_version")
        return -1
    if version == VERSION_3:
        return _read_3(packet, counts, vlan, at, end)
    if vlan:
        add_vlan(packet, vlan)
    return read_ethernet(packet, counts, at + HEADER_2, end)


def _read_3(packet: Packet, counts: Counters, vlan: i64, at: i64, end: i64) -> i64:
    """Step over a type III header, whose VLAN may stand in the frame as well."""
    if end - at < HEADER_3:
        packet.malformed("erspan.header_too_small")
        return -1
    last = i64(read_i16_be(packet.data, at + 10)) & 0xFFFF
    at += HEADER_3
    if last & HAS_PLATFORM:
        at += PLATFORM
    if at >= end:
        packet.malformed("erspan.header_too_small")
        return -1
    if last & FRAME_TYPE == FRAME_TYPE_IP:
        packet.next_at = at
        inside: i64 = ether_type.IPV6 if packet.data[at] >> 4 == 6 else ether_type.IPV4
    else:
        inside = read_ethernet(packet, counts, at, end)
    if vlan and not is_vlan(inside):
        add_vlan(packet, vlan)
    return inside
