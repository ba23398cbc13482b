"""The integer grammar that some sixty keywords share (Suricata user guide, rules, integer keywords)."""

from __future__ import annotations

import re
from typing import Final, final

from mypy_extensions import i64

from vids.engine.rule.error import RuleError

NUMBER: Final = r"(?:0x[0-9a-f]+|\d+)\s*(?:[kmg]i?b)?"
RANGE: Final = re.compile(rf"(!)?\s*({NUMBER})\s*(?:-|<>)\s*({NUMBER})", re.IGNORECASE)
MASK: Final = re.compile(rf"&\s*({NUMBER})\s*(!)?=\s*({NUMBER})", re.IGNORECASE)
SINGLE: Final = re.compile(rf"(<=|>=|!=|<|>|=|!)?\s*({NUMBER})", re.IGNORECASE)
UNITS: Final = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}


@final
class IntegerTest:
    """`N =N !N <N <=N >N >=N A-B A<>B !A-B &MASK=N`: ranges exclude both ends; hexadecimal; kb, mb, gb."""

    def __init__(self, low: i64, high: i64, is_negated: bool = False, mask: i64 = -1) -> None:
        self.low = low  # both ends included
        self.high = high
        self.is_negated = is_negated
        self.mask = mask  # applied first; -1 leaves the value as it is

    @staticmethod
    def parse(text: str, highest: int, syntax: str, names: dict[str, int] | None = None) -> IntegerTest:
        """Return the test; `names` are an enumeration's. Raises RuleError with `syntax` for what is no test."""
        bare = text.strip()
        if names is not None and bare.lstrip("!=").lower() in names:
            value = names[bare.lstrip("!=").lower()]
            return IntegerTest(value, value, bare.startswith("!"))
        if m := RANGE.fullmatch(bare):
            low, high = number(m[2], highest), number(m[3], highest)
            if low + 1 > high - 1:
                raise RuleError(f"range {bare!r} holds nothing: both ends are excluded ({syntax})")
            return IntegerTest(low + 1, high - 1, m[1] is not None)
        if m := MASK.fullmatch(bare):
            value = number(m[3], highest)
            return IntegerTest(value, value, m[2] is not None, number(m[1], highest))
        m = SINGLE.fullmatch(bare)
        if m is None:
            raise RuleError(f"{text!r} is not a number or range (expected {syntax})")
        value = number(m[2], highest)
        operator = m[1] or "="
        if operator in {"=", "!", "!="}:
            return IntegerTest(value, value, operator != "=")
        if operator == "<":
            return IntegerTest(0, value - 1)
        if operator == "<=":
            return IntegerTest(0, value)
        if operator == ">":
            return IntegerTest(value + 1, highest)
        return IntegerTest(value, highest)

    def is_lower_bound(self, highest: int) -> bool:
        """Return whether this is >N or >=N alone: what holds for a number then holds for all larger ones."""
        return self.high == highest and not self.is_negated and self.mask < 0

    def holds(self, value: i64) -> bool:
        """Return whether `value` passes."""
        if self.mask >= 0:
            value &= self.mask
        return (self.low <= value <= self.high) != self.is_negated


def number(text: str, highest: int) -> int:
    """Return a decimal or hexadecimal number, with its unit."""
    digits = text.strip().lower().replace("ib", "b")
    factor = UNITS.get(digits[-2:], 1)
    if factor > 1:
        digits = digits[:-2].strip()
    value = int(digits, 0 if digits.startswith("0x") else 10) * factor
    if value > highest:
        raise RuleError(f"{value} is too large (at most {highest})")
    return value
