"""Segments of a stream that overlap: whose bytes count, as the target of the stream decides."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.flow.target import new_wins

MAX_BOUNDS: Final = 256  # overlapping segments whose bounds are remembered; each new one is held against them all


@final
@mypyc_attr(acyclic=True)
class Bounds:
    """Where segments that overlapped others began and ended, for targets that decide by it."""

    def __init__(self) -> None:
        self.begins: list[i64] = []
        self.ends: list[i64] = []

    def add(self, begin: i64, end: i64, settled: i64) -> bool:
        """Remember a segment; return whether that cost another one. What ends at `settled` no longer counts."""
        is_costly = False
        if len(self.begins) >= MAX_BOUNDS:
            self._forget(settled)
            if len(self.begins) >= MAX_BOUNDS:
                del self.begins[0], self.ends[0]
                is_costly = True
        self.begins.append(begin)
        self.ends.append(end)
        return is_costly

    def _forget(self, settled: i64) -> None:
        kept = [at for at in range(len(self.ends)) if self.ends[at] > settled]
        self.begins = [self.begins[at] for at in kept]
        self.ends = [self.ends[at] for at in kept]


@final
class Overlay:
    """A new segment, laid over old bytes piece by piece: `new` becomes what is kept where both are.

    `begin` and `end` are those of the whole segment; `new` is the part of it from `at` on that is looked at.
    """

    def __init__(self, target: i64, begin: i64, end: i64, at: i64, new: bytes) -> None:
        self.target = target
        self.begin = begin
        self.end = end
        self.at = at
        self.new = bytearray(new)
        self.old = bytearray(new)
        self.is_different = False

    def lay(self, old_begin: i64, old_end: i64, old: bytes) -> None:
        """Lay the segment over the whole bytes of an old one."""
        low = max(self.at, old_begin)
        high = min(self.at + len(self.new), old_end)
        if low >= high:
            return
        there = old[low - old_begin : high - old_begin]
        if self.new[low - self.at : high - self.at] == there:
            return
        self.is_different = True
        self.old[low - self.at : high - self.at] = there
        if not new_wins(self.target, self.begin, self.end, old_begin, old_end):
            self.new[low - self.at : high - self.at] = there

    def heed(self, bounds: Bounds | None) -> None:
        """Keep old bytes also where an old segment of which only a part was new protects them."""
        if bounds is None or not self.is_different:
            return
        stop = self.at + len(self.new)
        for index in range(len(bounds.begins)):
            begin, end = bounds.begins[index], bounds.ends[index]
            low = max(self.at, begin)
            high = min(stop, end)
            if low < high and not new_wins(self.target, self.begin, self.end, begin, end):
                self.new[low - self.at : high - self.at] = self.old[low - self.at : high - self.at]
