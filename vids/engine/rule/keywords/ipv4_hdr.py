"""ipv4.hdr: the IPv4 header."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import Buffer, Cases, register
from vids.engine.rule.view import View


@final
class Ipv4Hdr(Buffer):
    """Look into the IPv4 header, options included."""

    name: ClassVar[str] = "ipv4.hdr"
    syntax: ClassVar[str] = "ipv4.hdr;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ipv4.hdr"
    without: ClassVar[tuple[str, ...]] = ("ip6", "ipv6")
    cases: ClassVar[Cases] = (
        ("", {"ip_version": 4, "ip_at": 1, "ip_header_length": 2, "data": b"-ab-", "gives": b"ab"}, True),
        ("", {"ip_version": 6}, False),
        ("", {}, False),
    )

    def read(self, view: View) -> bytes | None:
        packet = view.packet
        if packet.ip_version != 4:
            return None
        return packet.data[packet.ip_at : packet.ip_at + packet.ip_header_length]


register(Ipv4Hdr)
