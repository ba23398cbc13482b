"""flow.pkts: how many packets a flow has."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.rule.keyword import FLOW, Cases, register
from vids.engine.rule.number import CountOfSide


@final
class FlowPkts(CountOfSide):
    """Match the number of packets of the flow so far, in one direction or in either."""

    name: ClassVar[str] = "flow.pkts"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.pkts:toserver|toclient|either,[<|>|<=|>=|!]N;"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.pkts"
    cases: ClassVar[Cases] = (
        ("toserver,>2", {"flow.packets_to_server": 3}, True),
        ("toclient,>2", {"flow.packets_to_server": 3}, False),
        ("either,>2", {"flow.packets_to_client": 3}, True),
        ("either,>2", {"flow.packets_to_client": 2}, False),
        ("either,<2", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "flow.pkts"),
        (">1", "toserver"),
        ("both,>1", "either"),
    )

    def to_server(self, flow: Flow) -> i64:
        return flow.packets_to_server

    def to_client(self, flow: Flow) -> i64:
        return flow.packets_to_client


register(FlowPkts)
