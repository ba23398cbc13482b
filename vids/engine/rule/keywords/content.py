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
NO_REACH: Final = 1 << 40


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
        self.place_variable: i64 = -1  # number of the variable that takes where the content was found
        self.is_startswith = False
        self.is_endswith = False
        self.is_fast_pattern = False  # asked for by name
        self.fast_offset: i64 = 0  # the part that the prefilter gets (fast_pattern:offset,length)
        self.fast_length: i64 = len(pattern)
        self.is_fast_only = False  # nothing may count from this content, nor it from anything
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
        draft.add_content(self)

    def check_absolute(self, modifier: str) -> None:
        """Raise RuleError unless `modifier` (depth, offset) may join the modifiers that are there."""
        if self.is_relative:
            raise RuleError(f"{modifier} counts from the start: it cannot join distance or within")
        self._check_fast_pattern(modifier)

    def check_relative(self, modifier: str, draft: Draft) -> None:
        """Raise RuleError unless `modifier` (distance, within) may join what is there."""
        if self.has_depth() or self.has_offset():
            raise RuleError(f"{modifier} counts from the last match: it cannot join depth, offset or startswith")
        self._check_fast_pattern(modifier)
        before: Content | None = None
        for inspection in draft.rule.inspections:
            if self in inspection.checks:
                for check in inspection.checks[: inspection.checks.index(self)]:
                    before = check if isinstance(check, Content) else None
        if before is not None and before.is_fast_only:
            raise RuleError(f"{modifier} cannot count from a content with fast_pattern:only")

    def _check_fast_pattern(self, modifier: str) -> None:
        if self.is_fast_only or (self.is_negated and self.is_fast_pattern):
            what = "fast_pattern:only" if self.is_fast_only else "fast_pattern on a negated content"
            raise RuleError(f"{modifier} cannot join {what}")

    def has_offset(self) -> bool:
        """Return whether there is an offset, a number or a variable."""
        return self.offset != UNSET or self.offset_variable >= 0

    def has_depth(self) -> bool:
        """Return whether there is a depth, a number or a variable."""
        return self.depth != UNSET or self.depth_variable >= 0

    def has_distance(self) -> bool:
        """Return whether there is a distance, a number or a variable."""
        return self.distance != UNSET or self.distance_variable >= 0

    def has_within(self) -> bool:
        """Return whether there is a within, a number or a variable."""
        return self.within != UNSET or self.within_variable >= 0

    def reach(self) -> i64:
        """Return the offset in the stream before which every match ends; NO_REACH where that is not known."""
        if self.is_relative or self.depth == UNSET or self.offset_variable >= 0:
            return NO_REACH
        return self.depth + (self.offset if self.offset != UNSET else 0)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        data = cursor.lowered() if self.is_nocase else cursor.data
        size: i64 = len(data)
        length: i64 = len(self.folded)
        low: i64 = 0
        high: i64 = size
        if self.is_relative:
            low = base
            if self.distance_variable >= 0:
                low += cursor.signed(self.distance_variable)
            elif self.distance != UNSET:
                low += self.distance
            if self.within_variable >= 0:
                high = low + cursor.unsigned(self.within_variable)
            elif self.within != UNSET:
                high = low + self.within
        else:
            low = -cursor.origin  # offset and depth count from the start of the stream
            if self.offset_variable >= 0:
                low += cursor.unsigned(self.offset_variable)
            elif self.offset != UNSET:
                low += self.offset
            if self.depth_variable >= 0:
                high = low + cursor.unsigned(self.depth_variable)
            elif self.depth != UNSET:
                high = low + self.depth
        low = max(low, resume)
        low = max(low, 0)
        high = min(high, size)
        at: i64 = -1
        if low + length <= high:
            if not self.is_endswith:
                at = data.find(self.folded, low, high)
            elif high == size and data.endswith(self.folded, low):
                at = size - length
        if self.is_negated:
            cursor.begin = base
            cursor.end = base
            return at < 0
        if at < 0:
            return False
        cursor.begin = at
        cursor.end = at + length
        if self.place_variable >= 0:
            cursor.values[self.place_variable] = int(at)
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
