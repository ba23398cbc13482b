"""icmp_seq: the sequence number of an echo."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class IcmpSeq(PacketCheck):
    """Match the sequence number of ICMP messages that have one, in network byte order."""

    name: ClassVar[str] = "icmp_seq"
    syntax: ClassVar[str] = "icmp_seq:[<|>|<=|>=|!]N; or icmp_seq:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmp_seq"
    cases: ClassVar[Cases] = (
        ("7", {"icmp_seq": 7}, True),
        ("7", {"icmp_seq": 8}, False),
        ("<7", {"icmp_seq": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "icmp_seq"),
        ("65536", "65535"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> IcmpSeq:
        return cls(IntegerTest.parse(text, 65535, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.icmp_seq >= 0 and self.number.holds(view.packet.icmp_seq)


register(IcmpSeq)
