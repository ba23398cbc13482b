"""ttl: how many hops a packet has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Ttl(PacketCheck):
    """Match the time to live of IPv4, or the hop limit of IPv6."""

    name: ClassVar[str] = "ttl"
    syntax: ClassVar[str] = "ttl:[<|>|<=|>=|!]N; or ttl:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ttl"
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

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> Ttl:
        return cls(IntegerTest.parse(text, 255, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.ip_version != 0 and self.number.holds(view.packet.ttl)


register(Ttl)
