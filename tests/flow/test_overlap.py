"""Overlapping segments under every target policy, against a model that looks at one byte at a time."""

from __future__ import annotations

import pytest
from flow_build import drain
from hypothesis import given
from hypothesis import strategies as st
from overlap_winner import takes_new

from vids.engine.flow.overlap import MAX_BOUNDS, MAX_STARTS, Borders
from vids.engine.flow.reassembly import Reassembly
from vids.engine.flow.stream import Stream
from vids.engine.flow.target import FIRST, TARGETS, Targets, new_wins

NAMES = sorted(TARGETS)


class Model:
    """A stream as a dict of bytes, and the segments that were sent."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.bytes: dict[int, int] = {}
        self.segments: list[tuple[int, int]] = []
        self.settled = 0

    def add(self, offset: int, data: bytes) -> None:
        new = (offset, offset + len(data))
        for at, byte in enumerate(data, offset):
            covering = [old for old in self.segments if old[0] <= at < old[1]]
            is_settled = at < self.settled and at in self.bytes
            if at >= 0 and not is_settled and all(takes_new(self.name, new, old) for old in covering):
                self.bytes[at] = byte
        self.segments.append(new)

    def end(self) -> int:
        end = 0
        while end in self.bytes:
            end += 1
        return end


def stream(name: str, memcap: int = 1 << 30) -> Stream:
    made = Stream(0, TARGETS[name], Reassembly(memcap))
    made.start(1000)
    return made


def add(to: Stream, offset: int, data: bytes) -> None:
    to.sent = max(to.sent, offset + len(data))
    to.add(offset, b"#" + data, 1, 1 + len(data))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("begin", range(7))
@pytest.mark.parametrize("old_begin", [2, 3])
def test_who_wins(name: str, begin: int, old_begin: int) -> None:
    for end in range(begin + 1, 9):
        old = (old_begin, old_begin + 3)
        assert new_wins(TARGETS[name], begin, end, *old) == takes_new(name, (begin, end), old)


CLASSIC = [
    # name                         segments                                             policy -> stream
    ("same place", [(0, b"aaaa"), (0, b"bbbb")],
     {"first": b"aaaa", "last": b"bbbb", "bsd": b"aaaa", "linux": b"aaaa", "old-linux": b"bbbb", "solaris": b"bbbb"}),
    ("same place, longer", [(0, b"aa"), (0, b"bbbb")],
     {"first": b"aabb", "last": b"bbbb", "bsd": b"aabb", "linux": b"bbbb", "old-linux": b"bbbb", "solaris": b"bbbb"}),
    ("in front", [(2, b"aa"), (0, b"bbb")],
     {"first": b"bbaa", "last": b"bbba", "bsd": b"bbba", "linux": b"bbba", "windows": b"bbba", "solaris": b"bbaa"}),
    ("behind", [(0, b"aaa"), (1, b"bbb")],
     {"first": b"aaab", "last": b"abbb", "bsd": b"aaab", "linux": b"aaab", "windows": b"aaab", "hpux11": b"abbb"}),
    ("around", [(1, b"aa"), (0, b"bbbb")],
     {"first": b"baab", "vista": b"baab", "last": b"bbbb", "bsd": b"bbbb", "linux": b"bbbb", "solaris": b"bbbb"}),
    ("within", [(0, b"aaaa"), (1, b"bb")],
     {"first": b"aaaa", "last": b"abba", "bsd": b"aaaa", "linux": b"aaaa", "old-linux": b"aaaa", "solaris": b"aaaa"}),
    ("over two", [(0, b"aa"), (2, b"cc"), (1, b"bbb")],
     {"first": b"aacc", "last": b"abbb", "bsd": b"aabb", "linux": b"aabb", "solaris": b"abbb"}),
    ("a part of the first copy protects", [(2, b"a"), (1, b"bbb"), (2, b"cc"), (0, b"d")],
     {"first": b"dbab", "bsd": b"dbbb", "linux": b"dbbb", "solaris": b"dbbb", "last": b"dbcc"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CLASSIC, ids=[c[0] for c in CLASSIC])
def test_classic_overlaps(case: tuple[str, list[tuple[int, bytes]], dict[str, bytes]]) -> None:
    _, segments, expected = case
    for name, data in expected.items():
        made = stream(name)
        model = Model(name)
        for offset, part in segments:
            add(made, offset, part)
            model.add(offset, part)
        assert b"".join(drain(made)) == data, name
        assert bytes(model.bytes[at] for at in range(model.end())) == data, name


STEP = st.tuples(st.integers(0, 3), st.integers(-2, 16), st.binary(min_size=1, max_size=8))


@given(st.sampled_from(NAMES), st.lists(STEP, max_size=24))
def test_every_policy_is_the_model(name: str, steps: list[tuple[int, int, bytes]]) -> None:
    made = stream(name)
    model = Model(name)
    taken = b""
    for kind, offset, data in steps:
        if kind:
            add(made, offset, data)
            model.add(offset, data)
        else:
            acked = max(0, min(offset, model.end()))
            made.acknowledge(acked)
            model.settled = max(model.settled, acked)
            while made.take(False):
                taken += made.window[made.fresh :]
    taken += b"".join(drain(made))
    assert taken == bytes(model.bytes[at] for at in sorted(model.bytes))
    made.release()
    assert made.reassembly.memuse == 0


def test_borders_of_overlapping_segments_are_bounded() -> None:
    borders = Borders()
    assert not any(borders.add(at, at + 5, 0) for at in range(MAX_BOUNDS))
    assert borders.add(MAX_BOUNDS, MAX_BOUNDS + 5, 0)  # the oldest one had to go
    assert (borders.begins[0], len(borders.begins)) == (1, MAX_BOUNDS)
    assert not borders.add(0, 9, 100)  # those in front of 100 count no more
    assert len(borders.begins) < MAX_BOUNDS


def test_borders_of_segments_in_order_are_bounded() -> None:
    made = stream("bsd")
    for at in range(3 * MAX_STARTS):
        add(made, at, b"x")
    assert made.borders is not None
    assert len(made.borders.starts) <= MAX_STARTS
    assert made.borders.starts[0] == 0
    assert made.reassembly.borders_dropped > 0
    made.acknowledge(3 * MAX_STARTS)
    assert made.borders.starts == []


def test_many_overlaps_stay_within_bounds() -> None:
    made = stream("bsd")
    for at in range(2 * MAX_BOUNDS):
        add(made, at, b"abc"[at % 3 :] + b"de")
    assert made.borders is not None
    assert len(made.borders.begins) <= MAX_BOUNDS
    assert made.reassembly.overlaps == 2 * MAX_BOUNDS - 1


def test_targets_by_address() -> None:
    ten = (bytes([10, 0, 0, 0]), bytes([10, 255, 255, 255]), "linux")
    host = (bytes([10, 1, 2, 3]), bytes([10, 1, 2, 3]), "first")
    targets = Targets([ten, host])
    assert targets.of(bytes([10, 1, 2, 3])) == FIRST
    assert targets.of(bytes([10, 1, 2, 4])) == TARGETS["linux"]
    assert targets.of(bytes([11, 1, 2, 4])) == TARGETS[""]
    assert targets.of(bytes(16)) == TARGETS[""]
