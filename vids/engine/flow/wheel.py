"""A wheel of seconds that holds each flow once, in the second when it is looked at next."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.flow import CLOSED, NEW, Flow

SAMPLE: Final = 16  # flows compared when one must go


@final
class Wheel:
    """Buckets of flows by second, `horizon` seconds ahead at most; every operation takes constant time.

    A flow that is seen again is not moved: when its second comes, whoever turns the wheel puts it back.
    """

    def __init__(self, horizon: i64) -> None:
        self._horizon = horizon
        self._buckets: list[list[Flow]] = [[] for _ in range(horizon + 1)]

    def add(self, flow: Flow, now_s: i64, due_s: i64) -> None:
        """Put a flow where it comes up at `due_s`, or earlier when that is beyond the horizon."""
        ahead = min(max(due_s - now_s, 1), self._horizon)
        slot = (now_s + ahead) % (self._horizon + 1)
        bucket = self._buckets[slot]
        flow.slot = slot
        flow.slot_index = len(bucket)
        bucket.append(flow)

    def remove(self, flow: Flow) -> None:
        """Take a flow out, wherever it is."""
        if flow.slot < 0:
            return
        bucket = self._buckets[flow.slot]
        last = bucket.pop()
        if last is not flow:
            bucket[flow.slot_index] = last
            last.slot_index = flow.slot_index
        flow.slot = -1

    def come_up(self, second: i64) -> list[Flow]:
        """Take out and return the flows of a second."""
        slot = second % (self._horizon + 1)
        flows = self._buckets[slot]
        if flows:
            self._buckets[slot] = []
            for flow in flows:
                flow.slot = -1
        return flows

    def flows(self) -> list[Flow]:
        """Return all flows."""
        return [flow for bucket in self._buckets for flow in bucket]

    def span(self) -> i64:
        """Return how many seconds the wheel reaches: turned so far, every flow has come up once."""
        return self._horizon + 1

    def choose(self, now_s: i64) -> Flow | None:
        """Return the flow that is missed least: closed before new before the least recently seen.

        Only a sample is compared, of the flows that come up next: nobody looked at them for longest.
        """
        best: Flow | None = None
        left = SAMPLE
        for ahead in range(1, self._horizon + 2):
            bucket = self._buckets[(now_s + ahead) % (self._horizon + 1)]
            for at in range(min(len(bucket), left)):
                if best is None or is_missed_less(bucket[at], best):
                    best = bucket[at]
            left -= len(bucket)
            if left <= 0:
                break
        return best


def is_missed_less(flow: Flow, other: Flow) -> bool:
    """Return whether `flow` should go before `other`."""
    mine, others = rank(flow), rank(other)
    return mine < others or (mine == others and flow.seen_s < other.seen_s)


def rank(flow: Flow) -> i64:
    """Return in which turn a flow goes, by its state."""
    if flow.state == CLOSED:
        return 0
    return 1 if flow.state == NEW else 2
