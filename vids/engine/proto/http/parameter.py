"""What stands behind the semicolons of a field (RFC 9110, section 5.6.6): boundaries, names of files; ranges."""

from __future__ import annotations

import re
from typing import Final, final

from mypy_extensions import i64

BLANKS: Final = b" \t\r\n\x0b\x0c"
QUOTE: Final = 0x22
BACKSLASH: Final = 0x5C
SEMICOLON: Final = 0x3B
MARK: Final = re.compile(rb'[";]')
RANGE: Final = re.compile(rb"bytes[ \t]+(?:(\d{1,18})-(\d{1,18})|\*)/(?:(\d{1,18})|\*)", re.IGNORECASE)
FIRST_DIGITS: Final = b"0123456789*"


def parameter(value: bytes, name: bytes) -> bytes | None:
    """Return what `name=` stands before in a field, without quotes; None if it is not there.

    A backslash keeps a quote or semicolon from its meaning, and stays.
    """
    if name not in value.lower():
        return None
    for token in _tokens(value):
        if token[: len(name)].lower() == name and len(token) > len(name):
            found = token[len(name) :]
            if found.startswith(b'"'):
                found = found[1:]
            return found[:-1] if found.endswith(b'"') else found
    return None


def _tokens(value: bytes) -> list[bytes]:
    """Split a field at its semicolons, those in quotes left alone."""
    tokens: list[bytes] = []
    start: i64 = 0
    is_quoted = False
    for match in MARK.finditer(value):
        at: i64 = match.start()
        if at > 0 and value[at - 1] == BACKSLASH:
            continue
        if value[at] == QUOTE:
            is_quoted = not is_quoted
        elif not is_quoted:
            tokens.append(value[start:at].strip(BLANKS))
            start = at + 1
    tokens.append(value[start:].strip(BLANKS))
    return tokens


@final
class ContentRange:
    """Which part of something was sent (RFC 9110, section 14.4); -1 for what is not said."""

    def __init__(self, start: i64, end: i64, size: i64) -> None:
        self.start = start
        self.end = end
        self.size = size

    def is_part(self) -> bool:
        """Return whether it names a part that can be."""
        return 0 <= self.start <= self.end and (self.size < 0 or self.end < self.size)


def content_range(value: bytes) -> ContentRange | None:
    """Read a Content-Range field; None if it makes no sense."""
    match = RANGE.match(value.strip(BLANKS))
    if match is None:
        return None
    start, end, size = match[1], match[2], match[3]
    return ContentRange(_number(start), _number(end), _number(size))


def _number(digits: bytes | None) -> i64:
    return -1 if digits is None else int(digits)
