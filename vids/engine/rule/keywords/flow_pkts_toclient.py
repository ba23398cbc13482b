"""flow.pkts_toclient: how many packets the server has sent."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.view import View


@final
class FlowPktsToClient(PacketCheck):
    """Match the number of packets of the flow to the client so far."""

    name: ClassVar[str] = "flow.pkts_toclient"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.pkts_toclient:[<|>|<=|>=|!]N; or flow.pkts_toclient:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.pkts_toclient"
    cases: ClassVar[Cases] = (
        (">2", {"flow.packets_to_client": 3}, True),
        (">2", {"flow.packets_to_client": 2}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.pkts_toclient"),)

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> FlowPktsToClient:
        return cls(IntegerTest.parse(text, (1 << 62), cls.syntax))

    def match(self, view: View) -> bool:
        flow = view.flow
        return flow is not None and self.number.holds(flow.packets_to_client)


register(FlowPktsToClient)
