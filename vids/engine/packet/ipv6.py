"""IPv6: the fixed header (RFC 8200); extension headers are in ipv6_extension.py."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.ipv6_extension import NO_NEXT_HEADER, walk_extensions
from vids.engine.packet.packet import (
    ESP,
    GRE,
    ICMP,
    ICMPV6,
    IPV4_IN_IP,
    IPV6_IN_IP,
    SCTP,
    TCP,
    UDP,
    Packet,
)
from vids.engine.packet.transport import decode_transport

HEADER: Final = 40  # bytes


def decode_ipv6(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the IPv6 packet at `data[at:end]`; what follows its length field's end is padding."""
    counts.ipv6 += 1
    data = packet.data
    if end - at < HEADER:
        return packet.malformed("ipv6.pkt_too_small")
    first = i64(read_i16_be(data, at)) & 0xFFFF
    if first >> 12 != 6:
        return packet.malformed("ipv6.wrong_ip_version")
    length = i64(read_i16_be(data, at + 4)) & 0xFFFF
    if end - at - HEADER < length:
        return packet.malformed("ipv6.trunc_pkt")
    if not packet.enter():
        return False
    end = at + HEADER + length
    packet.ip_version = 6
    packet.ip_at = at
    packet.ip_end = end
    packet.ip_header_length = HEADER
    packet.address_at = at + 8
    packet.tos = (first >> 4) & 0xFF
    packet.protocol = i64(data[at + 6])
    packet.ttl = i64(data[at + 7])
    at = walk_extensions(packet, at + HEADER, end)
    if at < 0:
        return False
    if packet.is_fragment:
        packet.fragment_at = at
        return True
    if not _has_transport(packet, end - at):
        packet.payload_at = at
        packet.payload_end = end
        return True
    return decode_transport(packet, counts, at, end)


def _has_transport(packet: Packet, length: i64) -> bool:
    """Return whether the `length` bytes behind the last header are of a protocol that IPv6 may carry."""
    protocol = packet.protocol
    if protocol == NO_NEXT_HEADER:
        if length > 0:
            packet.event("ipv6.data_after_none_header")
        return False
    if protocol == ICMP:
        packet.event("ipv6.icmpv4")
        return False
    if not is_known(protocol):
        packet.event("ipv6.unknown_next_header")
    return True


def is_known(protocol: i64) -> bool:
    """Return whether the reference engine knows the protocol over IPv6."""
    return protocol in (TCP, UDP, ICMPV6, SCTP, GRE, ESP, IPV4_IN_IP, IPV6_IN_IP)
