"""The grammar that addresses and ports share: lists, negation, variables (Suricata user guide, rules, intro)."""

from __future__ import annotations

from typing import Final, final

from vids.engine.rule.error import RuleError

MAX_DEPTH: Final = 32  # lists in lists, variables in variables: a variable may name itself
MAX_TERMS: Final = 65_536  # variables that name variables twice each double in size at every step


@final
class Term:
    """One address or port of an expression; `is_negated` counts every `!` around it."""

    def __init__(self, text: str, is_negated: bool) -> None:
        self.text = text
        self.is_negated = is_negated


@final
class Expression:
    """Takes `[a,![b,$VAR]]` apart into terms."""

    def __init__(self, variables: dict[str, str], setting: str) -> None:
        self.variables = variables
        self.setting = setting  # where an operator defines them: vars.address-groups

    def terms(self, text: str) -> list[Term]:
        """Return all terms, variables replaced by what they stand for. Raises RuleError."""
        found: list[Term] = []
        for item in split_list(text):
            self._collect(item, False, 0, found)
        if not found:
            raise RuleError(f"{text!r} names nothing (`any` stands for everything)")
        return found

    def _collect(self, text: str, is_negated: bool, depth: int, found: list[Term]) -> None:
        if depth > MAX_DEPTH:
            raise RuleError(f"lists and variables are nested deeper than {MAX_DEPTH}: a variable names itself?")
        if len(found) >= MAX_TERMS:
            raise RuleError(f"more than {MAX_TERMS} entries")
        if text.startswith("!"):
            text = text[1:].lstrip()
            is_negated = not is_negated
            if text.startswith("!"):
                raise RuleError("`!!` negates twice (write one `!`, or none)")
        if text.startswith("$"):
            self._items(self._value(text[1:]), is_negated, depth, found)
        elif text.startswith("["):
            if not text.endswith("]"):
                raise RuleError(f"{text!r} has text behind its closing bracket (separate entries by commas)")
            self._items(text[1:-1], is_negated, depth, found)
        else:
            found.append(Term(text, is_negated))

    def _items(self, text: str, is_negated: bool, depth: int, found: list[Term]) -> None:
        for item in split_list(text):
            self._collect(item, is_negated, depth + 1, found)

    def _value(self, name: str) -> str:
        value = self.variables.get(name)
        if value is None:
            raise RuleError(f"variable ${name} is not defined (set {self.setting}.{name})")
        return value


def split_list(text: str) -> list[str]:
    """Split at the commas outside of brackets; entries are stripped, empty ones left out."""
    if "[" not in text and "]" not in text:
        return [item for item in [part.strip() for part in text.split(",")] if item]
    items: list[str] = []
    depth = 0
    begin = 0
    for at, char in enumerate(text):
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if depth < 0:
                raise RuleError(f"{text!r} has a closing bracket without an opening one")
        elif char == "," and depth == 0:
            items.append(text[begin:at].strip())
            begin = at + 1
    if depth:
        raise RuleError(f"{text!r} lacks a closing bracket")
    items.append(text[begin:].strip())
    return [item for item in items if item]
