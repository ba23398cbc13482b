"""How many matches become alerts (Suricata user guide, rules, thresholding)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.rule.rule import Rule, Threshold

MAX_ENTRIES: Final = 131_072  # a flood of spoofed sources makes one entry each: the oldest go, counted

SECOND: Final = 1_000_000_000
MAX_NEXT: Final = 1 << 40  # backoff stops growing here: the product must not wrap


@final
class Entry:
    """One rule's count for one track."""

    def __init__(self, since_ns: i64) -> None:
        self.since_ns: i64 = since_ns  # start of the period
        self.count: i64 = 0
        self.next: i64 = 0  # backoff: the count that alerts next


@final
class Thresholds:
    """All counts, by rule and track; bounded."""

    def __init__(self) -> None:
        self.entries: dict[tuple[int, bytes], Entry] = {}
        self.evicted: i64 = 0
        self.suppressed: i64 = 0

    def passes(self, rule: Rule, source: bytes, destination: bytes, flow: Flow | None, now_ns: i64) -> bool:
        """Count one match; return whether it becomes an alert."""
        threshold = rule.threshold
        if threshold is None:
            return True
        entry = self._entry(rule.number, track(threshold.track, source, destination, flow), threshold, now_ns)
        entry.count += 1
        passed = counts(threshold, entry)
        if not passed:
            self.suppressed += 1
        return passed

    def _entry(self, number: int, key: bytes, threshold: Threshold, now_ns: i64) -> Entry:
        entry = self.entries.get((number, key))
        if entry is None:
            if len(self.entries) >= MAX_ENTRIES:
                del self.entries[next(iter(self.entries))]
                self.evicted += 1
            entry = Entry(now_ns)
            entry.next = threshold.count
            self.entries[(number, key)] = entry
        elif threshold.kind != "backoff" and now_ns - entry.since_ns > threshold.seconds * SECOND:
            entry.since_ns = now_ns
            entry.count = 0
        return entry


def counts(threshold: Threshold, entry: Entry) -> bool:
    """Return whether the match just counted alerts, and move the entry on."""
    kind = threshold.kind
    if kind == "limit":
        return entry.count <= threshold.count
    if kind == "both":
        return entry.count == threshold.count
    if kind == "detection_filter":
        return entry.count > threshold.count
    if kind == "threshold":
        if entry.count < threshold.count:
            return False
        entry.count = 0
        return True
    if entry.count < entry.next:  # backoff
        return False
    entry.next = min(entry.next * threshold.multiplier, MAX_NEXT)
    return True


def track(name: str, source: bytes, destination: bytes, flow: Flow | None) -> bytes:
    """Return what a count belongs to, as bytes: an address, both, the flow, or nothing for the rule itself."""
    if name == "by_src":
        return source
    if name == "by_dst":
        return destination
    if name == "by_both":
        return source + destination
    if name == "by_flow" and flow is not None:
        return flow.key + int(flow.start_ns).to_bytes(8, "big")
    return b""
