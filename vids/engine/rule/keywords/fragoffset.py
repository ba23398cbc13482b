"""fragoffset: where in its packet a fragment belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class FragOffset(PacketCheck):
    """Match the fragment offset as it stands in the IPv4 header, in units of 8 bytes."""

    name: ClassVar[str] = "fragoffset"
    syntax: ClassVar[str] = "fragoffset:[<|>|<=|>=|!]N; or fragoffset:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, fragoffset"
    cases: ClassVar[Cases] = (
        ("0", {"ip_version": 4, "fragment_offset": 0}, True),
        ("3", {"ip_version": 4, "fragment_offset": 24}, True),
        (">3", {"ip_version": 4, "fragment_offset": 24}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "fragoffset"),
        ("65536", "65535"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> FragOffset:
        return cls(IntegerTest.parse(text, 65535, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.ip_version == 4 and self.number.holds(view.packet.fragment_offset >> 3)


register(FragOffset)
