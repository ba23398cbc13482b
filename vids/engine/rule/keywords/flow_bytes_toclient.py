"""flow.bytes_toclient: how many bytes the server has sent."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import FLOW, Cases, register
from vids.engine.rule.number import LARGEST, NumberCheck
from vids.engine.rule.view import View


@final
class FlowBytesToClient(NumberCheck):
    """Match the number of bytes of the flow to the client so far, of whole frames."""

    name: ClassVar[str] = "flow.bytes_toclient"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "flow.bytes_toclient:[<|>|<=|>=|!]N; or flow.bytes_toclient:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow.bytes_toclient"
    highest: ClassVar[int] = LARGEST
    cases: ClassVar[Cases] = (
        (">2", {"flow.bytes_to_client": 3}, True),
        (">2", {"flow.bytes_to_client": 2}, False),
        ("<5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "flow.bytes_toclient"),)

    def read(self, view: View) -> i64:
        return -1 if view.flow is None else view.flow.bytes_to_client


register(FlowBytesToClient)
