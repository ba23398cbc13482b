"""Sets of ports, as a rule's header names them."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, final

from mypy_extensions import i64

from vids.engine.rule.error import RuleError
from vids.engine.rule.expression import Expression
from vids.engine.rule.interval import Intervals, combine

HIGHEST: Final = 65535


@final
class PortSet:
    """Ports of TCP, UDP or SCTP. Built once, shared by all rules that write it the same way."""

    def __init__(self, ranges: Intervals | None = None) -> None:
        """Hold the merged ranges, at least one; with none given, every port."""
        self._ranges: Intervals = [(0, HIGHEST)] if ranges is None else ranges
        self.is_any = self._ranges == [(0, HIGHEST)]
        self._lowest: i64 = self._ranges[0][0]
        self._highest: i64 = self._ranges[-1][1]
        self._is_one_range = len(self._ranges) == 1
        self._starts = [low for low, _ in self._ranges]
        self._ends = [high for _, high in self._ranges]

    def contains(self, port: i64) -> bool:
        """Return whether the port is in the set."""
        if port < self._lowest or port > self._highest:
            return False
        if self._is_one_range:
            return True
        number: int = port
        return number <= self._ends[bisect_right(self._starts, number) - 1]

    def ranges(self) -> Intervals:
        """Return the ranges, sorted and disjoint, both ends included."""
        return self._ranges


ANY_PORT: Final = PortSet()


@final
class PortParser:
    """Reads port expressions; the same text gives the same object."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._expression = Expression(variables, "vars.port-groups")
        self._cache: dict[str, PortSet] = {"any": ANY_PORT}

    def parse(self, text: str) -> PortSet:
        """Return the set that `text` stands for. Raises RuleError."""
        found = self._cache.get(text)
        if found is None:
            found = self._parse(text)
            self._cache[text] = found
        return found

    def _parse(self, text: str) -> PortSet:
        wanted: Intervals = []
        refused: Intervals = []
        for term in self._expression.terms(text):
            (refused if term.is_negated else wanted).append(port_range(term.text))
        left = combine(wanted, refused, HIGHEST)
        if not left:
            raise RuleError(f"{text!r} leaves no port: all that it allows is negated")
        found = PortSet(left)
        return ANY_PORT if found.is_any else found


def port_range(text: str) -> tuple[int, int]:
    """Return the first and last port of `80`, `80:90`, `1024:`, `:1024` or `any`. Raises RuleError."""
    if text == "any":
        return 0, HIGHEST
    first, colon, last = text.partition(":")
    if not colon:
        number = port_number(text)
        return number, number
    low = port_number(first.strip()) if first.strip() else 0
    high = port_number(last.strip()) if last.strip() else HIGHEST
    if low > high:
        raise RuleError(f"port range {text!r} ends before it begins (swap its ends)")
    return low, high


def port_number(text: str) -> int:
    """Return a port as a number. Raises RuleError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= HIGHEST):
        raise RuleError(f"{text!r} is not a port (expected 0 to {HIGHEST}, 80:90, 1024:, :1024, $VAR, [a,!b] or any)")
    return int(text)
