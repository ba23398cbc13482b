"""ICMPv6 (RFC 4443), with neighbor discovery (RFC 4861) and multicast listener discovery (RFC 2710)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 8  # bytes, of errors and echoes
SHORT_HEADER: Final = 4  # bytes, of all others: type, code, checksum

UNREACHABLE: Final = 1  # types (IANA, ICMPv6 Parameters)
TOO_BIG: Final = 2
TIME_EXCEEDED: Final = 3
PARAMETER_PROBLEM: Final = 4
ECHO: Final = 128
ECHO_REPLY: Final = 129
MLD_QUERY: Final = 130
MLD_DONE: Final = 132  # report is between
ROUTER_RENUMBERING: Final = 138  # RFC 2894
NODE_QUERY: Final = 139  # RFC 4620
NODE_REPLY: Final = 140
EXPERIMENTAL_MOBILITY: Final = 150  # RFC 4065
ROUTER_TERMINATION: Final = 153  # RFC 4286; advertisement and solicitation are between
RPL: Final = 155  # RFC 6550
LAST_ASSIGNED: Final = 159


def decode_icmpv6(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the message at `data[at:end]`."""
    counts.icmpv6 += 1
    data = packet.data
    if end - at < HEADER:
        return packet.malformed("icmpv6.pkt_too_small")
    kind = i64(data[at])
    packet.transport_at = at
    packet.icmp_type = kind
    packet.icmp_code = i64(data[at + 1])
    packet.payload_at = at + SHORT_HEADER
    packet.payload_end = end
    if ECHO <= kind <= LAST_ASSIGNED:
        _read_information(packet, at)
    elif UNREACHABLE <= kind <= PARAMETER_PROBLEM:
        _read_error(packet, at, end)
    elif kind in (100, 101, 200, 201):
        packet.event("icmpv6.experimentation_type")
    elif kind in (0, 127):
        packet.event("icmpv6.unknown_type")
    else:
        packet.event("icmpv6.unassigned_type")
    return True


def _read_error(packet: Packet, at: i64, end: i64) -> None:
    """Read an error message, and check the header of the packet that it quotes."""
    if packet.icmp_code > _highest_code(packet.icmp_type):
        packet.event("icmpv6.unknown_code")
        return
    at += HEADER
    packet.payload_at = at
    if end - at < 40:
        packet.defect("icmpv6.ipv6_trunc_pkt")
    elif i64(packet.data[at]) >> 4 != 6:
        packet.defect("icmpv6.ipv6_unknown_version")


def _read_information(packet: Packet, at: i64) -> None:
    """Read a message that is no error."""
    kind = packet.icmp_type
    if not _is_code(kind, packet.icmp_code):
        packet.event("icmpv6.unknown_code")
    elif kind in (ECHO, ECHO_REPLY):
        packet.icmp_id = i64(read_i16_be(packet.data, at + 4)) & 0xFFFF
        packet.icmp_seq = i64(read_i16_be(packet.data, at + 6)) & 0xFFFF
        packet.payload_at = at + HEADER
    if MLD_QUERY <= kind <= MLD_DONE and packet.ttl != 1:
        packet.event("icmpv6.mld_message_with_invalid_hl")


def _highest_code(kind: i64) -> i64:
    """Return the highest code of an error message."""
    if kind == UNREACHABLE:
        return 6
    if kind == TOO_BIG:
        return 0
    return 1 if kind == TIME_EXCEEDED else 2


def _is_code(kind: i64, code: i64) -> bool:
    """Return whether a message that is no error may have this code."""
    if kind == ROUTER_RENUMBERING:
        return code <= 2 or code == 255
    if kind in (NODE_QUERY, NODE_REPLY):
        return code <= 2
    if kind == RPL:
        return code <= 3 or 128 <= code <= 132
    if EXPERIMENTAL_MOBILITY <= kind <= ROUTER_TERMINATION:
        return True
    return code == 0
