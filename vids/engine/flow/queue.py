"""Segments that came out of order: sorted, never overlapping, bounded in number and bytes."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

MAX_SEGMENTS: Final = 1024  # an attacker's tiny segments cost time by their number
MAX_BYTES: Final = 1 << 20  # few hosts advertise more

NO_OVERLAP: Final = 0  # what `insert` found
SAME: Final = 1
DIFFERENT: Final = 2


@final
@mypyc_attr(acyclic=True)
class Segment:
    """A run of bytes that came before the bytes in front of it."""

    def __init__(self, offset: i64, data: bytes) -> None:
        self.offset = offset
        self.end: i64 = offset + len(data)
        self.data = data


@final
@mypyc_attr(acyclic=True)
class Queue:
    """The out-of-order segments of one stream, by absolute offset."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.size: i64 = 0  # bytes

    def is_full(self, length: i64) -> bool:
        """Return whether a segment of `length` bytes finds no place."""
        return len(self.segments) >= MAX_SEGMENTS or self.size + length > MAX_BYTES

    def begin(self) -> i64:
        """Return where the first segment begins; there must be one."""
        return self.segments[0].offset

    def pop(self) -> bytes:
        """Take out the first segment."""
        segment = self.segments.pop(0)
        self.size -= segment.end - segment.offset
        return segment.data

    def mark_end(self, offset: i64) -> None:
        """Note with an empty segment that the stream ends at `offset`."""
        if not self.segments or self.segments[-1].end < offset:
            self.segments.append(Segment(offset, b""))

    def insert(self, offset: i64, data: bytes, is_first_wins: bool) -> i64:
        """Put a segment in its place; where it overlaps, the policy says whose bytes count."""
        stop = offset + len(data)
        first: i64 = len(self.segments)
        while first > 0 and self.segments[first - 1].end > offset:
            first -= 1
        last = first
        while last < len(self.segments) and self.segments[last].offset < stop:
            last += 1
        if first == last:
            self.segments.insert(first, Segment(offset, data))
            self.size += stop - offset
            return NO_OVERLAP
        old = self.segments[first:last]
        new = fill_holes(old, offset, data) if is_first_wins else lay_over(old, offset, data)
        self.segments[first:last] = new
        self.size += size(new) - size(old)
        return DIFFERENT if is_different(old, offset, data) else SAME


def size(segments: list[Segment]) -> i64:
    """Return the number of bytes in all segments together."""
    total: i64 = 0
    for segment in segments:
        total += segment.end - segment.offset
    return total


def is_different(old: list[Segment], offset: i64, data: bytes) -> bool:
    """Return whether new bytes contradict old ones where both are."""
    stop = offset + len(data)
    for segment in old:
        low = max(offset, segment.offset)
        high = min(stop, segment.end)
        mine = segment.data[low - segment.offset : high - segment.offset]
        if mine != data[low - offset : high - offset]:
            return True
    return False


def fill_holes(old: list[Segment], offset: i64, data: bytes) -> list[Segment]:
    """Return the old segments, with new bytes only where none were: the first copy wins."""
    merged: list[Segment] = []
    at = offset
    for segment in old:
        if segment.offset > at:
            merged.append(Segment(at, data[at - offset : segment.offset - offset]))
        merged.append(segment)
        at = max(at, segment.end)
    if at < offset + len(data):
        merged.append(Segment(at, data[at - offset :]))
    return merged


def lay_over(old: list[Segment], offset: i64, data: bytes) -> list[Segment]:
    """Return the new bytes, with what stands out of the old ones on both sides: the last copy wins."""
    stop = offset + len(data)
    merged: list[Segment] = []
    if old[0].offset < offset:
        merged.append(Segment(old[0].offset, old[0].data[: offset - old[0].offset]))
    merged.append(Segment(offset, data))
    last = old[-1]
    if last.end > stop:
        merged.append(Segment(stop, last.data[stop - last.offset :]))
    return merged
