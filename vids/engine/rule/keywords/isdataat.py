"""isdataat: whether the buffer reaches this far."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import decimal, is_name
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PayloadCheck, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FORM: Final = re.compile(r"(!)?\s*([\w.+-]+)((?:\s*,\s*(?:relative|rawbytes))*)", re.ASCII)


@final
class IsDataAt(PayloadCheck):
    """Match when the buffer has a byte at N; `relative`, when N bytes follow the last match; with `!`, when not.

    N counts from the start of the buffer or stream, the first byte is 0: `isdataat:9` asks for ten bytes, but
    `isdataat:9,relative` for nine. It may be a variable of byte_extract or byte_math. `rawbytes` changes nothing.
    """

    name: ClassVar[str] = "isdataat"
    syntax: ClassVar[str] = "isdataat:[!]N[,relative][,rawbytes]; or isdataat:[!]VARIABLE...; (N up to 65535)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, isdataat"
    cases: ClassVar[Cases] = (
        ("2", {"data": b"abc"}, True),
        ("3", {"data": b"abc"}, False),
        ("!3", {"data": b"abc"}, True),
        ("!2,rawbytes", {"data": b"abc"}, False),
        ("0", {"data": b"abc", "at": 3}, True),
        ("2,relative", {"data": b"abc", "at": 1}, True),
        ("3,relative", {"data": b"abc", "at": 1}, False),
        ("!1,relative", {"data": b"abc", "at": 3}, True),
        ("!1,relative,rawbytes", {"data": b"abc", "at": 2}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "isdataat"),
        ("5,bogus", "isdataat"),
        ("-1", "out of bounds"),
        ("65536", "65535"),
        ("0x10", "decimal"),
    )

    def __init__(self, place: int, variable: str, is_negated: bool, is_relative: bool) -> None:
        self.at: i64 = place
        self.name_of_variable = variable
        self.variable: i64 = -1
        self.is_negated = is_negated
        self.is_relative = is_relative

    @classmethod
    def parse(cls, text: str) -> IsDataAt:
        m = FORM.fullmatch(text)
        if m is None:
            raise RuleError(f"{text!r} is no place in the data ({cls.syntax})")
        if is_name(m[2]):
            return cls(0, m[2], m[1] is not None, "relative" in m[3])
        return cls(decimal(m[2], 0, 65535, cls.name), "", m[1] is not None, "relative" in m[3])

    def place(self, draft: Draft) -> None:
        if self.name_of_variable:
            self.variable = draft.variable(self.name_of_variable)
            self.uses_variable = True
        draft.inspection_for(self).checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        size: i64 = len(cursor.data)
        at = cursor.unsigned(self.variable) if self.variable >= 0 else self.at
        cursor.begin = base
        cursor.end = base
        if self.is_relative:
            return (base + at <= size) != self.is_negated
        return (at < cursor.origin + size) != self.is_negated


register(IsDataAt)
