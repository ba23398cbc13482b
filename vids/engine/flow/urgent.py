"""Urgent bytes: most programs get them out of band, so the stream that they read is without them (RFC 6093)."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final, final

from mypy_extensions import i64, mypyc_attr

MAX_URGENT: Final = 65535  # bytes taken out of one stream; behind them stream.reassembly.urgent.oob-limit-policy


@final
@mypyc_attr(acyclic=True)
class Urgent:
    """Where bytes were taken out of a stream, in sequence numbers after its start."""

    def __init__(self) -> None:
        self.count: i64 = 0  # taken out so far
        self.places: list[i64] = []  # sorted
        self._forgotten: i64 = 0  # bytes taken out in front of all places

    def take_out(self, place: i64) -> None:
        """Note that the byte at `place` is urgent; it was not before."""
        insort(self.places, place)
        self.count += 1

    def position(self, offset: i64) -> i64:
        """Return where in the stream the byte at a sequence offset is, once urgent ones are taken out."""
        return offset - self._forgotten - bisect_left(self.places, offset)

    def next_place(self, offset: i64, end: i64) -> i64:
        """Return the first urgent byte from `offset` on; `end` if there is none before it."""
        at = bisect_left(self.places, offset)
        return self.places[at] if at < len(self.places) and self.places[at] < end else end

    def forget(self, offset: i64) -> None:
        """Forget the places in front of `offset`: nothing from there comes again."""
        at: i64 = bisect_left(self.places, offset)
        if at > 0:
            self._forgotten += at
            del self.places[:at]
