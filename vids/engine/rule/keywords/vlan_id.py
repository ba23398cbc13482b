"""vlan.id: which virtual network a frame is tagged for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.packet.packet import MAX_VLANS
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

ANY_LAYER: Final = 100
ALL_LAYERS: Final = 101
HIGHEST: Final = 4094  # 4095 is reserved (IEEE 802.1Q)


@final
class VlanId(PacketCheck):
    """Match the VLAN id of any tag, of all tags, or of one: 0 is the outermost, -1 the innermost."""

    name: ClassVar[str] = "vlan.id"
    syntax: ClassVar[str] = "vlan.id:[<|>|<=|>=|!]N[,any|all|LAYER];"
    source: ClassVar[str] = "Suricata user guide, rules, VLAN keywords, vlan.id"
    cases: ClassVar[Cases] = (
        ("5", {"n_vlans": 1, "vlan_0": 5}, True),
        ("5", {"n_vlans": 2, "vlan_0": 4, "vlan_1": 5}, True),
        ("5,0", {"n_vlans": 2, "vlan_0": 4, "vlan_1": 5}, False),
        ("5,-1", {"n_vlans": 2, "vlan_0": 4, "vlan_1": 5}, True),
        (">3,all", {"n_vlans": 2, "vlan_0": 4, "vlan_1": 5}, True),
        (">4,all", {"n_vlans": 2, "vlan_0": 4, "vlan_1": 5}, False),
        ("0", {"n_vlans": 0}, False),
        ("5,1", {"n_vlans": 1, "vlan_0": 5}, False),
        (">0,all", {"n_vlans": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "vlan.id"),
        ("4095", "4094"),
        ("1,3", "layer"),
        ("1,x", "layer"),
    )

    def __init__(self, number: IntegerTest, layer: int) -> None:
        self.number = number
        self.layer: i64 = layer

    @classmethod
    def parse(cls, text: str) -> VlanId:
        number, comma, layer = text.partition(",")
        test = IntegerTest.parse(number, HIGHEST, cls.syntax)
        layer = layer.strip()
        if not comma or layer == "any":
            return cls(test, ANY_LAYER)
        if layer == "all":
            return cls(test, ALL_LAYERS)
        if layer.removeprefix("-") not in {"0", "1", "2", "3"} or not -MAX_VLANS <= int(layer) < MAX_VLANS:
            raise RuleError(f"{short(layer)} is no layer (expected any, all, 0 to 2, or -1 to -3: {cls.syntax})")
        return cls(test, int(layer))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        ids = view.packet.vlans()
        count: i64 = len(ids)
        if self.layer < ANY_LAYER:
            at = self.layer if self.layer >= 0 else count + self.layer
            return 0 <= at < count and self.number.holds(ids[at])
        if count == 0:
            return False
        for vlan in ids:
            if self.number.holds(vlan) != (self.layer == ALL_LAYERS):
                return self.layer == ANY_LAYER
        return self.layer == ALL_LAYERS


register(VlanId)
