"""A number inside a buffer: where it stands and how it is written (byte_test, byte_jump, byte_extract, byte_math)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import c_integer, decimal, is_name
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

MASK64: Final = (1 << 64) - 1  # results wrap, as in 64-bit registers
MAX_BINARY: Final = 8  # bytes of a number in binary
MAX_TEXT: Final = 23  # digits of 2**64 - 1 in octal with a leading zero, the longest spelling

AUTO: Final = 0  # the base follows from the digits: 0x1f, 017, 15
BASES: Final = {"hex": 16, "dec": 10, "oct": 8}


@final
class ByteField:
    """Where a number stands, and how it is written there. `default_base` is that of `string` alone."""

    def __init__(self, default_base: int) -> None:
        self.length: i64 = 0  # bytes
        self.offset: i64 = 0
        self.length_name = ""  # a variable gives the length
        self.offset_name = ""
        self.length_variable: i64 = -1
        self.offset_variable: i64 = -1
        self.is_relative = False  # the offset counts from the last match
        self.may_be_at_end = False  # a number of no bytes may stand behind the last byte, though relative
        self.is_little = False
        self.is_text = False  # digits, not binary
        self.base: i64 = default_base
        self.is_dce = False  # byte order as the DCERPC header says
        self.mask = -1  # -1 leaves the number as it is
        self.shift = 0
        self._has_order = False
        self._has_base = False

    def set_length(self, text: str) -> None:
        """Take the number of bytes, or the name of the variable that holds it."""
        if is_name(text):
            self.length_name = text
        else:
            self.length = decimal(text, 0, MAX_TEXT, "the number of bytes")

    def set_offset(self, text: str, furthest: int) -> None:
        """Take the offset, or the name of the variable that holds it."""
        if is_name(text):
            self.offset_name = text
        else:
            self.offset = c_integer(text, -furthest, furthest, "the offset")

    def take(self, option: str) -> bool:
        """Take one of the options that all these keywords share; False where it is none of them."""
        if option == "relative":
            self.is_relative = True
        elif option in {"little", "big"}:
            self.is_little = option == "little"
            self._has_order = True
        elif option == "string":
            self.is_text = True
        elif option in BASES:
            if self._has_base:
                raise RuleError("names two bases (keep one of hex, dec, oct)")
            self.base = BASES[option]
            self._has_base = True
        elif option == "dce":
            self.is_dce = True
        else:
            return False
        return True

    def set_mask(self, text: str) -> None:
        """Take the bits that count; the number is shifted right until the lowest of them is bit 0."""
        self.mask = c_integer(text, 0, 0xFFFFFFFF, "the bitmask")
        while self.mask and not self.mask >> self.shift & 1:
            self.shift += 1

    def finish(self) -> None:
        """Check the options together. Raises RuleError."""
        if self._has_base and not self.is_text:
            raise RuleError("a base (hex, dec, oct) needs string")
        if not self.is_text and self.length > MAX_BINARY:
            raise RuleError(f"{self.length} bytes are too many (at most {MAX_BINARY} without string)")
        if self.is_dce and (self.is_text or self._has_order):
            raise RuleError("dce gives the byte order (leave out string, hex, dec, oct, little and big)")

    def resolve(self, draft: Draft) -> bool:
        """Look up the variables; return whether there are any. A rule with `dce` waits for that protocol."""
        if self.length_name:
            self.length_variable = draft.variable(self.length_name)
        if self.offset_name:
            self.offset_variable = draft.variable(self.offset_name)
        if self.is_dce:
            draft.rule.waiting.append("dce")
        return bool(self.length_name or self.offset_name)

    def place(self, cursor: Cursor, base: i64) -> i64:
        """Return where in the buffer the number begins; -1 where it does not fit in."""
        offset = cursor.signed(self.offset_variable) if self.offset_variable >= 0 else self.offset
        size: i64 = len(cursor.data)
        at = offset + (base if self.is_relative else -cursor.origin)
        length = self.bytes(cursor)
        if at < 0 or length < 0 or at + length > size or size == 0:
            return -1
        if self.is_relative and at == size and not self.may_be_at_end:
            return -1
        return at

    def bytes(self, cursor: Cursor) -> i64:
        """Return how many bytes the number takes; -1 where a variable says too many."""
        if self.length_variable < 0:
            return self.length
        length = cursor.unsigned(self.length_variable)
        return -1 if length > (MAX_TEXT if self.is_text else MAX_BINARY) else length

    def read(self, cursor: Cursor, base: i64) -> tuple[int, i64]:
        """Return the number, and where it ends: -1 where there is none. `base` is the end of the last match."""
        at = self.place(cursor, base)
        if at < 0:
            return 0, -1
        end = at + self.bytes(cursor)
        if self.is_text:
            return read_digits(cursor.data, at, end, self.base)
        if self.is_little:
            return int.from_bytes(cursor.data[at:end], "little"), end
        return int.from_bytes(cursor.data[at:end], "big"), end

    def masked(self, value: int) -> int:
        """Return the bits of the number that count."""
        return value if self.mask < 0 else (value & self.mask) >> self.shift


def values_of(text: str, least: int, syntax: str) -> list[str]:
    """Return the values of an option, split at commas: at least so many. Raises RuleError."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) < least:
        raise RuleError(f"{text!r} has too few values ({syntax})")
    return parts


def read_digits(data: bytes, at: i64, end: i64, base: i64) -> tuple[int, i64]:
    """Return the number written in `data[at:end]`, and where its digits end; -1 where there is no number.

    As strtoull of C: white space first, a sign, 0x where the base is 16 or open, then digits up to the first byte
    that is none. A negative number wraps; one of more than 64 bits is none.
    """
    while at < end and (data[at] == 0x20 or 0x09 <= data[at] <= 0x0D):
        at += 1
    is_negative = at < end and data[at] == 0x2D
    if at < end and (data[at] == 0x2D or data[at] == 0x2B):
        at += 1
    if base in {AUTO, 16} and at + 2 < end and data[at] == 0x30 and data[at + 1] | 0x20 == 0x78:
        if digit(data[at + 2]) < 16:
            at += 2
            base = 16
    if base == AUTO:
        base = 8 if at < end and data[at] == 0x30 else 10
    begin = at
    value = 0  # not an i64: 23 digits may exceed one
    radix = int(base)
    while at < end and digit(data[at]) < base:
        value = value * radix + int(digit(data[at]))
        at += 1
    if at == begin or value > MASK64:
        return 0, -1
    return -value & MASK64 if is_negative else value, at


def digit(char: i64) -> i64:
    """Return what a byte stands for as a digit; 99 where it is none."""
    if 0x30 <= char <= 0x39:
        return char - 0x30
    char |= 0x20
    return char - 0x57 if 0x61 <= char <= 0x66 else 99
