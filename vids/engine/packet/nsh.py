"""Network service header (RFC 8300): the path of a packet through a chain of services."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.ethernet import read_ethernet
from vids.engine.packet.packet import Packet

HEADER: Final = 8  # bytes: base header and service path; its context follows
FIXED: Final = 24  # bytes, with the context of a fixed size

RESERVED: Final = 0  # kinds of context
FIXED_CONTEXT: Final = 1
VARIABLE_CONTEXT: Final = 2
EXPERIMENT: Final = 0x0F

IPV4: Final = 1  # next protocols
IPV6: Final = 2
ETHERNET: Final = 3
MPLS: Final = 5


def read_nsh(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the header at `data[at:end]`; return the EtherType of what is at `next_at`, -1 for none."""
    counts.nsh += 1
    if end - at < HEADER:
        packet.malformed("nsh.header_too_small")
        return -1
    if not packet.enter():
        return -1
    first = i64(read_i16_be(packet.data, at)) & 0xFFFF
    if first >> 14 != 0:
        packet.event("nsh.unsupported_version")
        return -1
    length = (first & 0x3F) << 2
    if length < HEADER or length >= end - at:
        packet.malformed("nsh.bad_header_length")
        return -1
    kind = i64(packet.data[at + 2]) & 0x0F
    if kind in (RESERVED, EXPERIMENT):
        packet.event("nsh.reserved_type")
        return -1
    if kind not in (FIXED_CONTEXT, VARIABLE_CONTEXT):
        packet.event("nsh.unsupported_type")
        return -1
    if kind == FIXED_CONTEXT and length != FIXED:
        packet.malformed("nsh.bad_header_length")
        return -1
    return _next(packet, counts, i64(packet.data[at + 3]), at + length, end)


def _next(packet: Packet, counts: Counters, protocol: i64, at: i64, end: i64) -> i64:
    """Return the EtherType of what is behind the header."""
    packet.next_at = at
    if protocol == IPV4:
        return ether_type.IPV4
    if protocol == IPV6:
        return ether_type.IPV6
    if protocol == ETHERNET:
        return read_ethernet(packet, counts, at, end)
    if protocol == MPLS:
        return ether_type.MPLS
    packet.event("nsh.unknown_payload")
    return -1
