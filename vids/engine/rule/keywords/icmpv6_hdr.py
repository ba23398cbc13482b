"""icmpv6.hdr: the ICMPv6 header."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.packet import icmpv6
from vids.engine.packet.packet import ICMPV6
from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View


@final
class Icmpv6Hdr(Buffer):
    """Look into the first 8 bytes of an ICMPv6 message."""

    name: ClassVar[str] = "icmpv6.hdr"
    syntax: ClassVar[str] = "icmpv6.hdr;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmpv6.hdr"
    without: ClassVar[tuple[str, ...]] = ("tcp", "tcp-pkt", "tcp-stream", "udp", "icmpv4", "sctp")
    cases: ClassVar[Cases] = (
        ("", {"protocol": 58, "transport_at": 1, "data": b"-12345678-", "gives": b"12345678"}, True),
        ("", {"protocol": 1, "transport_at": 1, "data": bytes(30)}, False),
    )

    def read(self, view: View) -> bytes | None:
        packet = view.packet
        if packet.protocol != ICMPV6 or packet.transport_at < 0:
            return None
        return packet.data[packet.transport_at : packet.transport_at + icmpv6.HEADER]


register(Icmpv6Hdr)
