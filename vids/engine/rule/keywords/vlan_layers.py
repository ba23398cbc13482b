"""vlan.layers: how many VLAN tags a frame has."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class VlanLayers(HeaderNumber):
    """Match the number of VLAN tags of the frame, 0 to 3."""

    name: ClassVar[str] = "vlan.layers"
    syntax: ClassVar[str] = "vlan.layers:[<|>|<=|>=|!]N; or vlan.layers:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, VLAN keywords, vlan.layers"
    highest: ClassVar[int] = 3
    cases: ClassVar[Cases] = (
        ("0", {"n_vlans": 0}, True),
        (">1", {"n_vlans": 1}, False),
        ("2", {"n_vlans": 2}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "vlan.layers"),
        ("4", "at most 3"),
    )

    def read(self, view: View) -> i64:
        return view.packet.n_vlans


register(VlanLayers)
