"""Fields of a DNS message, one after the other; names with their pointers (RFC 1035, section 4.1.4)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

POINTER: Final = 0xC0  # a length byte from here on is the first half of a pointer
MAX_LABEL: Final = 63  # bytes
MAX_LABELS: Final = 255  # labels and pointers of one name: no loop is followed further
MAX_NAME_BYTES: Final = 1025  # bytes of a name that are kept; a legal one has 255 (RFC 1035, section 2.3.4)
MAX_UNPACKED: Final = 1 << 18  # bytes of all names and texts of a message: pointers make many of few

INFINITE_LOOP: Final = "infinite_loop"
NAME_TOO_LONG: Final = "name_too_long"
TOO_MANY_LABELS: Final = "too_many_labels"


@final
class Name:
    """Labels with dots between them; any bytes may stand in a label."""

    def __init__(self, value: bytes, is_truncated: bool = False) -> None:
        self.value = value
        self.is_truncated = is_truncated  # there was more of it


NO_NAME: Final = Name(b"")


@final
class Reader:
    """Goes through a message once. From the first field that cannot be, it is malformed, and every field empty."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at: i64 = 0
        self.end: i64 = len(data)  # of the part that is being read
        self.is_malformed = False
        self.room: i64 = MAX_UNPACKED
        self.events: list[str] = []  # what is odd about names

    def take(self, size: i64) -> bytes:
        """Read that many bytes."""
        at = self.at
        if self.is_malformed or self.end - at < size:
            self.is_malformed = True
            return b""
        self.at = at + size
        return self.data[at : at + size]

    def number(self, size: i64) -> int:
        """Read an unsigned number of that many bytes."""
        return int.from_bytes(self.take(size), "big")

    def rest(self) -> bytes:
        """Read what is left of the part."""
        return self.take(self.end - self.at)

    def enter(self, size: i64) -> i64:
        """Read a part of that many bytes from here on; return what `leave` needs when it was read."""
        outer = self.end
        if outer - self.at < size:
            self.is_malformed = True
        else:
            self.end = self.at + size
        return outer

    def leave(self, outer: i64) -> None:
        """Go on behind a part."""
        self.at, self.end = self.end, outer

    def has_failed(self) -> bool:
        """Return whether a field was malformed."""
        return self.is_malformed

    def has_more(self) -> bool:
        """Return whether something is left of the part, and sound so far."""
        return self.at < self.end and not self.is_malformed

    def unpack(self, length: i64) -> None:
        """Account for bytes of names and texts, as they come out of the message; too many end it."""
        self.room -= length
        if self.room < 0:
            self.note(TOO_MANY_LABELS)
            self.is_malformed = True

    def note(self, event: str) -> None:
        """Name what is odd, once."""
        if event not in self.events:
            self.events.append(event)

    def name(self) -> Name:
        """Read a name; it ends with a 0, or with its part of the message."""
        data = self.data
        at, end = self.at, self.end
        behind: i64 = -1  # where the next field is, once a pointer led away
        labels: list[bytes] = []
        length: i64 = -1
        n_steps: i64 = 0
        is_truncated = False
        while at < end and data[at] != 0 and not self.is_malformed:
            size: i64 = data[at]
            if size >= POINTER and at + 1 < end:
                target = (size - POINTER) << 8 | data[at + 1]
                if behind < 0:
                    behind = at + 2
                if target == at:
                    self.note(INFINITE_LOOP)
                    break
                at, end = target, len(data)
                self.is_malformed = at > end
                size = 1
            elif size <= MAX_LABEL and at + size < end:
                if not is_truncated:
                    labels.append(data[at + 1 : at + 1 + size])
                    length += 1 + size
                at += 1 + size
            else:
                self.is_malformed = True
            n_steps += 1
            self.unpack(1 + size)
            if n_steps > MAX_LABELS or length > MAX_NAME_BYTES:
                is_truncated = True
                self.note(NAME_TOO_LONG if n_steps <= MAX_LABELS else TOO_MANY_LABELS)
                if behind >= 0:
                    break
        if self.is_malformed:
            return NO_NAME
        self.at = behind if behind >= 0 else min(at + 1, end)
        return Name(b".".join(labels)[:MAX_NAME_BYTES], is_truncated)
