"""byte_extract: read a number from the buffer into a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import decimal, is_name
from vids.engine.rule.bytecheck import ByteCheck
from vids.engine.rule.bytefield import MASK64, ByteField, values_of
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FURTHEST: Final = 32768  # bytes, either way
MOST_DIGITS: Final = {8: 23, 10: 20, 16: 14}  # by base


@final
class ByteExtract(ByteCheck):
    """Read a number from the buffer into a variable, for options further on in the rule.

    depth, offset, distance, within, isdataat, byte_test, byte_jump and byte_math take variables. The number is
    multiplied, then rounded up to a multiple of 2 or 4 (`align`); it has 64 bits and wraps. Relative options
    behind it count from the end of the number. `string` alone is decimal.
    """

    name: ClassVar[str] = "byte_extract"
    syntax: ClassVar[str] = (
        "byte_extract:BYTES,OFFSET,VARIABLE[,relative][,multiplier N][,little|big][,string,hex|dec|oct]"
        "[,align 2|4][,dce];"
    )
    source: ClassVar[str] = "Suricata user guide, payload-keywords, byte_extract"
    cases: ClassVar[Cases] = (
        ("1,0,v", {"data": b"a"}, True),
        ("2,0,v", {"data": b"a"}, False),
        ("1,0,v,relative", {"data": b"ab", "at": 1}, True),
        ("1,-2,v,relative", {"data": b"ab", "at": 1}, False),
        ("2,0,v,string,dec", {"data": b"1x"}, True),
        ("2,0,v,string,dec", {"data": b"x1"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1,0", "byte_extract"),
        ("v,0,w", "decimal"),
        ("1,v,w", "decimal"),
        ("1,0,9", "name"),
        ("9,0,v", "at most 8"),
        ("21,0,v,string", "20"),
        ("15,0,v,string,hex", "14"),
        ("2,32768,v", "out of bounds"),
        ("2,0,v,align 3", "align"),
        ("2,0,v,multiplier 0", "out of bounds"),
        ("2,0,v,hex", "needs string"),
        ("2,0,v,bogus", "bogus"),
    )

    def __init__(self, field: ByteField, variable: str) -> None:
        super().__init__(field)
        self.name_of_variable = variable
        self.variable: i64 = -1  # nothing is stored until the option has its place in a rule
        self.multiplier = 1
        self.alignment = 1

    @classmethod
    def parse(cls, text: str) -> ByteExtract:
        parts = values_of(text, 3, cls.syntax)
        field = ByteField(10)
        field.length = decimal(parts[0], 0, 23, "the number of bytes")
        field.offset = decimal(parts[1], -FURTHEST, FURTHEST - 1, "the offset")
        if not is_name(parts[2]):
            raise RuleError(f"{parts[2]!r} is not a name for a variable (letters, digits and _)")
        extract = cls(field, parts[2])
        extract.take_all(parts[3:])
        if field.is_text and field.length > MOST_DIGITS[field.base]:
            raise RuleError(f"{field.length} digits are too many (at most {MOST_DIGITS[field.base]} in this base)")
        return extract

    def take(self, option: str) -> bool:
        word, _, value = option.partition(" ")
        value = value.strip()
        if word == "multiplier":
            self.multiplier = decimal(value, 1, 65535, word)
        elif word == "align":
            if value not in {"2", "4"}:
                raise RuleError(f"align {value} is neither 2 nor 4")
            self.alignment = int(value)
        else:
            return False
        return True

    def place(self, draft: Draft) -> None:
        super().place(draft)
        self.variable = draft.define(self.name_of_variable)

    def go_on(self, cursor: Cursor, base: i64, number: int, end: i64) -> bool:
        value = number * self.multiplier & MASK64
        value = value + -value % self.alignment & MASK64
        if self.variable >= 0:
            cursor.values[self.variable] = value
        cursor.begin = end
        cursor.end = end
        return True


register(ByteExtract)
