"""base64_decode: decode a part of the buffer, for base64_data to look into."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.base64 import decode_rfc4648, leading_letters
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PayloadCheck, register
from vids.engine.rule.text import short, whole_number

LARGEST: Final = 65535  # bytes of base64 that are decoded at a time


@final
class Base64Decode(PayloadCheck):
    """Decode base64 from a place in the buffer on, for base64_data; without a byte decoded it does not match.

    The letters end at the first byte that is none of the alphabet. `relative` counts the offset from the end of
    the last match. Where options behind base64_data do not hold, the next match before base64_decode is tried.
    """

    name: ClassVar[str] = "base64_decode"
    syntax: ClassVar[str] = "base64_decode[:[bytes N][, offset N][, relative]];"
    source: ClassVar[str] = "Suricata user guide, rules, base64 keywords, base64_decode"
    cases: ClassVar[Cases] = (
        ("", {"data": b"YWJj"}, True),
        ("", {"data": b"!!"}, False),
        ("", {"data": b"Y"}, False),
        ("offset 2", {"data": b"!!YWJj"}, True),
        ("offset 6", {"data": b"!!YWJj"}, False),
        ("bytes 4, offset 1, relative", {"data": b"a:!YWJj", "at": 2}, True),
        ("relative", {"data": b"a:!YWJj", "at": 2}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("bytes", "whole number"),
        ("bytes 65536", "65535"),
        ("offset -1", "whole number"),
        ("relatve", "relatve"),
        ("bytes 1, bytes 2", "twice"),
    )

    def __init__(self, length: int, offset: int, is_relative: bool) -> None:
        self.length: i64 = length
        self.offset: i64 = offset
        self.is_relative = is_relative

    @classmethod
    def parse(cls, text: str) -> Base64Decode:
        values: dict[str, str] = {}
        for part in text.split(",") if text else []:
            name, _, value = part.strip().partition(" ")
            if name not in ("bytes", "offset", "relative") or (name == "relative" and value):
                raise RuleError(f"unknown option {short(part.strip())} (expected {cls.syntax})")
            if name in values:
                raise RuleError(f"names {name} twice")
            values[name] = value.strip()
        length = whole_number(values.get("bytes", "0"), 0, LARGEST, cls.syntax) or LARGEST
        return cls(length, whole_number(values.get("offset", "0"), 0, 0xFFFFFFFF, cls.syntax), "relative" in values)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        at = self.offset + (base if self.is_relative else -cursor.origin)
        if at < 0 or at >= len(cursor.data):
            return False
        letters = leading_letters(cursor.data[at : at + self.length])
        cursor.decoded = decode_rfc4648(letters)
        cursor.furthest = max(cursor.furthest, at + len(letters))
        cursor.begin = base
        cursor.end = base
        return len(cursor.decoded) > 0


register(Base64Decode)
