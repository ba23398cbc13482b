"""IP inside IP: v4 in v4 (RFC 2003), v6 in v4 (RFC 4213), either in v6 (RFC 2473)."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import IPV4_IN_IP, Packet

OVER_IPV4: Final = "ipv4 tunnel"  # EVE's pkt_src of the inner packet
OVER_IPV6: Final = "ipv6 tunnel"
IPV4_HEADER: Final = 20  # bytes
IPV6_HEADER: Final = 40


def decode_ip_in_ip(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Find the packet inside, at `data[at:end]`."""
    packet.payload_at = at
    packet.payload_end = end
    if packet.protocol == IPV4_IN_IP:
        return _find_ipv4(packet, counts, at, end)
    return _find_ipv6(packet, counts, at, end)


def _find_ipv4(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    if packet.ip_version == 4:
        counts.ipv4_in_ipv4 += 1
        packet.tunnel(ether_type.IPV4, OVER_IPV4, at, end)
    elif end - at < IPV4_HEADER:
        packet.defect("ipv6.ipv4_in_ipv6_too_small")
    elif packet.data[at] >> 4 != 4:
        packet.defect("ipv6.ipv4_in_ipv6_wrong_version")
    else:
        counts.ipv4_in_ipv6 += 1
        packet.tunnel(ether_type.IPV4, OVER_IPV6, at, end)
    return True


def _find_ipv6(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    if packet.ip_version == 4:
        counts.ipv6_in_ipv4 += 1
        packet.tunnel(ether_type.IPV6, OVER_IPV4, at, end)
    elif end - at < IPV6_HEADER:
        packet.defect("ipv6.ipv6_in_ipv6_too_small")
    elif packet.data[at] >> 4 != 6:
        packet.defect("ipv6.ipv6_in_ipv6_wrong_version")
    else:
        counts.ipv6_in_ipv6 += 1
        packet.tunnel(ether_type.IPV6, OVER_IPV6, at, end)
    return True
