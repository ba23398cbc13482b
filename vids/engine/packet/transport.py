"""What an IP protocol number announces. The next one is one line; the rest keep the IP payload as it is."""

from __future__ import annotations

from mypy_extensions import i64

from vids.engine.packet.ah import read_ah
from vids.engine.packet.counters import Counters
from vids.engine.packet.esp import decode_esp
from vids.engine.packet.gre import decode_gre
from vids.engine.packet.icmpv4 import decode_icmpv4
from vids.engine.packet.icmpv6 import decode_icmpv6
from vids.engine.packet.ipip import decode_ip_in_ip
from vids.engine.packet.packet import (
    AH,
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
from vids.engine.packet.sctp import decode_sctp
from vids.engine.packet.tcp import decode_tcp
from vids.engine.packet.udp import decode_udp


def decode_transport(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode what `packet.protocol` says is at `data[at:end]`; False where it cannot be read."""
    protocol = packet.protocol
    if protocol == TCP:
        return decode_tcp(packet, counts, at, end)
    if protocol == UDP:
        return decode_udp(packet, counts, at, end)
    if protocol == ICMP:
        return decode_icmpv4(packet, counts, at, end)
    if protocol == ICMPV6:
        return decode_icmpv6(packet, counts, at, end)
    if protocol == SCTP:
        return decode_sctp(packet, counts, at, end)
    if protocol == ESP:
        return decode_esp(packet, counts, at, end)
    if protocol == GRE:
        return decode_gre(packet, counts, at, end)
    if protocol in (IPV4_IN_IP, IPV6_IN_IP):
        return decode_ip_in_ip(packet, counts, at, end)
    packet.payload_at = at
    packet.payload_end = end
    if protocol == AH:
        inside = read_ah(packet, at, end)
        if inside >= 0:
            return packet.enter() and decode_transport(packet, counts, inside, end)
    return True
