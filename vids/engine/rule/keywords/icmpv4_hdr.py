"""icmpv4.hdr: the ICMP header."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.packet import icmpv4
from vids.engine.packet.packet import ICMP
from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View


@final
class Icmpv4Hdr(Buffer):
    """Look into the ICMP header: 8 bytes, of a timestamp message 20."""

    name: ClassVar[str] = "icmpv4.hdr"
    syntax: ClassVar[str] = "icmpv4.hdr;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmpv4.hdr"
    without: ClassVar[tuple[str, ...]] = ("tcp", "tcp-pkt", "tcp-stream", "udp", "icmpv6", "sctp")
    cases: ClassVar[Cases] = (
        ("", {"protocol": 1, "transport_at": 1, "icmp_type": 8, "data": b"-12345678-", "gives": b"12345678"}, True),
        ("", {"protocol": 1, "transport_at": 1, "icmp_type": 13, "data": bytes(30), "gives": bytes(20)}, True),
        ("", {"protocol": 58, "transport_at": 1, "icmp_type": 8, "data": bytes(30)}, False),
    )

    def read(self, view: View) -> bytes | None:
        packet = view.packet
        if packet.protocol != ICMP or packet.transport_at < 0:
            return None
        end = packet.transport_at + icmpv4.HEADER
        if packet.icmp_type in (icmpv4.TIMESTAMP, icmpv4.TIMESTAMP_REPLY):
            end += icmpv4.TIMES
        return packet.data[packet.transport_at : end]


register(Icmpv4Hdr)
