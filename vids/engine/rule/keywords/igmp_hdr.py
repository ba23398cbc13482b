"""igmp.hdr: the IGMP message."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.packet.packet import IGMP
from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View


@final
class IgmpHdr(Buffer):
    """Look into the IGMP message, from its type on."""

    name: ClassVar[str] = "igmp.hdr"
    syntax: ClassVar[str] = "igmp.hdr;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, igmp.hdr"
    without: ClassVar[tuple[str, ...]] = ("tcp", "tcp-pkt", "tcp-stream", "udp", "icmp", "icmpv4", "icmpv6", "sctp")
    cases: ClassVar[Cases] = (
        ("", {"protocol": 2, "payload_at": 1, "payload_end": 3, "data": b"-ab-", "gives": b"ab"}, True),
        ("", {"protocol": 17, "payload_at": 1, "payload_end": 3, "data": b"-ab-"}, False),
    )

    def read(self, view: View) -> bytes | None:
        packet = view.packet
        if packet.protocol != IGMP or packet.payload_at < 0:
            return None
        return packet.payload()


register(IgmpHdr)
