"""vlan.layers: how many VLAN tags a frame has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class VlanLayers(PacketCheck):
    """Match the number of VLAN tags of the frame, 0 to 3."""

    name: ClassVar[str] = "vlan.layers"
    syntax: ClassVar[str] = "vlan.layers:[<|>|<=|>=|!]N; or vlan.layers:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, VLAN keywords, vlan.layers"
    cases: ClassVar[Cases] = (
        ("0", {"n_vlans": 0}, True),
        (">1", {"n_vlans": 1}, False),
        ("2", {"n_vlans": 2}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "vlan.layers"),
        ("4", "at most 3"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> VlanLayers:
        return cls(IntegerTest.parse(text, 3, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return self.number.holds(view.packet.n_vlans)


register(VlanLayers)
