"""flow.bytes_toclient: how many bytes the server has sent."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.view import View


@final
class FlowBytesToClient(PacketCheck):
    """Match the number of bytes of the flow to the client so far, of whole frames."""

    name: ClassVar[str] = "flow.bytes_toclient"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.bytes_toclient:[<|>|<=|>=|!]N; or flow.bytes_toclient:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.bytes_toclient"
    cases: ClassVar[Cases] = (
        (">2", {"flow.bytes_to_client": 3}, True),
        (">2", {"flow.bytes_to_client": 2}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.bytes_toclient"),)

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> FlowBytesToClient:
        return cls(IntegerTest.parse(text, (1 << 62), cls.syntax))

    def match(self, view: View) -> bool:
        flow = view.flow
        return flow is not None and self.number.holds(flow.bytes_to_client)


register(FlowBytesToClient)
