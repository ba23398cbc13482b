"""Sets of integers as sorted, disjoint intervals; both ends belong to an interval."""

from __future__ import annotations

Intervals = list[tuple[int, int]]


def merge(intervals: Intervals) -> Intervals:
    """Return the union of intervals in any order, neighbours joined."""
    merged: Intervals = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def subtract(base: Intervals, taken: Intervals) -> Intervals:
    """Return what is in `base` and not in `taken`; both are merged already."""
    left: Intervals = []
    at = 0
    for low, high in base:
        while at < len(taken) and taken[at][1] < low:
            at += 1
        scan = at
        while scan < len(taken) and taken[scan][0] <= high:
            if taken[scan][0] > low:
                left.append((low, taken[scan][0] - 1))
            low = taken[scan][1] + 1
            scan += 1
        if low <= high:
            left.append((low, high))
    return left


def combine(wanted: Intervals, refused: Intervals, highest: int) -> Intervals:
    """Return `wanted` without `refused`; where nothing is wanted by name, everything else than `refused`."""
    base = merge(wanted)
    if not base and refused:
        base = [(0, highest)]
    return subtract(base, merge(refused))
