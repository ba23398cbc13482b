"""Numbers in a buffer, against the C library's strtoull and int.from_bytes."""

import ctypes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.rule.bytefield import ByteField, read_digits
from vids.engine.rule.cursor import Cursor

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.strtoull.restype = ctypes.c_ulonglong
LIBC.strtoull.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int]
ERANGE = 34


def c_digits(text, base):
    """Return what strtoull makes of the text, and where it stops; -1 where it finds no number."""
    buffer = ctypes.create_string_buffer(text)
    end = ctypes.c_char_p()
    ctypes.set_errno(0)
    value = LIBC.strtoull(ctypes.cast(buffer, ctypes.c_char_p), ctypes.byref(end), base)
    used = ctypes.cast(end, ctypes.c_void_p).value - ctypes.addressof(buffer)
    return (0, -1) if used == 0 or ctypes.get_errno() == ERANGE else (value, used)


DIGITS = [
    # text                        base  number     end
    (b"123x",                     10,   123,       3),
    (b" \t\n+7",                  10,   7,         5),
    (b"-1",                       10,   2**64 - 1, 2),
    (b"18446744073709551615",     10,   2**64 - 1, 20),
    (b"18446744073709551616",     10,   0,         -1),
    (b"01777777777777777777777",  8,    2**64 - 1, 23),
    (b"0x1F",                     16,   31,        4),
    (b"0xg",                      16,   0,         1),
    (b"0x",                       0,    0,         1),
    (b"0x1f",                     0,    31,        4),
    (b"017",                      0,    15,        3),
    (b"089",                      0,    0,         1),
    (b"x",                        10,   0,         -1),
    (b"-",                        10,   0,         -1),
    (b"",                         10,   0,         -1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "base", "number", "end"), DIGITS)
def test_digits(text, base, number, end):
    assert read_digits(text, 0, len(text), base) == (number, end) == c_digits(text, base)
    padded = b"9" + text + b"9"
    assert read_digits(padded, 1, 1 + len(text), base) == (number, end + 1 if end >= 0 else -1)


SIGNS = st.text(alphabet="0123456789abfFxX+- \t\x0bg", max_size=23).map(str.encode)


@given(SIGNS, st.sampled_from([0, 8, 10, 16]))
def test_digits_as_c(text, base):
    assert read_digits(text, 0, len(text), base) == c_digits(text, base)


@given(st.binary(max_size=12), st.integers(0, 9), st.integers(-4, 14), st.integers(0, 12), st.booleans(), st.booleans())
def test_binary(data, length, offset, base, is_relative, is_little):
    field = ByteField(10)
    field.length = length
    field.offset = offset
    field.is_relative = is_relative
    field.is_little = is_little
    cursor = Cursor()
    cursor.load(data, 0, 1)
    at = offset + (base if is_relative else 0)
    inside = bool(data) and 0 <= at <= at + length <= len(data) and not (is_relative and at == len(data))
    order = "little" if is_little else "big"
    expected = (int.from_bytes(data[at : at + length], order), at + length) if inside else (0, -1)
    assert field.read(cursor, base) == expected


MASKS = [
    # mask     number  result
    ("0xf0",   0xAB,   0xA),
    ("0xff",   0xAB,   0xAB),
    ("0x08",   0xAB,   1),
    ("0",      0xAB,   0),
    ("0x0ff0", 0xABCD, 0xBC),
]  # fmt: skip


@pytest.mark.parametrize(("mask", "number", "result"), MASKS)
def test_mask(mask, number, result):
    field = ByteField(10)
    field.set_mask(mask)
    assert field.masked(number) == result
