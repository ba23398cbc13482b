"""Numbers as HTTP writes them, and as servers and browsers read them all the same."""

from __future__ import annotations

import re
from typing import Final

from mypy_extensions import i64

LENGTH: Final = re.compile(rb"[ \t]*([^0-9]*)([0-9]+)[ \t]*")
MAX_DIGITS: Final = 18  # of a length: what fits into 63 bits
MAX_CHUNK: Final = 0x7FFF_FFFF  # bytes
CHUNK_BLANKS: Final = b"\r\n \t\x0b\x0c"
HEX_DIGITS: Final = b"0123456789abcdefABCDEF"

INVALID: Final = -1
EMPTY: Final = -2  # nothing but blanks


def content_length(value: bytes) -> i64:
    """Return the first number in a Content-Length field, INVALID if there is none that can be."""
    match = LENGTH.match(value)
    if match is None:
        return INVALID
    digits = match[2].lstrip(b"0")
    return INVALID if len(digits) > MAX_DIGITS else int(digits or b"0")


def has_extra(value: bytes) -> bool:
    """Return whether there is more in a Content-Length field than a number."""
    return not value.isdigit()


def chunk_length(line: bytes) -> i64:
    """Return the length at the start of a chunk's line (RFC 9112, section 7.1), EMPTY, or INVALID."""
    text = line.lstrip(CHUNK_BLANKS)
    if not text:
        return EMPTY
    rest = text.lstrip(HEX_DIGITS)
    digits = text[: len(text) - len(rest)].lstrip(b"0")
    if len(rest) == len(text) or len(digits) > 8:
        return INVALID
    length = int(digits or b"0", 16)
    return INVALID if length > MAX_CHUNK else length
