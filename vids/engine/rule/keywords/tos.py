"""tos: the type of service of a packet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FORM: Final = re.compile(r"(!?)\s*(?:(\d{1,9})|[xX]([0-9a-fA-F]{1,8}))")


@final
class Tos(PacketCheck):
    """Match the type of service of IPv4, all eight bits; hexadecimal is written xHH."""

    name: ClassVar[str] = "tos"
    syntax: ClassVar[str] = "tos:[!]N; or tos:[!]xHH;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, tos"
    cases: ClassVar[Cases] = (
        ("8", {"ip_version": 4, "tos": 8}, True),
        ("x08", {"ip_version": 4, "tos": 8}, True),
        ("!x08", {"ip_version": 4, "tos": 8}, False),
        ("!8", {"ip_version": 6, "tos": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("low", "tos"),
        ("256", "255"),
        (">8", "tos"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> Tos:
        m = FORM.fullmatch(text)
        if m is None:
            raise RuleError(f"{text!r} is not a type of service (expected {cls.syntax})")
        return cls(IntegerTest.parse(m[1] + ("0x" + m[3] if m[3] else m[2]), 255, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.ip_version == 4 and self.number.holds(view.packet.tos)


register(Tos)
