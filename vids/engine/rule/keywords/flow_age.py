"""flow.age: how long a flow has lasted."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.keyword import FLOW, Cases, register
from vids.engine.rule.number import LARGEST, NumberCheck
from vids.engine.rule.view import View

SECOND: Final = 1_000_000_000  # nanoseconds


@final
class FlowAge(NumberCheck):
    """Match the seconds between the first packet of the flow and this one."""

    name: ClassVar[str] = "flow.age"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.age:[<|>|<=|>=|!]N; or flow.age:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.age"
    highest: ClassVar[int] = LARGEST
    cases: ClassVar[Cases] = (
        (">1", {"flow.start_ns": 0, "flow.last_ns": 2_000_000_000}, True),
        (">1", {"flow.start_ns": 0, "flow.last_ns": 1_999_999_999}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.age"),)

    def read(self, view: View) -> i64:
        flow = view.flow
        return -1 if flow is None else flow.last_ns // SECOND - flow.start_ns // SECOND


register(FlowAge)
