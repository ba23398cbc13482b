"""tcp.hdr: the TCP header."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.packet.packet import TCP
from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View


@final
class TcpHdr(Buffer):
    """Look into the TCP header, options included."""

    name: ClassVar[str] = "tcp.hdr"
    syntax: ClassVar[str] = "tcp.hdr;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, tcp.hdr"
    without: ClassVar[tuple[str, ...]] = ("udp", "icmp", "icmpv4", "icmpv6", "sctp")
    cases: ClassVar[Cases] = (
        ("", {"protocol": 6, "transport_at": 1, "payload_at": 3, "data": b"-ab-", "gives": b"ab"}, True),
        ("", {"protocol": 17, "transport_at": 1, "payload_at": 3, "data": b"-ab-"}, False),
        ("", {"protocol": 6, "is_fragment": True}, False),
    )

    def read(self, view: View) -> bytes | None:
        packet = view.packet
        if packet.protocol != TCP or packet.transport_at < 0:
            return None
        return packet.data[packet.transport_at : packet.payload_at]


register(TcpHdr)
