"""Segments that came out of order: sorted, never overlapping, bounded in number and bytes."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.flow.overlap import Borders, Overlay

MAX_SEGMENTS: Final = 1024  # an attacker's tiny segments cost time by their number
MAX_BYTES: Final = 1 << 20  # few hosts advertise more
REGION_GAP: Final = 256 << 10  # bytes of a hole that the reference engine bridges (EVE's max_regions)

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

    def regions(self, next_offset: i64) -> i64:
        """Return in how many regions of memory the stream lies: a new one begins behind each large hole."""
        found: i64 = 1
        end = next_offset
        for segment in self.segments:
            if segment.offset - end > REGION_GAP:
                found += 1
            end = segment.end
        return found

    def pop(self) -> bytes:
        """Take out the first segment."""
        segment = self.segments.pop(0)
        self.size -= segment.end - segment.offset
        return segment.data

    def mark_end(self, offset: i64) -> None:
        """Note with an empty segment that the stream ends at `offset`."""
        if not self.segments or self.segments[-1].end < offset:
            self.segments.append(Segment(offset, b""))

    def take_out(self, offset: i64) -> None:
        """Remove the byte at `offset`, and let what is behind it move up."""
        for segment in self.segments:
            if segment.offset <= offset < segment.end:
                at = offset - segment.offset
                segment.data = segment.data[:at] + segment.data[at + 1 :]
                segment.end -= 1
                self.size -= 1
            elif segment.offset > offset:
                segment.offset -= 1
                segment.end -= 1

    def insert(self, offset: i64, data: bytes, begin: i64, target: i64, borders: Borders | None) -> i64:
        """Put bytes in their place; where some are already, the target says whose count.

        They are the end of a segment that began at `begin`; `borders` are those of earlier ones.
        """
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
        overlay = Overlay(target, begin, stop, offset, data)
        for segment in old:
            overlay.lay(segment.offset, segment.end, segment.data)
        if overlay.is_different:
            overlay.heed(borders)
            for segment in old:
                rewrite(segment, offset, bytes(overlay.new))
        merged = fill_holes(old, offset, data)
        self.segments[first:last] = merged
        self.size += size(merged) - size(old)
        return DIFFERENT if overlay.is_different else SAME


def size(segments: list[Segment]) -> i64:
    """Return the number of bytes in all segments together."""
    total: i64 = 0
    for segment in segments:
        total += segment.end - segment.offset
    return total


def rewrite(segment: Segment, offset: i64, data: bytes) -> None:
    """Put those of the bytes into a segment that lie within it."""
    low = max(offset, segment.offset)
    high = min(offset + len(data), segment.end)
    before = segment.data[: low - segment.offset]
    segment.data = before + data[low - offset : high - offset] + segment.data[high - segment.offset :]


def fill_holes(old: list[Segment], offset: i64, data: bytes) -> list[Segment]:
    """Return the old segments, with new bytes where none were."""
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
