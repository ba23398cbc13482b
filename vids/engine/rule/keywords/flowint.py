"""flowint: a number that rules keep for a flow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import STATE, Cases, Effect, Keyword, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FORM: Final = re.compile(
    r"([A-Za-z][\w./]*)\s*,\s*(?:(isset|notset|isnotset)|(==|!=|<=|>=|[-+=<>])\s*,\s*(?:(\d{1,10})|([A-Za-z][\w./]*)))",
    re.ASCII,
)
CHANGES: Final = ("=", "+", "-")
MASK32: Final = 0xFFFFFFFF  # numbers have 32 bits and wrap


@final
class FlowintTest(PacketCheck):
    """Whether a number of the flow is there, is not, or compares."""

    def __init__(self, number: int, operation: str, value: int, other: int) -> None:
        self.number = number
        self.operation = operation
        self.value = value
        self.other = other  # number of the flowint to compare with; -1 for `value`

    def match(self, view: View) -> bool:
        flow = view.flow
        if flow is None:
            return False
        ints = flow.ints
        found = ints is not None and self.number in ints
        if self.operation == "isset":
            return found
        if self.operation in ("notset", "isnotset"):
            return not found
        if ints is None or not found:
            return False
        return compare(ints[self.number], self.operation, amount(ints, self.other, self.value))


@final
class FlowintChange(Effect):
    """Set a number of the flow, add to it, or take from it."""

    def __init__(self, number: int, operation: str, value: int, other: int) -> None:
        self.number = number
        self.operation = operation
        self.value = value
        self.other = other

    def act(self, view: View) -> None:
        flow = view.flow
        if flow is None:
            return
        ints = flow.ints
        if ints is None:
            ints = {}
            flow.ints = ints
        value = amount(ints, self.other, self.value)
        if self.operation == "=":
            ints[self.number] = value
        elif self.operation == "+":
            ints[self.number] = (ints.get(self.number, 0) + value) & MASK32
        elif self.number in ints:
            ints[self.number] = (ints[self.number] - value) & MASK32


@final
class Flowint(Keyword):
    """Keep a number of 32 bits for the flow, and compare it.

    `=`, `+` and `-` act once the whole rule has matched; what is added to a number that was never set is its value,
    and what was never set cannot be lessened. A comparison fails for a number that was never set; where its right
    side is another number of the flow that was never set, that counts as 0.
    """

    name: ClassVar[str] = "flowint"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "flowint:NAME,=|+|-|==|!=|<|<=|>|>=,N|NAME; or flowint:NAME,isset|notset;"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flowint"
    cases: ClassVar[Cases] = (
        (
            "n,==,2",
            {"first": 'content:"a"; flowint:n,+,1;', "before": 'content:"b";', "packets": (b"a", b"a", b"b")},
            True,
        ),
        ("n,==,2", {"first": 'content:"a"; flowint:n,+,1;', "before": 'content:"b";', "packets": (b"a", b"b")}, False),
        ("n,notset", {"first": 'content:"a"; flowint:n,+,1;', "before": 'content:"b";', "packets": b"b"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "flowint"),
        ("name", "flowint"),
        ("name,+", "flowint"),
        ("name,*,1", "flowint"),
        ("name,=,4294967296", "4294967295"),
        ("1name,=,1", "flowint"),
    )

    def __init__(self, variable: str, operation: str, value: int, other: str) -> None:
        self.variable = variable
        self.operation = operation
        self.value = value
        self.other = other

    @classmethod
    def parse(cls, text: str) -> Flowint:
        m = FORM.fullmatch(text)
        if m is None:
            raise RuleError(f"{short(text)} is no operation on a number (expected {cls.syntax})")
        value = int(m[4] or 0)
        if value > MASK32:
            raise RuleError(f"{value} is too large (at most {MASK32})")
        return cls(m[1], m[2] or m[3], value, m[5] or "")

    def place(self, draft: Draft) -> None:
        number = draft.names.flowints.number(self.variable)
        other = draft.names.flowints.number(self.other) if self.other else -1
        if self.operation in CHANGES:
            draft.rule.effects.append(FlowintChange(number, self.operation, self.value, other))
        else:
            draft.rule.checks.append(FlowintTest(number, self.operation, self.value, other))


def amount(ints: dict[int, int], other: int, value: int) -> int:
    """Return the right side of an operation."""
    return ints.get(other, 0) if other >= 0 else value


def compare(left: int, operation: str, right: int) -> bool:
    """Return whether the comparison holds."""
    if operation == "==":
        return left == right
    if operation == "!=":
        return left != right
    if operation == "<":
        return left < right
    if operation == "<=":
        return left <= right
    if operation == ">":
        return left > right
    return left >= right


register(Flowint)
