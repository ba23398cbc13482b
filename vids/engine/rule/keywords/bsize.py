"""bsize: the size of a buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PayloadCheck, register
from vids.engine.rule.keywords.content import UNSET, Content

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft
    from vids.engine.rule.rule import Inspection

LARGEST: Final = (1 << 63) - 1


@final
class Bsize(PayloadCheck):
    """Match the size of a sticky buffer, in bytes. The raw payload has `dsize` instead."""

    name: ClassVar[str] = "bsize"
    syntax: ClassVar[str] = "bsize:[<|>|<=|>=|!]N; or bsize:LOW<>HIGH; (both ends excluded; a sticky buffer before it)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, bsize"
    cases: ClassVar[Cases] = (
        ("3", {"data": b"abc"}, True),
        ("3", {"data": b"abcd"}, False),
        ("!3", {"data": b"abcd"}, True),
        ("<4", {"data": b"abc"}, True),
        (">=4", {"data": b"abc"}, False),
        ("2<>4", {"data": b"abc"}, True),
        ("3<>5", {"data": b"abc"}, False),
        ("0", {"data": b""}, True),
        ("3", {"data": b"abc", "at": 2}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("x", "bsize"), ("5<>6", "holds nothing"))

    def __init__(self, size: IntegerTest) -> None:
        self.size = size

    @classmethod
    def parse(cls, text: str) -> Bsize:
        return cls(IntegerTest.parse(text, LARGEST, cls.syntax))

    def place(self, draft: Draft) -> None:
        if not draft.buffer:
            raise RuleError("needs a sticky buffer before it (the size of a packet's payload is dsize)")
        inspection = draft.inspection()
        inspection.checks.append(self)
        fault = size_fault(inspection)
        if fault:
            raise RuleError(fault)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        cursor.begin = base
        cursor.end = base
        return self.size.holds(cursor.origin + len(cursor.data))


def size_fault(inspection: Inspection) -> str:
    """Return why no buffer can pass the bsize tests and hold the contents; "" where one can."""
    needed = bytes_needed(inspection)
    for check in inspection.checks:
        if isinstance(check, Bsize):
            test = check.size
            if not test.is_negated and test.mask < 0 and test.high < needed:
                return f"the contents need {needed} bytes, and bsize allows {test.high}: the rule could never match"
    return ""


def bytes_needed(inspection: Inspection) -> int:
    """Return how many bytes a buffer must have at least, for its contents to match."""
    needed: i64 = 0
    end: i64 = 0  # of the last match, at the earliest
    for check in inspection.checks:
        if isinstance(check, Content):
            if check.is_negated:
                continue
            begin: i64 = 0
            if check.is_relative:
                begin = max(end + (check.distance if check.distance != UNSET else 0), 0)
                if check.distance_variable >= 0:
                    begin = 0
            elif check.offset != UNSET:
                begin = check.offset
            end = begin + len(check.pattern)
            needed = max(needed, end)
        elif not isinstance(check, Bsize) and check.name != "isdataat":
            end = 0  # an expression or a jump may have moved anywhere
    return needed


register(Bsize)
