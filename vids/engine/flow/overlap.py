"""Segments of a stream that overlap: whose bytes count, as the target of the stream decides."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.flow.target import new_wins

MAX_STARTS: Final = 1024  # in-order segments whose borders are remembered until they are acknowledged
MAX_BOUNDS: Final = 256  # the same of segments that overlapped others; each new one is held against them all


@final
@mypyc_attr(acyclic=True)
class Borders:
    """Where the segments of a stream began and ended, for targets that decide by it; bounded in number."""

    def __init__(self) -> None:
        self.starts: list[i64] = []  # of segments in order: each ends where the next one starts
        self.begins: list[i64] = []  # of segments that overlapped others
        self.ends: list[i64] = []

    def clear(self) -> None:
        """Forget all: everything was acknowledged."""
        if self.starts:
            self.starts.clear()
        if self.begins:
            self.begins = []
            self.ends = []

    def append(self, start: i64, settled: i64) -> bool:
        """Remember a segment in order; return whether that cost others. What ends at `settled` no longer counts."""
        is_costly = False
        starts = self.starts
        if len(starts) >= MAX_STARTS:
            keep: i64 = 0
            while keep + 1 < len(starts) and starts[keep + 1] <= settled:
                keep += 1
            del starts[:keep]
            if len(starts) >= MAX_STARTS:
                del starts[1 : MAX_STARTS // 2]  # from now on they are one
                is_costly = True
        starts.append(start)
        return is_costly

    def add(self, begin: i64, end: i64, settled: i64) -> bool:
        """Remember a segment that overlaps others; return as `append` does."""
        is_costly = False
        if len(self.begins) >= MAX_BOUNDS:
            kept = [at for at in range(len(self.ends)) if self.ends[at] > settled]
            self.begins = [self.begins[at] for at in kept]
            self.ends = [self.ends[at] for at in kept]
            if len(self.begins) >= MAX_BOUNDS:
                del self.begins[0], self.ends[0]
                is_costly = True
        self.begins.append(begin)
        self.ends.append(end)
        return is_costly


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

    def lay_in_order(self, borders: Borders | None, buffer: bytearray, base: i64, end: i64) -> None:
        """Lay the segment over the segments that are in order, of which `buffer` holds the bytes from `base` on."""
        index: i64 = 0 if borders is None else len(borders.starts)
        while end > self.at:
            index -= 1
            start = min(self.at, base)
            if index >= 0 and borders is not None:
                start = borders.starts[index]
            low = max(start, base)
            self.lay(start, end, bytes(low - start) + bytes(buffer[low - base : end - base]))
            end = start

    def heed(self, borders: Borders | None) -> None:
        """Keep old bytes also where an old segment of which only a part was new protects them."""
        if borders is None or not self.is_different:
            return
        stop = self.at + len(self.new)
        for index in range(len(borders.begins)):
            begin, end = borders.begins[index], borders.ends[index]
            low = max(self.at, begin)
            high = min(stop, end)
            if low < high and not new_wins(self.target, self.begin, self.end, begin, end):
                self.new[low - self.at : high - self.at] = self.old[low - self.at : high - self.at]
