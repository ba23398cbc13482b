"""flow.bytes: how many bytes a flow has."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.rule.keyword import FLOW, Cases, register
from vids.engine.rule.number import CountOfSide


@final
class FlowBytes(CountOfSide):
    """Match the number of bytes of the flow so far, in one direction or in either."""

    name: ClassVar[str] = "flow.bytes"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.bytes:toserver|toclient|either,[<|>|<=|>=|!]N;"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.bytes"
    cases: ClassVar[Cases] = (
        ("toserver,>2", {"flow.bytes_to_server": 3}, True),
        ("toclient,>2", {"flow.bytes_to_server": 3}, False),
        ("either,>2", {"flow.bytes_to_client": 3}, True),
        ("either,>2", {"flow.bytes_to_client": 2}, False),
        ("either,<2", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "flow.bytes"),
        (">1", "toserver"),
        ("both,>1", "either"),
    )

    def to_server(self, flow: Flow) -> i64:
        return flow.bytes_to_server

    def to_client(self, flow: Flow) -> i64:
        return flow.bytes_to_client


register(FlowBytes)
