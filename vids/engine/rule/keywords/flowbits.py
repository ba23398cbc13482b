"""flowbits: what one rule remembers of a flow for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import STATE, Cases, Effect, Keyword, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

TESTS: Final = ("isset", "isnotset")
CHANGES: Final = ("set", "unset", "toggle")
MAX_NAMES: Final = 64  # alternatives of one option


@final
class FlowbitsTest(PacketCheck):
    """Whether one of some bits is set (or, negated, is not set) in the flow."""

    def __init__(self, numbers: list[int], is_negated: bool) -> None:
        self.numbers = numbers
        self.is_negated = is_negated

    def match(self, view: View) -> bool:
        flow = view.flow
        if flow is None:
            return False
        bits = flow.bits
        if bits is None:
            return self.is_negated
        for number in self.numbers:
            if (number in bits) != self.is_negated:
                return True
        return False


@final
class FlowbitsChange(Effect):
    """Set, unset or toggle one bit of the flow."""

    def __init__(self, number: int, operation: str) -> None:
        self.number = number
        self.operation = operation

    def act(self, view: View) -> None:
        flow = view.flow
        if flow is None:
            return
        bits = flow.bits
        if bits is None:
            if self.operation == "unset":
                return
            bits = set()
            flow.bits = bits
        if self.operation == "set" or (self.operation == "toggle" and self.number not in bits):
            bits.add(self.number)
        else:
            bits.discard(self.number)

    def fits_address_rule(self) -> bool:
        return self.operation == "set"


@final
class Flowbits(Keyword):
    """Remember something about the flow, and ask for it later.

    `set`, `unset` and `toggle` act once the whole rule has matched. `isset` and `isnotset` are tests; of several
    names between bars one is enough. `noalert` keeps the rule silent.
    """

    name: ClassVar[str] = "flowbits"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "flowbits:set|unset|toggle,NAME; flowbits:isset|isnotset,NAME[|NAME ...]; flowbits:noalert;"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flowbits"
    cases: ClassVar[Cases] = (
        (
            "isset,seen",
            {"first": 'content:"a"; flowbits:set,seen;', "before": 'content:"b";', "packets": (b"a", b"b")},
            True,
        ),
        (
            "isset,seen",
            {"first": 'content:"a"; flowbits:set,seen;', "before": 'content:"b";', "packets": (b"c", b"b")},
            False,
        ),
        (
            "isnotset,seen",
            {"first": 'content:"a"; flowbits:set,seen;', "before": 'content:"b";', "packets": b"b"},
            True,
        ),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "isset"),
        ("isset", "name"),
        ("set,", "name"),
        ("SET,a", "operation"),
        ("isset,a b", "spaces"),
        ("noalert,a", "no name"),
    )

    def __init__(self, operation: str, names: list[str]) -> None:
        self.operation = operation
        self.names = names

    @classmethod
    def parse(cls, text: str) -> Flowbits:
        operation, _, rest = text.partition(",")
        operation, rest = operation.strip(), rest.strip()
        if operation == "noalert":
            if rest:
                raise RuleError("noalert takes no name (flowbits:noalert;)")
            return cls(operation, [])
        if operation not in TESTS and operation not in CHANGES:
            raise RuleError(f"{short(operation)} is not an operation (expected {cls.syntax})")
        if not rest:
            raise RuleError(f"{operation} needs a name ({cls.syntax})")
        if operation in CHANGES:
            names = [rest]  # a bar is part of the name here
        else:
            names = [name for name in [part.strip() for part in rest.split("|")] if name]
        if not names or len(names) > MAX_NAMES:
            raise RuleError(f"{len(names)} names (expected 1 to {MAX_NAMES}, between bars)")
        for name in names:
            if " " in name or "\t" in name:
                raise RuleError(f"{short(name)}: names have no spaces (use . or _)")
        return cls(operation, names)

    def place(self, draft: Draft) -> None:
        if self.operation == "noalert":
            draft.rule.is_noalert = True
            return
        numbers = [draft.names.flowbits.number(name) for name in self.names]
        if self.operation in TESTS:
            draft.rule.checks.append(FlowbitsTest(numbers, self.operation == "isnotset"))
        else:
            draft.rule.effects.append(FlowbitsChange(numbers[0], self.operation))


register(Flowbits)
