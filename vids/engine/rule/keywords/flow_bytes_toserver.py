"""flow.bytes_toserver: how many bytes the client has sent."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import FLOW, Cases, register
from vids.engine.rule.number import LARGEST, NumberCheck
from vids.engine.rule.view import View


@final
class FlowBytesToServer(NumberCheck):
    """Match the number of bytes of the flow to the server so far, of whole frames."""

    name: ClassVar[str] = "flow.bytes_toserver"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.bytes_toserver:[<|>|<=|>=|!]N; or flow.bytes_toserver:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.bytes_toserver"
    highest: ClassVar[int] = LARGEST
    cases: ClassVar[Cases] = (
        (">2", {"flow.bytes_to_server": 3}, True),
        (">2", {"flow.bytes_to_server": 2}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.bytes_toserver"),)

    def read(self, view: View) -> i64:
        return -1 if view.flow is None else view.flow.bytes_to_server


register(FlowBytesToServer)
