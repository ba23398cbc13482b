"""byte_math: read a number from the buffer, calculate, and keep the result in a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import decimal, is_name
from vids.engine.rule.bytecheck import ByteCheck
from vids.engine.rule.bytefield import BASES, MASK64, ByteField
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

OPERATORS: Final = ("+", "-", "*", "/", "<<", ">>")
NEEDED: Final = ("bytes", "offset", "oper", "rvalue", "result")
OPTIONAL: Final = ("relative", "endian", "string", "dce", "bitmask")
FURTHEST: Final = 65535  # bytes, either way
MOST_DIGITS: Final = 10
MOST_SHIFTED: Final = 4  # bytes


@final
class ByteMath(ByteCheck):
    """Read a number from the buffer, calculate with it, and keep the result in a variable.

    The result has 64 bits and wraps; a division by zero does not match, a shift by 64 or more leaves 0. A
    `bitmask` picks bits of the result, shifted down. Relative options behind it count from the end of the number.
    `bytes` and `rvalue` may be variables.
    """

    name: ClassVar[str] = "byte_math"
    syntax: ClassVar[str] = (
        "byte_math:bytes N,offset N,oper +|-|*|/|<<|>>,rvalue N,result VARIABLE"
        "[,relative][,endian big|little][,string hex|dec|oct][,dce][,bitmask MASK];"
    )
    source: ClassVar[str] = "Suricata user guide, payload-keywords, byte_math"
    cases: ClassVar[Cases] = (
        ("bytes 1,offset 0,oper +,rvalue 1,result v", {"data": b"a"}, True),
        ("bytes 2,offset 0,oper +,rvalue 1,result v", {"data": b"a"}, False),
        ("bytes 1,offset 0,oper /,rvalue 0,result v", {"data": b"a"}, False),
        ("bytes 1,offset 0,oper +,rvalue 1,result v,string dec", {"data": b"a"}, False),
        ("bytes 1,offset -1,oper +,rvalue 1,result v,relative", {"data": b"ab", "at": 1}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("bytes 2,offset 0,oper +,rvalue 5", "result"),
        ("bytes 0,offset 0,oper +,rvalue 5,result v", "out of bounds"),
        ("bytes 11,offset 0,oper +,rvalue 5,result v,string dec", "out of bounds"),
        ("bytes 9,offset 0,oper +,rvalue 5,result v", "at most 8"),
        ("bytes 5,offset 0,oper <<,rvalue 5,result v", "at most 4"),
        ("bytes 2,offset 65536,oper +,rvalue 5,result v", "out of bounds"),
        ("bytes 2,offset 0,oper %,rvalue 5,result v", "oper"),
        ("bytes 2,offset 0,oper +,rvalue 4294967296,result v", "out of bounds"),
        ("bytes 2,offset 0,oper +,rvalue 5,result v,result w", "twice"),
        ("bytes 2,offset 0,oper +,rvalue 5,result v,string", "base"),
        ("bytes 2,offset 0,oper +,rvalue 5,result v,bogus", "bogus"),
        ("bytes 2,offset 0,oper +,rvalue 5,result 5", "name"),
        ("bytes 2,offset 0,oper +,rvalue 5,result v,bitmask 0x1ffffffff", "bitmask"),
    )

    def __init__(self, field: ByteField, operator: str, result: str) -> None:
        super().__init__(field)
        self.operator = operator
        self.name_of_result = result
        self.result: i64 = -1  # nothing is stored until the option has its place in a rule
        self.rvalue = 0
        self.name_of_rvalue = ""
        self.rvalue_variable: i64 = -1

    @classmethod
    def parse(cls, text: str) -> ByteMath:
        values = _values(text, cls.syntax)
        operator, result = values["oper"], values["result"]
        if operator not in OPERATORS:
            raise RuleError(f"oper {operator!r} is none of {' '.join(OPERATORS)}")
        if not is_name(result):
            raise RuleError(f"result {result!r} is not a name for a variable (letters, digits and _)")
        math = cls(_field(values), operator, result)
        if operator in {"<<", ">>"} and math.field.length > MOST_SHIFTED:
            raise RuleError(f"{math.field.length} bytes are too many to shift (at most {MOST_SHIFTED})")
        if is_name(values["rvalue"]):
            math.name_of_rvalue = values["rvalue"]
        else:
            math.rvalue = decimal(values["rvalue"], 0, 0xFFFFFFFF, "rvalue")
        return math

    def place(self, draft: Draft) -> None:
        super().place(draft)
        if self.name_of_rvalue:
            self.rvalue_variable = draft.variable(self.name_of_rvalue)
            self.uses_variable = True
        self.result = draft.define(self.name_of_result)

    def go_on(self, cursor: Cursor, base: i64, number: int, end: i64) -> bool:
        rvalue = cursor.values[self.rvalue_variable] if self.rvalue_variable >= 0 else self.rvalue
        if rvalue == 0 and self.operator == "/":
            return False
        if self.result >= 0:
            cursor.values[self.result] = self.field.masked(calculate(number, self.operator, rvalue))
        cursor.begin = end
        cursor.end = end
        return True


def calculate(number: int, operator: str, rvalue: int) -> int:
    """Return the result in 64 bits; `rvalue` is not 0 where the operator is `/`."""
    if operator == "+":
        return number + rvalue & MASK64
    if operator == "-":
        return number - rvalue & MASK64
    if operator == "*":
        return number * rvalue & MASK64
    if operator == "/":
        return number // rvalue
    if rvalue >= 64:
        return 0
    return number << rvalue & MASK64 if operator == "<<" else number >> rvalue


def _values(text: str, syntax: str) -> dict[str, str]:
    """Return the values by name. Raises RuleError for what is unknown, doubled or missing."""
    values: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = part.strip().partition(" ")
        if name not in NEEDED and name not in OPTIONAL:
            raise RuleError(f"unknown option {name!r} ({syntax})")
        if name in values:
            raise RuleError(f"names {name} twice")
        values[name] = value.strip()
    for name in NEEDED:
        if name not in values:
            raise RuleError(f"{name} is missing ({syntax})")
    return values


def _field(values: dict[str, str]) -> ByteField:
    field = ByteField(10)
    if is_name(values["bytes"]):
        field.length_name = values["bytes"]
    else:
        field.length = decimal(values["bytes"], 1, MOST_DIGITS, "bytes")
    field.offset = decimal(values["offset"], -FURTHEST, FURTHEST, "offset")
    field.is_relative = "relative" in values
    if "string" in values:
        if values["string"] not in BASES:
            raise RuleError(f"string {values['string']!r} names no base (hex, dec or oct)")
        field.is_text = True
        field.base = BASES[values["string"]]
    if "endian" in values:
        if values["endian"] not in {"big", "little"}:
            raise RuleError(f"endian {values['endian']!r} is neither big nor little")
        field.take(values["endian"])
    if "dce" in values:
        field.take("dce")
    if "bitmask" in values:
        mask = values["bitmask"]
        field.set_mask(mask if mask.lower().startswith("0x") else f"0x{mask}")  # hexadecimal either way
    field.finish()
    return field


register(ByteMath)
