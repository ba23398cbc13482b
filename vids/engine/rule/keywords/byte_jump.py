"""byte_jump: read a number from the buffer and go on that many bytes further."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import decimal
from vids.engine.rule.bytecheck import ByteCheck
from vids.engine.rule.bytefield import AUTO, MASK64, ByteField, values_of
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    pass

FURTHEST: Final = 65535  # bytes, either way


@final
class ByteJump(ByteCheck):
    """Read a number from the buffer, and let relative options count from the place it leads to.

    The place is that many bytes behind the number itself, with `from_beginning` behind the start of the buffer or
    stream, with `from_end` behind its end. The number is first masked, then multiplied, then rounded up to a
    multiple of 4 (`align`), then `post_offset` is added. A place before the start is the start; a place behind
    the end does not match. Bytes and offset may be variables of byte_extract or byte_math; 0 bytes read 0.
    """

    name: ClassVar[str] = "byte_jump"
    syntax: ClassVar[str] = (
        "byte_jump:BYTES,OFFSET[,relative][,multiplier N][,little|big][,string,hex|dec|oct][,align]"
        "[,from_beginning|from_end][,post_offset N][,dce][,bitmask MASK];"
    )
    source: ClassVar[str] = "Suricata user guide, payload-keywords, byte_jump"
    cases: ClassVar[Cases] = (
        ("1,0", {"data": b"\x01ab"}, True),
        ("1,0", {"data": b"\x02ab"}, True),
        ("1,0", {"data": b"\x03ab"}, False),
        ("1,0,post_offset -2", {"data": b"\x04ab"}, True),
        ("8,0", {"data": b"\x7f\xff\xff\xff\xff\xff\xff\xffab"}, False),
        ("2,0,little", {"data": b"\x01\x00ab"}, True),
        ("1,0,multiplier 3", {"data": b"\x01ab"}, False),
        ("1,0,align", {"data": b"\x01abc"}, False),
        ("1,0,align", {"data": b"\x01abcd"}, True),
        ("1,0,from_beginning", {"data": b"\x03ab"}, True),
        ("1,0,from_beginning", {"data": b"\x04ab"}, False),
        ("1,0,from_end,post_offset -1", {"data": b"\x00ab"}, True),
        ("1,0,from_end", {"data": b"\x01ab"}, False),
        ("0,0,relative,post_offset -9", {"data": b"abc", "at": 2}, True),
        ("0,0,relative", {"data": b"abc", "at": 3}, True),
        ("1,0,relative", {"data": b"abc", "at": 3}, False),
        ("2,0,string,dec", {"data": b"1 ab"}, True),
        ("1,0,bitmask 0x30", {"data": b"\x1fab"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "byte_jump"),
        ("9,0", "at most 8"),
        ("24,0,string,dec", "23"),
        ("1,65536", "out of bounds"),
        ("1,0,multiplier 0", "out of bounds"),
        ("1,0,multiplier 65536", "out of bounds"),
        ("1,0,post_offset 65536", "out of bounds"),
        ("1,0,post_offset v", "decimal"),
        ("1,0,from_beginning,from_end", "both"),
        ("1,0,hex", "needs string"),
        ("1,0,align 4", "align 4"),
    )

    def __init__(self, field: ByteField) -> None:
        super().__init__(field)
        self.multiplier = 1
        self.post_offset = 0
        self.is_aligned = False
        self.from_beginning = False
        self.from_end = False

    @classmethod
    def parse(cls, text: str) -> ByteJump:
        parts = values_of(text, 2, cls.syntax)
        field = ByteField(AUTO)
        field.may_be_at_end = True
        jump = cls(field)
        field.set_length(parts[0])
        field.set_offset(parts[1], FURTHEST)
        jump.take_all(parts[2:])
        if jump.from_beginning and jump.from_end:
            raise RuleError("counts both from_beginning and from_end (keep one)")
        return jump

    def take(self, option: str) -> bool:
        word, _, value = option.partition(" ")
        value = value.strip()
        if option == "align":
            self.is_aligned = True
        elif option == "from_beginning":
            self.from_beginning = True
        elif option == "from_end":
            self.from_end = True
        elif word == "multiplier":
            self.multiplier = decimal(value, 1, 65535, word)
        elif word == "post_offset":
            self.post_offset = decimal(value, -65535, 65535, word)
        elif word == "bitmask":
            self.field.set_mask(value)
        else:
            return False
        return True

    def go_on(self, cursor: Cursor, base: i64, number: int, end: i64) -> bool:
        size = len(cursor.data)
        target = self._jump(self.field.masked(number))  # not an i64: the sum may exceed one
        if self.from_beginning:
            target -= int(cursor.origin)
        elif self.from_end:
            target += size
        else:
            target += int(end)
        if target > size or (target < 0 and cursor.origin > 0):
            return False  # behind the data, or in a piece of the stream that is gone
        cursor.begin = max(target, 0)
        cursor.end = cursor.begin
        return True

    def _jump(self, number: int) -> int:
        """Return how far to go: 64 bits, with a sign."""
        way = number * self.multiplier & MASK64
        if self.is_aligned:
            way = way + 3 & ~3
        way = way + self.post_offset & MASK64
        return way - (1 << 64) if way >> 63 else way


register(ByteJump)
