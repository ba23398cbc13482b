"""ttl: how many hops a packet has left."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class Ttl(HeaderNumber):
    """Match the time to live of IPv4, or the hop limit of IPv6."""

    name: ClassVar[str] = "ttl"
    syntax: ClassVar[str] = "ttl:[<|>|<=|>=|!]N; or ttl:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ttl"
    highest: ClassVar[int] = 255
    cases: ClassVar[Cases] = (
        ("64", {"ip_version": 4, "ttl": 64}, True),
        ("<64", {"ip_version": 4, "ttl": 64}, False),
        (">1", {"ip_version": 6, "ttl": 64}, True),
        ("1-64", {"ip_version": 4, "ttl": 64}, False),
        ("<64", {"ip_version": 0, "ttl": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("many", "ttl"),
        ("256", "255"),
    )

    def read(self, view: View) -> i64:
        return view.packet.ttl if view.packet.ip_version != 0 else -1


register(Ttl)
