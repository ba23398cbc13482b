"""icode: the code of an ICMP message."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Icode(PacketCheck):
    """Match the code of an ICMP or ICMPv6 message."""

    name: ClassVar[str] = "icode"
    syntax: ClassVar[str] = "icode:[<|>|<=|>=|!]N; or icode:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icode"
    cases: ClassVar[Cases] = (
        ("3", {"icmp_code": 3}, True),
        (">3", {"icmp_code": 3}, False),
        ("<3", {"icmp_code": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("port", "icode"),
        ("256", "255"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> Icode:
        return cls(IntegerTest.parse(text, 255, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.icmp_code >= 0 and self.number.holds(view.packet.icmp_code)


register(Icode)
