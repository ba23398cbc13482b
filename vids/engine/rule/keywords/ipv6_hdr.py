"""ipv6.hdr: the IPv6 header."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View


@final
class Ipv6Hdr(Buffer):
    """Look into the IPv6 header and the extension headers behind it."""

    name: ClassVar[str] = "ipv6.hdr"
    syntax: ClassVar[str] = "ipv6.hdr;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ipv6.hdr"
    without: ClassVar[tuple[str, ...]] = ("ip4", "ipv4")
    cases: ClassVar[Cases] = (
        ("", {"ip_version": 6, "ip_at": 1, "transport_at": 5, "data": b"-abcd-", "gives": b"abcd"}, True),
        ("", {"ip_version": 6, "ip_at": 1, "ip_header_length": 2, "data": b"-abcd-", "gives": b"ab"}, True),
        ("", {"ip_version": 4}, False),
    )

    def read(self, view: View) -> bytes | None:
        packet = view.packet
        if packet.ip_version != 6:
            return None
        end = packet.transport_at if packet.transport_at >= 0 else packet.ip_at + packet.ip_header_length
        return packet.data[packet.ip_at : end]


register(Ipv6Hdr)
