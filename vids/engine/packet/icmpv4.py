"""ICMP for IPv4 (RFC 792, RFC 950)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 8  # bytes
TIMES: Final = 12  # bytes: three times of a timestamp message

ECHO_REPLY: Final = 0  # types (IANA, ICMP Parameters)
UNREACHABLE: Final = 3
SOURCE_QUENCH: Final = 4
REDIRECT: Final = 5
ECHO: Final = 8
ROUTER_ADVERTISEMENT: Final = 9  # RFC 1256
TIME_EXCEEDED: Final = 11
PARAMETER_PROBLEM: Final = 12
TIMESTAMP: Final = 13
TIMESTAMP_REPLY: Final = 14
ADDRESS_MASK_REPLY: Final = 18


def decode_icmpv4(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the message at `data[at:end]`."""
    counts.icmpv4 += 1
    data = packet.data
    if end - at < HEADER:
        return packet.malformed("icmpv4.pkt_too_small")
    kind = i64(data[at])
    code = i64(data[at + 1])
    packet.transport_at = at
    packet.icmp_type = kind
    packet.icmp_code = code
    packet.payload_at = at + HEADER
    packet.payload_end = end
    if kind in (ECHO_REPLY, ECHO) or TIMESTAMP <= kind <= ADDRESS_MASK_REPLY:
        _read_query(packet, at, end)
        return True
    highest = _highest_code(kind)
    if highest < 0:
        if kind != ROUTER_ADVERTISEMENT:
            packet.event("icmpv4.unknown_type")
    elif code > highest:
        packet.event("icmpv4.unknown_code")
    elif end - at > HEADER or kind == SOURCE_QUENCH:
        _check_quote(packet, at + HEADER, end)
    return True


def _read_query(packet: Packet, at: i64, end: i64) -> None:
    """Read a question or an answer: both carry an identifier and a sequence number."""
    packet.icmp_id = i64(read_i16_be(packet.data, at + 4)) & 0xFFFF
    packet.icmp_seq = i64(read_i16_be(packet.data, at + 6)) & 0xFFFF
    if packet.icmp_code != 0:
        packet.event("icmpv4.unknown_code")
    if packet.icmp_type in (TIMESTAMP, TIMESTAMP_REPLY):
        if end - at < HEADER + TIMES:
            packet.event("icmpv4.ipv4_trunc_pkt")
        else:
            packet.payload_at = at + HEADER + TIMES


def _highest_code(kind: i64) -> i64:
    """Return the highest code of an error message; -1 if the type is none."""
    if kind == UNREACHABLE:
        return 15
    if kind == REDIRECT:
        return 3
    if kind == TIME_EXCEEDED:
        return 1
    if kind in (SOURCE_QUENCH, PARAMETER_PROBLEM):
        return 0
    return -1


def _check_quote(packet: Packet, at: i64, end: i64) -> None:
    """Check the header of the packet that an error message quotes."""
    if end - at < 20:
        packet.defect("icmpv4.ipv4_trunc_pkt")
    elif i64(packet.data[at]) >> 4 != 4:
        packet.defect("icmpv4.ipv4_unknown_ver")
