"""flow.pkts_toserver: how many packets the client has sent."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.view import View


@final
class FlowPktsToServer(PacketCheck):
    """Match the number of packets of the flow to the server so far."""

    name: ClassVar[str] = "flow.pkts_toserver"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.pkts_toserver:[<|>|<=|>=|!]N; or flow.pkts_toserver:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.pkts_toserver"
    cases: ClassVar[Cases] = (
        (">2", {"flow.packets_to_server": 3}, True),
        (">2", {"flow.packets_to_server": 2}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.pkts_toserver"),)

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> FlowPktsToServer:
        return cls(IntegerTest.parse(text, (1 << 62), cls.syntax))

    def match(self, view: View) -> bool:
        flow = view.flow
        return flow is not None and self.number.holds(flow.packets_to_server)


register(FlowPktsToServer)
