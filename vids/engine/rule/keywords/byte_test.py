"""byte_test: compare a number in the buffer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import c_integer, is_name
from vids.engine.rule.bytecheck import ByteCheck
from vids.engine.rule.bytefield import AUTO, MASK64, ByteField, values_of
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

OPERATOR: Final = re.compile(r"(!)?\s*(<=|>=|<|>|=|&|\^)?")
FURTHEST: Final = (1 << 31) - 1


@final
class ByteTest(ByteCheck):
    """Read a number from the buffer and compare it, without a sign, with a value.

    `&` asks for a common bit, `^` for a different one; `!` turns the test round, alone it means "not equal". The
    offset counts from the start of the buffer or stream, with `relative` from the end of the last match. With
    `string` the number is written in digits; otherwise it is binary, big endian unless `little`. Of a number with
    a `bitmask` only those bits count, shifted down. Bytes, value and offset may be variables of byte_extract or
    byte_math. Data too short for the number, or without digits, does not match, with `!` neither.
    """

    name: ClassVar[str] = "byte_test"
    syntax: ClassVar[str] = (
        "byte_test:BYTES,[!]<|>|=|<=|>=|&|^,VALUE,OFFSET[,relative][,little|big][,string,hex|dec|oct][,dce]"
        "[,bitmask MASK];"
    )
    source: ClassVar[str] = "Suricata user guide, payload-keywords, byte_test"
    cases: ClassVar[Cases] = (
        ("1,=,0x62,1", {"data": b"abc"}, True),
        ("1,!=,0x62,1", {"data": b"abc"}, False),
        ("1,!,0x61,1", {"data": b"abc"}, True),
        ("2,>,0x6161,0", {"data": b"abc"}, True),
        ("2,<,0x6261,0,little", {"data": b"abc"}, False),
        ("2,<=,0x6261,0,little", {"data": b"abc"}, True),
        ("2,>=,0x6263,1,big", {"data": b"abc"}, True),
        ("2,>,0,2", {"data": b"abc"}, False),
        ("2,!>,0,2", {"data": b"abc"}, False),
        ("1,&,0x0f,0", {"data": b"\xf0"}, False),
        ("1,!&,0x0f,0", {"data": b"\xf0"}, True),
        ("1,^,0xf0,0", {"data": b"\xf0"}, False),
        ("1,=,0x63,-1,relative", {"data": b"abc", "at": 3}, True),
        ("1,=,0x63,0,relative", {"data": b"abc", "at": 3}, False),
        ("4,=,123,0,string,dec", {"data": b"123x"}, True),
        ("4,=,0x1f,0,string,hex", {"data": b"0x1f"}, True),
        ("4,=,15,0,string", {"data": b"0017"}, True),
        ("3,=,8,0,string,oct", {"data": b" 10"}, True),
        ("3,!=,8,0,string,dec", {"data": b"abc"}, False),
        ("1,=,0x0f,0,bitmask 0xf0", {"data": b"\xf0"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1,=,5", "byte_test"),
        ("1,==,5,0", "operator"),
        ("1,|,5,0", "operator"),
        ("9,=,5,0", "at most 8"),
        ("24,=,5,0,string", "23"),
        ("2,=,5,0,hex", "needs string"),
        ("2,=,18446744073709551616,0", "out of bounds"),
        ("2,=,5,0,bitmask ff", "not a number"),
        ("2,=,5,0,bogus", "bogus"),
        ("2,=,5,0,dce,little", "byte order"),
    )

    def __init__(self, field: ByteField, operator: str, is_negated: bool, value: int, variable: str) -> None:
        super().__init__(field)
        self.operator = operator
        self.is_negated = is_negated
        self.value = value
        self.name_of_variable = variable
        self.variable: i64 = -1

    @classmethod
    def parse(cls, text: str) -> ByteTest:
        parts = values_of(text, 4, cls.syntax)
        field = ByteField(AUTO)
        field.set_length(parts[0])
        m = OPERATOR.fullmatch(parts[1])
        if m is None or not parts[1]:
            raise RuleError(f"operator {parts[1]!r} is none of < > = <= >= & ^")
        field.set_offset(parts[3], FURTHEST)
        variable = parts[2] if is_name(parts[2]) else ""
        value = 0 if variable else c_integer(parts[2], -MASK64, MASK64, "the value") & MASK64
        test = cls(field, m[2] or "=", m[1] is not None, value, variable)
        test.take_all(parts[4:])
        return test

    def take(self, option: str) -> bool:
        if option.startswith("bitmask "):
            self.field.set_mask(option[8:].strip())
            return True
        return False

    def place(self, draft: Draft) -> None:
        super().place(draft)
        if self.name_of_variable:
            self.variable = draft.variable(self.name_of_variable)
            self.uses_variable = True

    def go_on(self, cursor: Cursor, base: i64, number: int, end: i64) -> bool:
        cursor.begin = base
        cursor.end = base
        value = cursor.values[self.variable] if self.variable >= 0 else self.value
        return compare(self.field.masked(number), self.operator, value) != self.is_negated


def compare(number: int, operator: str, value: int) -> bool:
    """Return whether the operator holds between two numbers without sign."""
    if operator == "=":
        return number == value
    if operator == "<":
        return number < value
    if operator == ">":
        return number > value
    if operator == "<=":
        return number <= value
    if operator == ">=":
        return number >= value
    if operator == "&":
        return number & value != 0
    return number != value


register(ByteTest)
