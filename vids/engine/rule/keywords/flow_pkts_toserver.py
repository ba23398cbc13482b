"""flow.pkts_toserver: how many packets the client has sent."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import FLOW, Cases, register
from vids.engine.rule.number import LARGEST, NumberCheck
from vids.engine.rule.view import View


@final
class FlowPktsToServer(NumberCheck):
    """Match the number of packets of the flow to the server so far."""

    name: ClassVar[str] = "flow.pkts_toserver"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.pkts_toserver:[<|>|<=|>=|!]N; or flow.pkts_toserver:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.pkts_toserver"
    highest: ClassVar[int] = LARGEST
    cases: ClassVar[Cases] = (
        (">2", {"flow.packets_to_server": 3}, True),
        (">2", {"flow.packets_to_server": 2}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.pkts_toserver"),)

    def read(self, view: View) -> i64:
        return -1 if view.flow is None else view.flow.packets_to_server


register(FlowPktsToServer)
