"""What the groups of an expression matched, kept as variables: of the flow, of the packet, or for the alert alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import FLOW, Effect, PacketCheck
from vids.engine.rule.keywords.content import pattern_bytes
from vids.engine.rule.names import Names
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FOR_PACKET: Final = "pkt"
FOR_FLOW: Final = "flow"
FOR_ALERT: Final = "alert"
KINDS: Final = (FOR_PACKET, FOR_FLOW, FOR_ALERT)
MAX_CAPTURE: Final = 4096  # bytes of a group that are kept: each flow may hold one for every name


@final
class Capture(Effect):
    """Keep one group of an expression once the whole rule has matched."""

    def __init__(self, kind: str, variable: str, group: int) -> None:
        self.kind = kind
        self.variable = variable
        self.key = f"{kind} {variable}"  # in Cursor.captured
        self.group_number = group
        self.number = -1  # of the variable, among those of its kind

    def act(self, view: View) -> None:
        captured = view.captured
        if captured is None or self.key not in captured:
            return  # the group had no part in the match
        if self.kind == FOR_PACKET:
            view.packet_variables[self.variable] = captured[self.key]
        elif self.kind == FOR_FLOW and view.flow is not None:
            variables = view.flow.variables
            if variables is None:
                variables = {}
                view.flow.variables = variables
            variables[self.variable] = captured[self.key]


class VariableCheck(PacketCheck):
    """A test of a variable that an expression captured: whether it holds some bytes."""

    group: ClassVar[str] = FLOW
    kind: ClassVar[str] = FOR_FLOW
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "a name and a value"),
        ("name", "a name and a value"),
        (',"x"', "a name and a value"),
        ('name,""', "empty"),
        ('name,"|6|"', "hexadecimal"),
    )

    def __init__(self, variable: str, pattern: bytes) -> None:
        self.variable = variable
        self.number = -1  # of the variable, among those of its kind
        self.pattern = pattern

    @classmethod
    def parse(cls, text: str) -> VariableCheck:
        name, comma, value = text.rpartition(",")
        value = value.strip()
        if not comma or not name.strip() or not value:
            raise RuleError(f"{short(text)} is not a name and a value (expected {cls.syntax})")
        quoted = len(value) > 1 and value[0] == '"' and value[-1] == '"'
        return cls(name.strip(), pattern_bytes(value[1:-1] if quoted else value))

    def place(self, draft: Draft) -> None:
        self.number = numbers(draft, self.kind).number(self.variable)
        draft.rule.checks.append(self)

    def match(self, view: View) -> bool:
        variables = self.variables(view)
        return variables is not None and self.pattern in variables.get(self.variable, b"")

    def variables(self, view: View) -> dict[str, bytes] | None:
        """Return the variables by name; None where there are none."""
        raise NotImplementedError


def numbers(draft: Draft, kind: str) -> Names:
    """Return the numbers of the variables of a kind."""
    return draft.names.packet_variables if kind == FOR_PACKET else draft.names.flow_variables


def for_alert(captured: dict[str, bytes]) -> dict[str, bytes]:
    """Return, of what a rule captured, what its alert tells."""
    found: dict[str, bytes] = {}
    for key, value in captured.items():
        kind, _, variable = key.partition(" ")
        if kind == FOR_ALERT:
            found[variable] = value
    return found
