"""sameip: a packet that says it comes from where it goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.text import refuse_value
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class SameIp(PacketCheck):
    """Match packets whose source address is their destination address."""

    name: ClassVar[str] = "sameip"
    syntax: ClassVar[str] = "sameip;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, sameip"
    cases: ClassVar[Cases] = (
        ("", {"ip_version": 4, "address_at": 0, "data": b"\x0a\0\0\1\x0a\0\0\1"}, True),
        ("", {"ip_version": 4, "address_at": 0, "data": b"\x0a\0\0\1\x0a\0\0\2"}, False),
        ("", {"ip_version": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> SameIp:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        return packet.ip_version != 0 and packet.source() == packet.destination()


register(SameIp)
