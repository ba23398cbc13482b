"""flow.bytes: how many bytes a flow has."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.view import View

SIDES: Final = ("toserver", "toclient", "either")


@final
class FlowBytes(PacketCheck):
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

    def __init__(self, side: str, number: IntegerTest) -> None:
        self.is_to_server = side != "toclient"  # which directions count
        self.is_to_client = side != "toserver"
        self.number = number

    @classmethod
    def parse(cls, text: str) -> FlowBytes:
        side, _, number = text.partition(",")
        side = side.strip()
        if side not in SIDES:
            raise RuleError(f"{side!r} is no direction (expected {cls.syntax})")
        return cls(side, IntegerTest.parse(number, 1 << 62, cls.syntax))

    def match(self, view: View) -> bool:
        flow = view.flow
        if flow is None:
            return False
        return (self.is_to_server and self.number.holds(flow.bytes_to_server)) or (
            self.is_to_client and self.number.holds(flow.bytes_to_client)
        )


register(FlowBytes)
