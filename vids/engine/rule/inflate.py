"""Decompression with a bound on what comes out of it."""

from __future__ import annotations

import zlib
from typing import Final

from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import number
from vids.engine.rule.text import short

DEFAULT_MOST: Final = 1024  # bytes
LARGEST: Final = 16 << 20


def parse_most(text: str, syntax: str) -> int:
    """Return the bound that `max-size N` sets. Raises RuleError."""
    if not text:
        return DEFAULT_MOST
    name, _, value = text.partition(" ")
    value = value.strip()
    if name != "max-size" or not value[:1].isdecimal():
        raise RuleError(f"{short(text)} is no bound (expected {syntax})")
    try:
        most = number(value, LARGEST)
    except ValueError:
        most = 0
    if most == 0:
        raise RuleError(f"max-size {short(value)} is none of 1 to 16mb ({syntax})")
    return most


def inflate(data: bytes, window: int, most: int) -> bytes:
    """Return at most `most` bytes of what `data` holds; nothing where it cannot be read from its start on."""
    try:
        return zlib.decompressobj(window).decompress(data, most)
    except zlib.error:
        return b""
