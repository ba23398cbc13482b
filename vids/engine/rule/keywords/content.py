"""content: bytes that must be (or must not be) in a buffer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PayloadCheck, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

MAX_CONTENT: Final = 8192  # bytes; the longest in public rulesets has 660

HEX: Final = re.compile(r"[0-9a-fA-F]{2}")
UNSET: Final = -(1 << 30)


@final
class Content(PayloadCheck):
    """Match when these bytes are in the buffer; with `!`, when they are not.

    Modifiers that follow narrow the place (`depth`, `offset`, `distance`, `within`, `startswith`, `endswith`) or
    the comparison (`nocase`). Bytes stand between bars in hexadecimal; `;`, `"` and `\\` are escaped with `\\`.
    """

    name: ClassVar[str] = "content"
    syntax: ClassVar[str] = 'content:[!]"text|0d 0a|text";'
    source: ClassVar[str] = "Suricata user guide, payload-keywords, content"
    cases: ClassVar[Cases] = (
        ('"abc"', {"data": b"xxabc"}, True),
        ('"ABC"', {"data": b"xxabc"}, False),
        ('"|61 62|c"', {"data": b"xxabc"}, True),
        ('!"abc"', {"data": b"xxabc"}, False),
        ('!"abd"', {"data": b"xxabc"}, True),
        (r'"a\;b|3a|"', {"data": b"a;b:"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ('""', "empty"),
        ("abc", "quotes"),
        ('"|6|"', "hexadecimal"),
        ('"|61"', "bar"),
    )

    def __init__(self, pattern: bytes, is_negated: bool) -> None:
        self.pattern = pattern
        self.is_negated = is_negated
        self.is_nocase = False
        self.offset: i64 = UNSET  # as written; UNSET where absent
        self.depth: i64 = UNSET  # as written: bytes from the offset in which the match must end
        self.distance: i64 = UNSET
        self.within: i64 = UNSET
        self.offset_variable: i64 = -1  # number of the variable that gives the value
        self.depth_variable: i64 = -1
        self.distance_variable: i64 = -1
        self.within_variable: i64 = -1
        self.is_startswith = False
        self.is_endswith = False
        self.is_fast_pattern = False  # asked for by name
        self.fast_offset: i64 = 0  # the part that the prefilter gets (fast_pattern:offset,length)
        self.fast_length: i64 = len(pattern)
        self.folded = pattern  # what is searched: lower case where nocase
        self.is_relative = False
        self.can_resume = not is_negated

    @classmethod
    def parse(cls, text: str) -> Content:
        is_negated = text.startswith("!")
        quoted = text[1:].lstrip() if is_negated else text
        if len(quoted) < 2 or quoted[0] != '"' or quoted[-1] != '"':
            raise RuleError(f"the pattern must stand in quotes ({cls.syntax})")
        return cls(pattern_bytes(quoted[1:-1]), is_negated)

    def place(self, draft: Draft) -> None:
        draft.inspection().checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        data = cursor.lowered() if self.is_nocase else cursor.data
        size: i64 = len(data)
        length: i64 = len(self.folded)
        values = cursor.values
        low: i64 = 0
        high: i64 = size
        distance: i64 = 0
        if self.is_relative:
            low = base
            if self.distance != UNSET or self.distance_variable >= 0:
                distance = values[self.distance_variable] if self.distance_variable >= 0 else self.distance
                low = max(low + distance, 0)
            if self.within != UNSET or self.within_variable >= 0:
                within: i64 = values[self.within_variable] if self.within_variable >= 0 else self.within
                high = min(high, base + distance + within)
        else:
            base = -cursor.origin  # offset and depth count from the start of the stream
        offset: i64 = 0
        if self.offset != UNSET or self.offset_variable >= 0:
            offset = values[self.offset_variable] if self.offset_variable >= 0 else self.offset
            low = max(low, base + offset if not self.is_relative else offset - cursor.origin)
        if self.depth != UNSET or self.depth_variable >= 0:
            depth: i64 = values[self.depth_variable] if self.depth_variable >= 0 else self.depth
            high = min(high, base + offset + depth)
        low = max(low, resume)
        at: i64 = -1
        if low + length <= high:
            if self.is_endswith:
                at = size - length
                if at < low or size > high or not data.endswith(self.folded):
                    at = -1
            else:
                at = data.find(self.folded, low, high)
        if self.is_negated:
            return at < 0
        if at < 0:
            return False
        cursor.begin = at
        cursor.end = at + length
        return True


def pattern_bytes(text: str) -> bytes:
    r"""Return the bytes of a quoted pattern: hexadecimal between bars, `\` before `;`, `"`, `:` and itself."""
    out = bytearray()
    i = 0
    while i < len(text):
        char = text[i]
        if char == "|":
            end = text.find("|", i + 1)
            if end < 0:
                raise RuleError('the closing bar of hexadecimal bytes is missing (a bar itself is "|7c|")')
            for pair in _pairs(text[i + 1 : end]):
                out.append(int(pair, 16))
            i = end + 1
        elif char == "\\":
            if i + 1 >= len(text):
                raise RuleError(r"a backslash ends the pattern (a backslash itself is \\)")
            out += text[i + 1].encode("utf-8", "surrogateescape")
            i += 2
        else:
            out += char.encode("utf-8", "surrogateescape")
            i += 1
    if not out:
        raise RuleError("the pattern is empty")
    if len(out) > MAX_CONTENT:
        raise RuleError(f"the pattern has {len(out)} bytes (at most {MAX_CONTENT})")
    return bytes(out)


def _pairs(text: str) -> list[str]:
    digits = "".join(text.split())
    pairs = HEX.findall(digits)
    if "".join(pairs) != digits:
        raise RuleError(f"{text!r} is not hexadecimal (pairs of digits, as in |0d 0a|)")
    return pairs


register(Content)
