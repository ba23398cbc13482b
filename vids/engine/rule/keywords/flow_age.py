"""flow.age: how long a flow has lasted."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.view import View

SECOND: Final = 1_000_000_000  # nanoseconds


@final
class FlowAge(PacketCheck):
    """Match the seconds between the first packet of the flow and this one."""

    name: ClassVar[str] = "flow.age"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.age:[<|>|<=|>=|!]N; or flow.age:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.age"
    cases: ClassVar[Cases] = (
        (">1", {"flow.start_ns": 0, "flow.last_ns": 2_000_000_000}, True),
        (">1", {"flow.start_ns": 0, "flow.last_ns": 1_999_999_999}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.age"),)

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> FlowAge:
        return cls(IntegerTest.parse(text, (1 << 62), cls.syntax))

    def match(self, view: View) -> bool:
        flow = view.flow
        return flow is not None and self.number.holds(flow.last_ns // SECOND - flow.start_ns // SECOND)


register(FlowAge)
