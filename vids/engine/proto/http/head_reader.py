"""Reads the fields of a message as they come, whatever servers and browsers put up with.

Lines end in CR LF or LF; in responses also in CR or LF CR, and a line of CRs and blanks does not end the head.
A line that begins with a blank or NUL goes on with the one before; in a response it does not if it is a field of its
own. One blank and LF alone end the head where no LF follows. That is what those servers and browsers do that the
tests of evasions tell of.
"""

from __future__ import annotations

import re
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.http.head import Head, HeaderField
from vids.engine.proto.http.number import content_length

MAX_FIELD: Final = 18_000  # bytes of one field, its name and folded lines included
KEPT: Final = MAX_FIELD - 8  # bytes of a field that is longer
MAX_FOLDS: Final = 128  # lines of one field
MAX_RAW: Final = 256 << 10  # bytes of a head that are kept as sent
MAX_REPEATS: Final = 64  # fields whose name came before

MISSING_COLON: Final = 0  # oddities, each with its event by side
NOT_TOKEN: Final = 1
BLANK_NAME: Final = 2
FOLDING: Final = 3
REPETITION: Final = 4
DUPLICATE_LENGTH: Final = 5
TOO_MANY: Final = 6
TOO_LONG: Final = 7
DEFORMED: Final = 8
REQUEST_EVENTS: Final = (
    "request_field_missing_colon", "request_header_invalid", "request_invalid_lws_after_name",
    "invalid_request_field_folding", "request_header_repetition", "duplicate_content_length_field_in_request",
    "request_too_many_headers", "request_field_too_long", "deformed_eol",
)  # fmt: skip
RESPONSE_EVENTS: Final = (
    "response_field_missing_colon", "response_header_name_not_token", "response_invalid_lws_after_name",
    "invalid_response_field_folding", "response_header_repetition", "duplicate_content_length_field_in_response",
    "response_too_many_headers", "response_field_too_long", "deformed_eol",
)  # fmt: skip

BLANKS: Final = b" \t\r\n\x0b\x0c"
FOLDS: Final = b" \t\0"
BLANK: Final = b" \t"
NOT_IN_TOKEN: Final = b'()<>@,;:\\"/[]?={} \t'
TOKEN: Final = bytes(b for b in range(0x20, 0x7F) if b not in NOT_IN_TOKEN)
CR: Final = 0x0D
LF: Final = 0x0A
HEAD_END: Final = b"\r\n\r\n"
LINE_END: Final = re.compile(rb"\r?\n")
RESPONSE_LINE_END: Final = re.compile(rb"\r\n|\n\r|\n|\r")


@final
class HeadReader:
    """Reads one head; what is odd about it is left in `oddities`."""

    def __init__(self, is_response: bool, most_fields: i64) -> None:
        self.is_response = is_response
        self.most_fields = most_fields
        self.head = Head()
        self.oddities: list[i64] = []
        self.behind = b""  # bytes of earlier pieces that turned out to follow the head
        self._pending = bytearray()  # what is not yet a whole field
        self._raw: list[bytes] = []
        self._n_raw: i64 = 0
        self._n_repeats: i64 = 0
        self._skips_line = False  # in a field that is too long

    def feed(self, data: bytes, at: i64) -> i64:
        """Take the head from `data[at:]`; return where it ended, or -1 if it goes on."""
        if not self._pending and self._n_raw == 0:
            end = data.find(HEAD_END, at)
            if end >= 0 and self._read_ordinary(data, at, end):
                return end + 4
        before = len(self._pending)
        self._pending += data[at:]
        end = self._read_fields(False)
        if end < 0:
            self._keep_raw(data[at:])
            return -1
        if end < before:
            self.behind = bytes(self._pending[end:before])
            end = before
        self._keep_raw(data[at : at + end - before])
        self._finish()
        return at + end - before

    def close(self) -> None:
        """End the head where it is."""
        self._read_fields(True)
        self._finish()

    def _finish(self) -> None:
        self.head.raw = b"".join(self._raw)
        if self.behind and self._n_raw <= MAX_RAW:
            self.head.raw = self.head.raw[: -len(self.behind)]
        self._raw = []
        self._pending = bytearray()

    def _keep_raw(self, data: bytes) -> None:
        if data:
            room = MAX_RAW - self._n_raw
            self._n_raw += len(data)
            if room > 0:
                self._raw.append(data if len(data) <= room else data[:room])

    def _read_ordinary(self, data: bytes, at: i64, end: i64) -> bool:
        """Read a head that is all here and all regular; False, and nothing is done, for any other."""
        block = data[at:end]
        lines = block.split(b"\r\n")
        n_ends = len(lines) - 1
        if block.count(b"\n") != n_ends or (self.is_response and block.count(b"\r") != n_ends):
            return False
        if end - at > MAX_FIELD or block.startswith((b" ", b"\t", b"\r")):
            return False
        if b"\n " in block or b"\n\t" in block or b"\n\0" in block or b"\r\r" in block:
            return False
        for line in lines:
            self._add_line(line)
        self.head.raw = data[at : end + 4]
        self._n_raw = len(self.head.raw)
        return True

    def _read_fields(self, is_last: bool) -> i64:
        """Read the fields that are all here; return where the head ended among the pending bytes, or -1."""
        pending = bytes(self._pending)
        at: i64 = 0
        while True:
            end = self._end_of_head(pending, at, is_last)
            if end >= 0:
                return end
            following = self._read_field(pending, at, is_last)
            if following < 0:
                break
            at = following
        if at > 0:
            del self._pending[:at]
        if len(self._pending) > MAX_FIELD:
            self._cut()
        if is_last:
            self._pending = bytearray()
        return -1

    def _cut(self) -> None:
        """Shorten a field that is too long to what is kept of it, and its end, which may be half a line end."""
        self._odd(TOO_LONG)
        self._pending = self._pending[:KEPT] + self._pending[KEPT - MAX_FIELD - 1 :]

    def _end_of_head(self, pending: bytes, at: i64, is_last: bool) -> i64:
        """Return the end of an empty line at `at`; -1 if there is none, or if more bytes must tell."""
        if at >= len(pending):
            return -1
        first = pending[at]
        if first == LF:
            return at + 1
        if first in BLANK:
            return self._end_of_blank_line(pending, at, is_last)
        if first != CR:
            return -1
        if at + 1 >= len(pending):
            return at + 1 if is_last else -1
        if pending[at + 1] == LF:
            return at + 2
        return at + 1 if self.is_response and self.head.fields else -1

    def _end_of_blank_line(self, pending: bytes, at: i64, is_last: bool) -> i64:
        """Return the end of one blank and LF that end the head; -1 if others are there, or if more bytes must tell."""
        if pending[at + 1 : at + 2] != b"\n" or pending[at + 2 : at + 3] == b"\n":
            return -1
        return at + 2 if at + 2 < len(pending) or is_last else -1

    def _read_field(self, pending: bytes, at: i64, is_last: bool) -> i64:
        """Read the field at `at`, with the lines that it is folded into; return what follows; -1 if more must come."""
        lines: list[bytes] = []
        start = at
        if at < len(pending) and pending[at] in FOLDS and self.head.fields:
            at += 1  # this line was told from a folded one
        while True:
            end = self._line_end(pending, at)
            if end < 0:
                if not is_last or at >= len(pending):
                    if not (is_last and lines):
                        return -1
                if at < len(pending):
                    lines.append(pending[at:])
                at = len(pending)
                break
            following = self._after_line_end(pending, end, is_last)
            if following < 0:
                return -1
            lines.append(pending[at:end])
            at = following
            if at >= len(pending) or pending[at] not in FOLDS or len(lines) >= MAX_FOLDS:
                break
            if pending[at] in BLANK and self._end_of_blank_line(pending, at, is_last) >= 0:
                break
            if self.is_response:
                is_field = self._is_field(pending, at, is_last)
                if is_field < 0:
                    return -1
                if is_field > 0:
                    break
        if at - start > MAX_FIELD:
            self._odd(TOO_LONG)
            lines = (RESPONSE_LINE_END if self.is_response else LINE_END).split(pending[start : start + KEPT])
        self._add_line(_unfold(lines))
        return at

    def _line_end(self, pending: bytes, at: i64) -> i64:
        """Return where the line end is that follows; -1 if it is not here yet."""
        end = pending.find(b"\n", at)
        if self.is_response:
            other = pending.find(b"\r", at, len(pending) if end < 0 else end)
            return end if other < 0 else other
        if end > at and pending[end - 1] == CR:
            return end - 1
        return end

    def _after_line_end(self, pending: bytes, end: i64, is_last: bool) -> i64:
        """Return what follows the line end at `end`; -1 if more bytes must tell."""
        n = len(pending)
        following = end + 1
        if pending[end] == CR:
            if following >= n:
                return n if is_last else -1
            if pending[following] == LF:
                following += 1
        if following >= n:
            return n if is_last else -1
        if pending[following] != CR:
            return following
        if following + 1 >= n:  # an empty line, or more than that
            return following if is_last else -1
        if self.is_response:
            return self._after_odd_line_end(pending, end, following, is_last)
        if pending[following - 1] == LF and pending[following + 1] == CR:
            if following + 2 >= n:
                return following if is_last else -1
            if pending[following + 2] == LF:
                self._odd(DEFORMED)
                return following + 1  # LF CR CR LF: the line ended in LF CR
        return following

    def _after_odd_line_end(self, pending: bytes, end: i64, following: i64, is_last: bool) -> i64:
        """Do the same for a response where a CR follows: LF CR ends a line, CRs and blanks are no empty line."""
        n = len(pending)
        if following == end + 1 and pending[end] == LF:
            if pending[following + 1] == LF:
                return following  # LF, and an empty line
            if pending[following + 1] == CR and following + 4 > n and not is_last:
                return -1
            if pending[following : following + 3] == b"\r\r\n":
                return self._after_lf_cr_cr_lf(pending, following, is_last)
            return following + 1  # LF CR
        if following != end + 2 or pending[following + 1] not in b"\r \t":
            return following
        rest = pending[following + 1 :].lstrip(b"\r \t")
        if len(rest) < 3 and not is_last:
            return -1
        if rest.startswith(b"\n"):
            rest = rest[1:]
        if not rest or rest.startswith((b"\n", b"\r\n")):
            return following
        self._odd(DEFORMED)
        return n - len(rest)

    def _after_lf_cr_cr_lf(self, pending: bytes, following: i64, is_last: bool) -> i64:
        """Return what follows the LF: all of it ends one line if an empty line is behind it."""
        rest = pending[following + 3 : following + 5]
        if len(rest) < 2 and not rest.startswith(b"\n") and not is_last:
            return -1
        if rest.startswith((b"\n", b"\r\n")):
            self._odd(DEFORMED)
            return following + 3
        return following + 1

    def _is_field(self, pending: bytes, at: i64, is_last: bool) -> i64:
        """Return 1 if a line that begins with a blank is a field by itself, 0 if not, -1 if more bytes must tell."""
        end = self._line_end(pending, at)
        if end < 0:
            if not is_last:
                return -1
            end = len(pending)
        name, colon, _ = pending[at + 1 : end].partition(b":")
        name = name.strip(b" \t")
        return 1 if colon and name and not name.translate(None, TOKEN) else 0

    def _add_line(self, line: bytes) -> None:
        """Take one field, its lines put together."""
        name, colon, value = line.partition(b":")
        if not colon:
            self._odd(MISSING_COLON)
            name, value = b"", line
        elif not name:
            self._odd(MISSING_COLON)
        elif name.translate(None, TOKEN):
            name = self._odd_name(name)
        self._add(name, value.strip(BLANKS))

    def _odd_name(self, name: bytes) -> bytes:
        """Note what is odd about a name, and return it without blanks around it."""
        if name[0] in BLANKS:
            self._odd(FOLDING)
        if name[-1] in BLANKS:
            self._odd(BLANK_NAME)
        name = name.strip(BLANKS)
        if name.translate(None, TOKEN):
            self._odd(NOT_TOKEN)
        return name

    def _add(self, name: bytes, value: bytes) -> None:
        key = name.lower()
        if b"\0" in key:
            key = key.replace(b"\0", b"")  # names are compared as C strings are written: without NUL
        head = self.head
        field = head.get(key)
        if field is not None:
            self._repeat(field, key, value)
        elif len(head.fields) >= self.most_fields:
            self._odd(TOO_MANY)
        else:
            head.add(HeaderField(name, value), key)

    def _repeat(self, field: HeaderField, key: bytes, value: bytes) -> None:
        """Join a value to the field of the same name; a length that comes again is left out."""
        self._odd(REPETITION)
        if field.is_repeated:
            if self._n_repeats >= MAX_REPEATS:
                return
            self._n_repeats += 1
        field.is_repeated = True
        if key == b"content-length":
            length = content_length(field.value)
            if length < 0 or length != content_length(value):
                self._odd(DUPLICATE_LENGTH)
        else:
            field.value = field.value + b", " + value

    def _odd(self, oddity: i64) -> None:
        if oddity not in self.oddities:
            self.oddities.append(oddity)


def _unfold(lines: list[bytes]) -> bytes:
    """Put the lines of a field together: the blank that a line begins with stays, one of them, unless it is first."""
    if len(lines) == 1:
        return lines[0]
    text = lines[0]
    parts = [text]
    is_empty = text.endswith(b":") or not text
    for line in lines[1:]:
        parts.append(line[1:] if is_empty else line)
        is_empty = is_empty and len(line) <= 1
    return b"".join(parts)
