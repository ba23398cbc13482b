"""Reads the fields of an input: any bytes make sense, and what is missing is 0."""

from __future__ import annotations


class Reader:
    """Takes fields from the front."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def is_over(self) -> bool:
        """Return whether nothing is left."""
        return self._at >= len(self._data)

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer where the input ends."""
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int = 1) -> int:
        """Return the next big-endian number, without sign."""
        return int.from_bytes(self.take(size).ljust(size, b"\0"), "big")

    def signed(self, size: int) -> int:
        """Return the next big-endian number, with sign."""
        return int.from_bytes(self.take(size).ljust(size, b"\0"), "big", signed=True)

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self._data))
