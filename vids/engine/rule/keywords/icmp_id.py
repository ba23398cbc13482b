"""icmp_id: the identifier of an echo."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class IcmpId(PacketCheck):
    """Match the identifier of ICMP messages that have one, such as echo request and reply."""

    name: ClassVar[str] = "icmp_id"
    syntax: ClassVar[str] = "icmp_id:[<|>|<=|>=|!]N; or icmp_id:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmp_id"
    cases: ClassVar[Cases] = (
        ("7", {"icmp_id": 7}, True),
        ("7", {"icmp_id": 8}, False),
        ("<7", {"icmp_id": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "icmp_id"),
        ("65536", "65535"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> IcmpId:
        return cls(IntegerTest.parse(text, 65535, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.icmp_id >= 0 and self.number.holds(view.packet.icmp_id)


register(IcmpId)
