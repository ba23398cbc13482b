"""udp.hdr: the UDP header."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.packet.packet import UDP
from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View


@final
class UdpHdr(Buffer):
    """Look into the UDP header."""

    name: ClassVar[str] = "udp.hdr"
    syntax: ClassVar[str] = "udp.hdr;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, udp.hdr"
    without: ClassVar[tuple[str, ...]] = ("tcp", "tcp-pkt", "tcp-stream", "icmp", "icmpv4", "icmpv6", "sctp")
    cases: ClassVar[Cases] = (
        ("", {"protocol": 17, "transport_at": 1, "payload_at": 3, "data": b"-ab-", "gives": b"ab"}, True),
        ("", {"protocol": 6, "transport_at": 1, "payload_at": 3, "data": b"-ab-"}, False),
        ("", {"protocol": 17, "is_fragment": True}, False),
    )

    def read(self, view: View) -> bytes | None:
        packet = view.packet
        if packet.protocol != UDP or packet.transport_at < 0:
            return None
        return packet.data[packet.transport_at : packet.payload_at]


register(UdpHdr)
