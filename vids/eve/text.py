"""Text that is always valid UTF-8, whatever the wire or a rules file held."""

from __future__ import annotations

from typing import Final

PRINTABLE: Final = bytes(b if 0x20 <= b < 0x7F or b in b"\r\n" else 0x2E for b in range(256))


def clean(text: str) -> str:
    """Return `text` fit for UTF-8: a byte that was none when it was read (a lone surrogate) becomes \\xNN."""
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(data: bytes) -> str:
    """Return `data` for a person: printable ASCII and line ends kept, a dot for every other byte."""
    return data.translate(PRINTABLE).decode("ascii")


def visible(text: str) -> str:
    """Return `text` with what a terminal would obey, such as an escape sequence, spelled out as \\xNN."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in clean(text))
