"""id: the identification of a packet."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class IpId(PacketCheck):
    """Match the identification field of IPv4."""

    name: ClassVar[str] = "id"
    syntax: ClassVar[str] = "id:[<|>|<=|>=|!]N; or id:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, id"
    cases: ClassVar[Cases] = (
        ("1", {"ip_version": 4, "ip_id": 1}, True),
        ("1", {"ip_version": 4, "ip_id": 2}, False),
        ("0", {"ip_version": 6, "ip_id": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("one", "id"),
        ("65536", "65535"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> IpId:
        return cls(IntegerTest.parse(text, 65535, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.ip_version == 4 and self.number.holds(view.packet.ip_id)


register(IpId)
