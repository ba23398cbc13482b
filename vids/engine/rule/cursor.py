"""A place in a buffer, while the payload options of a rule are tried one after the other."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64


@final
class Cursor:
    """The buffer under inspection, and where the last match in it began and ended.

    `origin` is the stream offset of `data[0]`: offset and depth count from the start of the stream, not of the
    piece at hand. `values` are the rule's byte_extract and byte_math variables, by number.
    """

    def __init__(self) -> None:
        self.data = b""
        self.origin: i64 = 0
        self.begin: i64 = 0  # start of the last match
        self.end: i64 = 0  # end of the last match: where relative options count from
        self.values: list[int] = []
        self.steps: i64 = 0  # left before inspection gives up
        self.is_exhausted = False  # it gave up: the limit was reached
        self._lowered: bytes | None = None

    def load(self, data: bytes, origin: i64, steps: i64) -> None:
        """Point at the start of `data`."""
        self.data = data
        self.origin = origin
        self.steps = steps
        self.is_exhausted = False
        self._lowered = None
        self.rewind()

    def rewind(self) -> None:
        """Go back to the start of the buffer, for the next rule; the variables stay."""
        self.begin = 0
        self.end = 0

    def lowered(self) -> bytes:
        """Return the buffer in lower case, made once."""
        low = self._lowered
        if low is None:
            low = self.data.lower()
            self._lowered = low
        return low
