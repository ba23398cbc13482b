"""entropy: how evenly the byte values of a buffer are spread."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import decimal
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PayloadCheck, register
from vids.engine.rule.text import short

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

NUMBER: Final = r"\d+(?:\.\d+)?"
RANGE: Final = re.compile(rf"(!)?\s*({NUMBER})\s*(?:-|<>)\s*({NUMBER})")
SINGLE: Final = re.compile(rf"(<=|>=|!=|<|>|=|!)?\s*({NUMBER})")
FURTHEST: Final = 65535
OF_PAYLOAD: Final = "content"  # what the raw payload is called in EVE


@final
class Entropy(PayloadCheck):
    """Match the Shannon entropy of the buffer: 0 for equal bytes up to 8 for all values alike.

    `bytes` and `offset` choose a part of the buffer, which must have them all. A range excludes both ends. The value
    is logged in `metadata.entropy` of alerts and of the flow, under the name of the buffer.
    """

    name: ClassVar[str] = "entropy"
    syntax: ClassVar[str] = "entropy:value [<|>|<=|>=|=|!=]X[, bytes N][, offset N]; or entropy:value [!]LOW-HIGH...;"
    source: ClassVar[str] = "Suricata user guide, rules, payload keywords, entropy"
    cases: ClassVar[Cases] = (
        ("value 2", {"data": b"abcdabcd"}, True),
        ("value > 2", {"data": b"abcdabcd"}, False),
        ("value >= 2", {"data": b"abcdabcd"}, True),
        ("value 1.9-2.1", {"data": b"abcdabcd"}, True),
        ("value !1.9-2.1", {"data": b"abcdabcd"}, False),
        ("value 2-3", {"data": b"abcdabcd"}, False),
        ("value = 0", {"data": b"aaaa"}, True),
        ("value <= 0", {"data": b""}, True),
        ("value 1, bytes 2", {"data": b"abcdabcd"}, True),
        ("bytes 2, offset 6, value != 1", {"data": b"aaaaaaab"}, False),
        ("value >= 0, bytes 9", {"data": b"abcdabcd"}, False),
        ("value >= 0, offset 9", {"data": b"abcdabcd"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "value"),
        ("bytes 4", "value"),
        ("value ? 7", "value"),
        ("value 7, extra 1", "extra"),
        ("value 7, value 8", "twice"),
        ("value 7, bytes -1", "out of bounds"),
        ("value 3-2", "holds nothing"),
    )

    def __init__(self, low: float, high: float, is_negated: bool, excludes_ends: bool) -> None:
        self.low = low
        self.high = high
        self.is_negated = is_negated
        self.excludes_ends = excludes_ends
        self.length: i64 = 0  # bytes; 0 is all
        self.offset: i64 = 0
        self.label = OF_PAYLOAD

    @classmethod
    def parse(cls, text: str) -> Entropy:
        values: dict[str, str] = {}
        for part in text.split(","):
            name, _, value = part.strip().partition(" ")
            if name not in ("value", "bytes", "offset"):
                raise RuleError(f"unknown option {short(name)} (expected {cls.syntax})")
            if name in values:
                raise RuleError(f"names {name} twice")
            values[name] = value.strip()
        entropy = _test(values.get("value", ""), cls.syntax)
        entropy.length = decimal(values.get("bytes", "0"), 0, FURTHEST, "bytes")
        entropy.offset = decimal(values.get("offset", "0"), 0, FURTHEST, "offset")
        return entropy

    def place(self, draft: Draft) -> None:
        inspection = draft.inspection()
        if inspection.buffer:  # EVE has the buffers of protocols under their older names
            self.label = inspection.buffer if inspection.source is not None else inspection.buffer.replace(".", "_")
        inspection.checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        size: i64 = len(cursor.data)
        end = self.offset + self.length if self.length > 0 else size
        if self.offset > size or end > size:
            return False
        data = cursor.data[self.offset : end] if self.offset > 0 or end < size else cursor.data
        value = entropy_of(data)
        cursor.note(self.label, value)
        cursor.begin = base
        cursor.end = base
        if self.excludes_ends:
            return (self.low < value < self.high) != self.is_negated
        return (self.low <= value <= self.high) != self.is_negated


def entropy_of(data: bytes) -> float:
    """Return the Shannon entropy in bits a byte."""
    counts = [0] * 256
    for byte in data:
        counts[byte] += 1
    size = len(data)
    total = 0.0
    for count in counts:
        if count:
            share = count / size
            total -= share * math.log2(share)
    return total


def _test(text: str, syntax: str) -> Entropy:
    """Return the comparison. Raises RuleError."""
    if m := RANGE.fullmatch(text):
        if float(m[2]) >= float(m[3]):
            raise RuleError(f"range {short(text)} holds nothing (expected {syntax})")
        return Entropy(float(m[2]), float(m[3]), m[1] is not None, True)
    m = SINGLE.fullmatch(text)
    if m is None:
        raise RuleError(f"value {short(text)} is no comparison (expected {syntax})")
    operator, number = m[1] or "=", float(m[2])
    if operator in ("=", "!", "!="):
        return Entropy(number, number, operator != "=", False)
    if operator in ("<", "<="):
        return Entropy(-1.0, number, False, operator == "<")
    return Entropy(number, math.inf, False, operator == ">")


register(Entropy)
