"""Streams against an obvious model: a dict of offset to byte."""

from __future__ import annotations

import pytest
from flow_build import drain
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.flow.queue import MAX_BYTES, MAX_SEGMENTS
from vids.engine.flow.reassembly import Reassembly
from vids.engine.flow.stream import TAIL, Stream, distance
from vids.engine.flow.target import FIRST, LAST

ISN = 0xFFFFFFF0  # sixteen bytes before the wrap


def stream(depth: int = 0, target: int = FIRST, memcap: int = 1 << 30, isn: int = ISN) -> Stream:
    made = Stream(depth, target, Reassembly(memcap))
    made.start(isn)
    return made


def add(to: Stream, offset: int, data: bytes) -> bool:
    """Add bytes at an absolute offset, from the middle of a batch."""
    to.sent = max(to.sent, offset + len(data))
    return to.add(offset, b"##" + data + b"##", 2, 2 + len(data))


def acknowledge(to: Stream, offset: int) -> None:
    to.acknowledge(offset)


DISTANCES = [
    # newer        older        distance
    (0, 0, 0),
    (5, 3, 2),
    (3, 5, -2),
    (0, 0xFFFFFFFF, 1),
    (0xFFFFFFFF, 0, -1),
    (0x7FFFFFFF, 0, 0x7FFFFFFF),
    (0x80000000, 0, -0x80000000),
    (10, 0x1_0000_0005, 5),
]


@pytest.mark.parametrize(("newer", "older", "expected"), DISTANCES)
def test_distance(newer: int, older: int, expected: int) -> None:
    assert distance(newer, older) == expected


SEGMENTS = [
    # name                  segments                                              first wins      last wins
    ("in order", [(0, b"ab"), (2, b"cd")], b"abcd", b"abcd"),
    ("repeated", [(0, b"ab"), (0, b"ab"), (2, b"cd")], b"abcd", b"abcd"),
    ("out of order", [(2, b"cd"), (0, b"ab")], b"abcd", b"abcd"),
    ("backwards", [(3, b"d"), (2, b"c"), (1, b"b"), (0, b"a")], b"abcd", b"abcd"),
    ("old and new", [(0, b"ab"), (1, b"Xcd")], b"abcd", b"aXcd"),
    ("rewritten", [(0, b"abcd"), (1, b"XY")], b"abcd", b"aXYd"),
    ("rewritten queue", [(2, b"cd"), (1, b"XYZ"), (0, b"a")], b"aXcd", b"aXYZ"),
    ("inside the queue", [(1, b"bcde"), (2, b"XY"), (0, b"a")], b"abcde", b"abXYe"),
    ("two in the queue", [(1, b"b"), (4, b"e"), (1, b"WXYZV"), (0, b"a")], b"abXYeV", b"aWXYZV"),
    ("over the queue", [(2, b"c"), (0, b"ABCD")], b"ABcD", b"ABCD"),
    ("before the stream", [(-2, b"xyab"), (2, b"cd")], b"abcd", b"abcd"),
    ("over the wrap", [(0, b"a" * 20), (20, b"b" * 20)], b"a" * 20 + b"b" * 20, b"a" * 20 + b"b" * 20),
    ("nothing", [(0, b"")], b"", b""),
]


@pytest.mark.parametrize("case", SEGMENTS, ids=[c[0] for c in SEGMENTS])
@pytest.mark.parametrize("target", [FIRST, LAST], ids=["first", "last"])
def test_segments(case: tuple[str, list[tuple[int, bytes]], bytes, bytes], target: int) -> None:
    made = stream(target=target)
    for offset, data in case[1]:
        add(made, offset, data)
    assert b"".join(drain(made)) == (case[2] if target == FIRST else case[3])


def test_overlap_with_other_bytes_is_counted() -> None:
    made = stream()
    add(made, 0, b"abcd")
    add(made, 0, b"abcd")
    assert (made.reassembly.overlaps, made.reassembly.overlaps_different) == (1, 0)
    add(made, 1, b"bX")
    assert (made.reassembly.overlaps, made.reassembly.overlaps_different) == (2, 1)
    assert made.reassembly.events == ["stream.reassembly_overlap_different_data"]


def test_taken_bytes_are_not_rewritten() -> None:
    made = stream(target=LAST)
    add(made, 0, b"abcd")
    acknowledge(made, 2)
    assert made.take(False)
    add(made, 0, b"WXYZ")
    assert drain(made) == [b"YZ"]
    assert made.reassembly.overlaps_different == 1


def test_acknowledged_bytes_are_not_rewritten() -> None:
    made = stream(target=LAST)
    add(made, 0, b"abcd")
    acknowledge(made, 2)
    add(made, 0, b"WXYZ")
    assert drain(made) == [b"abYZ"]


@st.composite
def traffic(draw: st.DrawFn) -> tuple[int, list[tuple[str, int, bytes]]]:
    """Return an ISN and steps: segments that overlap at will, and acknowledgements of what came in order."""
    isn = draw(st.sampled_from([0, 0xFFFFFFF0, 0x7FFFFFF8, 12345]) | st.integers(0, 0xFFFFFFFF))
    size = draw(st.integers(1, 60))
    steps: list[tuple[str, int, bytes]] = []
    for _ in range(draw(st.integers(1, 25))):
        if draw(st.integers(0, 3)) == 0:
            steps.append((draw(st.sampled_from(["ack", "take"])), draw(st.integers(0, size)), b""))
        else:
            offset = draw(st.integers(-3, size - 1))
            steps.append(("add", offset, draw(st.binary(min_size=1, max_size=size - offset))))
    steps += [("add", at, bytes([at])) for at in draw(st.permutations(range(size)))]
    return isn, steps


@given(traffic(), st.sampled_from([FIRST, LAST]), st.integers(0, 8))
def test_any_order_is_the_model(case: tuple[int, list[tuple[str, int, bytes]]], target: int, tail: int) -> None:
    isn, steps = case
    made = stream(target=target, isn=isn)
    made.tail = tail
    model: dict[int, int] = {}
    taken = b""
    for action, offset, data in steps:
        in_order = 0
        while in_order in model:
            in_order += 1
        if action == "add":
            add(made, offset, data)
            for at, byte in enumerate(data, offset):
                if at >= made.acked and (at not in model or target == LAST):
                    model[at] = byte
        elif action == "ack":
            acknowledge(made, min(offset, in_order))
        elif made.take(False):
            fresh = made.window[made.fresh :]
            assert made.window_at + made.fresh == len(taken)
            assert made.window[: made.fresh] == taken[made.window_at :]
            assert made.fresh <= tail
            taken += fresh
            assert len(taken) <= made.acked
    runs = drain(made)
    assert len(runs) <= 1
    assert taken + b"".join(runs) == bytes(model[at] for at in range(len(model)))
    assert made.gaps == 0
    made.release()
    assert made.reassembly.memuse == 0


@given(
    st.lists(st.tuples(st.integers(0, 50), st.binary(min_size=1, max_size=9)), max_size=20),
    st.lists(st.integers(0, 60), max_size=20),
    st.sampled_from([FIRST, LAST]),
)
def test_runs_never_span_a_gap(segments: list[tuple[int, bytes]], acks: list[int], target: int) -> None:
    made = stream(target=target)
    sent: dict[int, set[int]] = {}
    end = 0
    steps = [segments[at : at + 1] for at in range(len(segments))] + [[]] * len(acks)
    for at, step in enumerate(steps):
        for offset, data in step:
            add(made, offset, data)
            for where, byte in enumerate(data, offset):
                sent.setdefault(where, set()).add(byte)
        if at < len(acks):
            acknowledge(made, acks[at])
        for everything in (False, at == len(steps) - 1):
            while made.take(everything):
                assert made.window_at + made.fresh >= end  # nothing twice
                end = made.window_at + len(made.window)
                for where, byte in enumerate(made.window, made.window_at):
                    assert byte in sent[where]
    made.release()
    assert made.reassembly.memuse == 0


def test_gap_that_was_acknowledged() -> None:
    made = stream()
    add(made, 0, b"abc")
    add(made, 6, b"ghi")
    made.remember().waiting[7] = 100
    assert not made.is_due(1)
    acknowledge(made, 9)
    assert made.is_due(1000)  # what is before the gap is whole
    assert made.take(False)
    assert (made.window, made.window_at, made.fresh) == (b"abc", 0, 0)
    assert (made.gaps, made.gap_bytes, made.remember().waiting) == (1, 3, {})
    assert made.reassembly.events == ["stream.reassembly_seq_gap"]
    assert made.take(False)
    assert (made.window, made.window_at, made.fresh) == (b"ghi", 6, 0)
    assert not made.take(False)
    add(made, 9, b"jkl")
    assert drain(made) == [b"jkl"]


def test_acknowledgement_alone_makes_no_gap() -> None:
    made = stream()
    add(made, 0, b"abc")
    acknowledge(made, 9)
    add(made, 3, b"defghi")  # an optimistic receiver: the bytes came after all
    assert drain(made, False) == [b"abcdefghi"]
    assert made.gaps == 0


def test_tail_lost_before_the_fin() -> None:
    made = stream()
    add(made, 0, b"abc")
    made.finish(9)
    acknowledge(made, 10)
    assert drain(made, False) == [b"abc"]
    assert (made.gaps, made.gap_bytes) == (1, 6)


def test_unacknowledged_gap_is_stepped_over_uncounted() -> None:
    made = stream()
    add(made, 0, b"abc")
    add(made, 6, b"ghi")
    acknowledge(made, 3)
    assert drain(made) == [b"abc", b"ghi"]
    assert made.reassembly.gaps == 0


DEPTHS = [
    # name                    depth  segments                                        kept
    ("whole segments", 4, [(0, b"ab"), (2, b"cd"), (4, b"ef")], b"abcd"),
    ("within a segment", 3, [(0, b"abcd"), (4, b"ef")], b"abc"),
    ("out of order", 3, [(2, b"cd"), (4, b"ef"), (0, b"ab"), (6, b"gh")], b"abc"),
    ("no limit", 0, [(0, b"a" * 9999)], b"a" * 9999),
]


@pytest.mark.parametrize(("depth", "segments", "kept"), [c[1:] for c in DEPTHS], ids=[c[0] for c in DEPTHS])
def test_depth(depth: int, segments: list[tuple[int, bytes]], kept: bytes) -> None:
    made = stream(depth)
    for offset, data in segments:
        add(made, offset, data)
    acknowledge(made, made.sent)
    assert b"".join(drain(made, False)) == kept
    assert made.reassembly.depths_reached == (1 if depth else 0)
    assert made.reassembly.events.count("stream.reassembly_depth_reached") == (1 if depth else 0)


def test_beyond_the_depth_nothing_is_kept() -> None:
    made = stream(10)
    block = bytes(0x4000000)
    at = 0
    for _ in range(100):  # far beyond 2**32
        assert made.add(at, block, 0, len(block)) == (at == 0)
        at += len(block)
    assert made.next == at
    assert made.reassembly.memuse == 10
    assert made.reassembly.depths_reached == 1


def test_beyond_the_depth_the_end_is_not_kept_either() -> None:
    made = stream(depth=4)
    add(made, 0, b"abcd")
    made.sent = 9
    made.finish(8)  # of four bytes that nobody saw
    acknowledge(made, 9)
    assert drain(made, False) == [b"abcd"]
    made.close()
    assert made.queue is None
    assert made.reassembly.memuse == 0


def test_memcap() -> None:
    made = stream(memcap=10)
    assert add(made, 0, b"a" * 6)
    assert not add(made, 6, b"b" * 6)
    assert made.reassembly.memcap_drops == 1
    assert add(made, 20, b"c" * 4)
    assert not add(made, 30, b"d")
    assert made.reassembly.memuse == 10
    made.release()
    assert made.reassembly.memuse == 0


def test_queue_is_bounded_in_number() -> None:
    made = stream()
    for at in range(MAX_SEGMENTS + 10):
        add(made, 2 + 2 * at, b"x")
    assert made.reassembly.queue_drops == 10
    assert add(made, 0, b"ab")  # what is in order is always taken
    assert made.next == 3


def test_queue_is_bounded_in_bytes() -> None:
    made = stream()
    for at in range(0, 2 * MAX_BYTES, 60000):
        add(made, 1 + at, bytes(60000))
    assert made.reassembly.memuse <= MAX_BYTES
    assert made.reassembly.queue_drops > 0


def test_chunks_and_their_tail() -> None:
    made = stream()
    data = bytes(range(256)) * 40
    add(made, 0, data)
    acknowledge(made, 2559)
    assert not made.is_due(2560)
    acknowledge(made, 6000)
    assert made.is_due(2560)
    assert made.take(False)
    assert (made.window, made.fresh) == (data[:6000], 0)
    assert not made.is_due(1)
    acknowledge(made, 8000)
    assert made.take(False)
    assert (made.window, made.window_at, made.fresh) == (data[6000 - TAIL : 8000], 6000 - TAIL, TAIL)
    assert made.reassembly.memuse == len(data) - 8000 + TAIL


def test_flush_takes_what_is_there_once() -> None:
    made = stream()
    add(made, 0, b"abc")
    acknowledge(made, 2)
    made.must_flush = True
    assert made.is_due(2560)
    assert made.take(False)
    assert made.window == b"ab"
    acknowledge(made, 3)
    assert not made.is_due(2560)


def test_behind_the_fin_the_tail_is_held_until_both_sides_are_done() -> None:
    made = stream()
    add(made, 0, b"abc")
    made.finish(3)
    acknowledge(made, 4)
    assert made.is_due(2560)
    assert drain(made, False) == [b"abc"]
    assert made.reassembly.memuse == 3
    add(made, 0, b"aXcdef")
    assert made.reassembly.events == ["stream.reassembly_overlap_different_data"]
    made.close()
    assert drain(made) == [b"def"]
    assert made.reassembly.memuse == 0


def test_released_stream_keeps_nothing() -> None:
    made = stream()
    add(made, 0, b"abc")
    made.release()
    assert not add(made, 3, b"def")
    assert made.next == 6
    assert drain(made) == []
    assert (made.reassembly.memuse, made.reassembly.depths_reached) == (0, 0)
