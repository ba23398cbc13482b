"""itype: the type of an ICMP message."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Itype(PacketCheck):
    """Match the type of an ICMP or ICMPv6 message."""

    name: ClassVar[str] = "itype"
    syntax: ClassVar[str] = "itype:[<|>|<=|>=|!]N; or itype:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, itype"
    cases: ClassVar[Cases] = (
        ("8", {"icmp_type": 8}, True),
        ("0-8", {"icmp_type": 8}, False),
        ("<8", {"icmp_type": -1}, False),
        ("0", {"icmp_type": 0}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("echo", "itype"),
        ("256", "255"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> Itype:
        return cls(IntegerTest.parse(text, 255, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.icmp_type >= 0 and self.number.holds(view.packet.icmp_type)


register(Itype)
