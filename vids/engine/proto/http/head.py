"""The fields of one message (RFC 9112, section 5), as rules and records ask for them."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

COOKIE = b"cookie"
SET_COOKIE = b"set-cookie"


@final
class HeaderField:
    """One field; a name that came again has its values joined."""

    def __init__(self, name: bytes, value: bytes) -> None:
        self.name = name
        self.value = value
        self.is_repeated = False


@final
class Head:
    """All fields of a message, in the order in which their names came first."""

    def __init__(self) -> None:
        self.fields: list[HeaderField] = []
        self.raw = b""  # as sent, with the empty line at their end
        self._by_name: dict[bytes, HeaderField] = {}
        self._lines: bytes | None = None
        self._names: bytes | None = None
        self._list: list[bytes] | None = None

    def get(self, name: bytes) -> HeaderField | None:
        """Return the field of a name, in lower case."""
        return self._by_name.get(name)

    def value(self, name: bytes) -> bytes | None:
        """Return the value of the field of a name, in lower case."""
        field = self._by_name.get(name)
        return None if field is None else field.value

    def values(self, name: bytes) -> list[bytes]:
        """Return the value as a buffer: nothing if the field is not there."""
        field = self._by_name.get(name)
        return [] if field is None else [field.value]

    def add(self, field: HeaderField, key: bytes) -> None:
        """Add a field whose name, in lower case, is new."""
        self._by_name[key] = field
        self.fields.append(field)

    def lines(self) -> bytes:
        """Return all fields but cookies, written anew, one a line."""
        text = self._lines
        if text is None:
            parts: list[bytes] = []
            for field in self.fields:
                if field.name.lower() not in (COOKIE, SET_COOKIE):
                    parts.append(field.name)
                    parts.append(b": ")
                    parts.append(field.value)
                    parts.append(b"\r\n")
            text = self._lines = b"".join(parts)
        return text

    def names(self) -> bytes:
        """Return all names, one a line, between empty lines; b"" if there are none."""
        text = self._names
        if text is None:
            text = b"".join([b"\r\n" + field.name for field in self.fields])
            text = self._names = text + b"\r\n\r\n" if text else b""
        return text

    def listed(self) -> list[bytes]:
        """Return each field as `name: value`."""
        found = self._list
        if found is None:
            found = self._list = [field.name + b": " + field.value for field in self.fields]
        return found

    def start(self, line: bytes) -> bytes:
        """Return the first line of the message with all fields, written anew."""
        return b"".join([line, b"\r\n", *[b"%b: %b\r\n" % (f.name, f.value) for f in self.fields], b"\r\n"])

    def n_bytes(self) -> i64:
        """Return how much was sent."""
        return len(self.raw)
