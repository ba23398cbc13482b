"""A place in a buffer, while the payload options of a rule are tried one after the other."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

TOO_FAR: Final = 1 << 32  # more than any buffer holds


@final
class Cursor:
    """The buffer under inspection, and where the last match in it began and ended.

    `origin` is the stream offset of `data[0]`: offset and depth count from the start of the stream, not of the
    piece at hand. `values` are the rule's byte_extract and byte_math variables, by number: 0 to 2**64 - 1.
    """

    def __init__(self) -> None:
        self.data = b""
        self.origin: i64 = 0
        self.begin: i64 = 0  # start of the last match
        self.end: i64 = 0  # end of the last match: where relative options count from
        self.furthest: i64 = 0  # end of the match that ends last
        self.values: list[int] = []
        self.steps: i64 = 0  # left before inspection gives up
        self.is_exhausted = False  # it gave up: the limit was reached
        self.decoded = b""  # what base64_decode left
        self.n_pcre_limits: i64 = 0  # expressions that gave up at a match limit, since the cursor was made
        self.notes: dict[str, float] | None = None  # what options found out, for the record: entropy by buffer
        self.context: dict[str, bytes] | None = None  # JSON of what was found in sets, by the rule's keys
        self.captured: dict[str, bytes] | None = None  # groups of expressions, by the keys of rule/capture.py
        self.n_captures_cut: i64 = 0  # of them that were too long, since the cursor was made
        self._lowered: bytes | None = None
        self._tail = b""
        self._tail_at: i64 = 0

    def load(self, data: bytes, origin: i64, steps: i64) -> None:
        """Point at the start of `data`."""
        self.data = data
        self.origin = origin
        self.steps = steps
        self.is_exhausted = False
        self._lowered = None
        self._tail = data
        self._tail_at = 0
        self.rewind()

    def note(self, name: str, value: float) -> None:
        """Keep a number for the record."""
        if self.notes is None:
            self.notes = {}
        self.notes[name] = value

    def add_context(self, key: str, json: bytes) -> None:
        """Keep JSON for the alert."""
        if json:
            if self.context is None:
                self.context = {}
            self.context[key] = json

    def capture(self, key: str, value: bytes) -> None:
        """Keep what a group matched."""
        if self.captured is None:
            self.captured = {}
        self.captured[key] = value

    def rewind(self) -> None:
        """Go back to the start of the buffer, for the next rule; the variables stay."""
        self.begin = 0
        self.end = 0
        self.furthest = 0

    def lowered(self) -> bytes:
        """Return the buffer in lower case, made once."""
        low = self._lowered
        if low is None:
            low = self.data.lower()
            self._lowered = low
        return low

    def tail(self, at: i64) -> bytes:
        """Return the buffer from `at` on; asked for the same place again, no new copy."""
        if at != self._tail_at:
            self._tail = self.data[at:]
            self._tail_at = at
        return self._tail

    def unsigned(self, variable: i64) -> i64:
        """Return a variable as a count of bytes; what exceeds 32 bits is beyond every buffer."""
        return min(self.values[variable], TOO_FAR)

    def signed(self, variable: i64) -> i64:
        """Return a variable as a distance: its low 32 bits, where byte_math may have left a negative number."""
        low: i64 = self.values[variable] & 0xFFFFFFFF
        return low - (1 << 32) if low > 0x7FFFFFFF else low
