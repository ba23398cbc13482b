"""asn1: encodings that overran the buffers of early ASN.1 decoders."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.amount import decimal
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PayloadCheck, register
from vids.engine.rule.text import short

MAX_ELEMENTS: Final = 256  # that are looked at: hostile data is nothing but elements
FURTHEST: Final = 65535
LARGEST: Final = 0xFFFFFFFF
NO_LIMIT: Final = LARGEST + 1  # longer lengths are cut to it
UNKNOWN: Final = -1  # an indefinite length

BIT_STRING: Final = 3  # universal tags (X.680, section 8.4)
REAL: Final = 9
LONG_FORM: Final = 31  # the tag number follows (X.690, section 8.1.2.4)
MAX_UNUSED: Final = 7  # bits in the last byte of a BIT STRING (X.690, section 8.6.2.2)
MAX_DOUBLE: Final = 256  # bytes of a REAL in digits


@final
class Asn1(PayloadCheck):
    """Match data in BER (X.690) with an element that no sane sender writes, from a place in the buffer on.

    `bitstring_overflow` is a BIT STRING with more than 7 unused bits, `double_overflow` a REAL of more than 256
    digits, `oversize_length` an element that claims more bytes than N. One is enough. `absolute_offset` counts from
    the start of the buffer, `relative_offset` from the end of the last match.
    """

    name: ClassVar[str] = "asn1"
    syntax: ClassVar[str] = (
        "asn1:[bitstring_overflow][, double_overflow][, oversize_length N][, absolute_offset N|relative_offset N];"
    )
    source: ClassVar[str] = "Snort 2.9 manual, payload detection, asn1"
    cases: ClassVar[Cases] = (
        ("oversize_length 3", {"data": b"\x04\x04abcd"}, True),
        ("oversize_length 4", {"data": b"\x04\x04abcd"}, False),
        ("oversize_length 100", {"data": b"\x30\x03\x04\x81\xff"}, True),
        ("oversize_length 100", {"data": b"\x04\x84\xff\xff\xff\xff"}, True),
        ("bitstring_overflow", {"data": b"\x03\x02\x08a"}, True),
        ("bitstring_overflow", {"data": b"\x03\x02\x07a"}, False),
        ("bitstring_overflow", {"data": b"\x30\x80\x03\x02\x09a\0\0"}, True),
        ("double_overflow", {"data": b"\x09\x82\x01\x02\x03" + bytes(300)}, True),
        ("double_overflow", {"data": b"\x09\x82\x01\x02\x80" + bytes(300)}, False),
        ("double_overflow", {"data": b"\x04\x85\xff\xff\xff\xff\xff"}, False),
        ("oversize_length 3, absolute_offset 1", {"data": b"x\x04\x04abcd"}, True),
        ("oversize_length 3, relative_offset -1", {"data": b"xx\x04\x04abcd", "at": 3}, True),
        ("oversize_length 3", {"data": b""}, False),
        ("oversize_length 3", {"data": b"\x04"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("overflow", "overflow"),
        ("relative_offset 3", "nothing to look for"),
        ("oversize_length x", "decimal"),
        ("double_overflow, absolute_offset 1, relative_offset 1", "exclude each other"),
    )

    def __init__(self, words: dict[str, str]) -> None:
        self.asks_bits = "bitstring_overflow" in words
        self.asks_double = "double_overflow" in words
        self.most: i64 = NO_LIMIT
        if "oversize_length" in words:
            self.most = decimal(words["oversize_length"], 0, LARGEST, "oversize_length")
        self.is_relative = "relative_offset" in words
        where = words.get("relative_offset", words.get("absolute_offset", "0"))
        self.offset: i64 = decimal(where, -FURTHEST if self.is_relative else 0, FURTHEST, "the offset")

    @classmethod
    def parse(cls, text: str) -> Asn1:
        words: dict[str, str] = {}
        for part in text.split(","):
            name, _, value = part.strip().partition(" ")
            takes_value = name in ("oversize_length", "absolute_offset", "relative_offset")
            if not takes_value and (name not in ("bitstring_overflow", "double_overflow") or value):
                raise RuleError(f"{short(part.strip())} is no check (expected {cls.syntax})")
            words[name] = value.strip()
        if "absolute_offset" in words and "relative_offset" in words:
            raise RuleError("absolute_offset and relative_offset exclude each other (keep one)")
        if not words.keys() - {"absolute_offset", "relative_offset"}:
            raise RuleError(f"there is nothing to look for (expected {cls.syntax})")
        return cls(words)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        at = self.offset + (base if self.is_relative else -cursor.origin)
        cursor.begin = base
        cursor.end = base
        return at >= 0 and self._is_odd(cursor, at)

    def _is_odd(self, cursor: Cursor, at: i64) -> bool:
        """Walk the elements, into those that hold others; what is cut off ends the walk."""
        data = cursor.data
        size: i64 = len(data)
        left: i64 = MAX_ELEMENTS
        while at + 2 <= size:
            left -= 1
            if left < 0:
                cursor.is_exhausted = True
                return False
            first = i64(data[at])
            at += 1
            tag = first & 0x1F
            if tag == LONG_FORM:
                while at < size and data[at] & 0x80:
                    at += 1
                at += 1
            length, at = _length(data, at, size)
            if at < 0:
                return False
            if length > self.most:
                return True
            if first & 0xC0 == 0 and first & 0x20 == 0 and at < size and length > 0:
                if self.asks_bits and tag == BIT_STRING and data[at] > MAX_UNUSED:
                    return True
                if self.asks_double and tag == REAL and data[at] & 0xC0 == 0 and length > MAX_DOUBLE:
                    return True
            if first & 0x20 == 0 and length > 0:
                at += length
        return False


def _length(data: bytes, at: i64, size: i64) -> tuple[i64, i64]:
    """Return an element's length and where its contents begin: -1 there where it cannot be read."""
    if at >= size:
        return 0, -1
    first = i64(data[at])
    at += 1
    if first < 0x80:
        return first, at
    n = first & 0x7F
    if n == 0:
        return UNKNOWN, at
    if at + n > size:
        return 0, -1
    length: i64 = 0
    for i in range(n):
        length = length << 8 | i64(data[at + i])
        if length > LARGEST:
            return NO_LIMIT, at + n
    return length, at + n


register(Asn1)
