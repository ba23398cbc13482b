"""What a match comes to once it is counted (Suricata user guide, rules, thresholding; global thresholds)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.rule.rule import Rule, Threshold

MAX_ENTRIES: Final = 131_072  # a flood of spoofed sources makes one entry each: the oldest go, counted

SECOND: Final = 1_000_000_000
MAX_NEXT: Final = 1 << 40  # backoff stops growing here: the product must not wrap

ALERTS: Final = 0  # outcomes: the rule acts, and says so
ACTS: Final = 1  # acts in silence
NOTHING: Final = 2  # neither: as if it had not matched
CHANGES: Final = 3  # its action is another one for now (rate_filter)


@final
class Entry:
    """One rule's count for one track."""

    def __init__(self, since_ns: i64) -> None:
        self.since_ns: i64 = since_ns  # start of the period
        self.count: i64 = 0
        self.next: i64 = 0  # backoff: the count that alerts next
        self.ports: set[int] | None = None  # unique_on: those that were counted
        self.changed_s: i64 = -1  # rate_filter: when the action changed; -1 while it has not


@final
class Thresholds:
    """All counts, by rule and track; bounded."""

    def __init__(self, most: i64 = MAX_ENTRIES) -> None:
        self._most = most
        self.entries: OrderedDict[tuple[int, bytes], Entry] = OrderedDict()
        self.evicted: i64 = 0

    def outcome(
        self, rule: Rule, source: bytes, destination: bytes, flow: Flow | None, now_ns: i64, port: i64 = -1
    ) -> i64:
        """Count one match between two addresses, or the `port` of one; return what it comes to."""
        for suppression in rule.suppressions:
            if suppression.holds(source, destination):
                return ACTS
        threshold = rule.threshold
        if threshold is None:
            return ALERTS
        if threshold.track == "by_flow" and flow is None:
            return NOTHING
        key = (rule.number, track(threshold.track, source, destination, flow))
        entry = self.entries.get(key)
        if entry is None:
            if len(self.entries) >= self._most:
                self.entries.popitem(last=False)
                self.evicted += 1
            entry = Entry(now_ns)
            entry.next = threshold.count
            self.entries[key] = entry
        if threshold.kind == "rate_filter":
            return change(threshold, entry, now_ns)
        if threshold.kind != "backoff":
            renew(threshold, entry, now_ns)
        if port < 0 or is_new_port(threshold, entry, port):
            entry.count += 1
        return counts(threshold, entry)


def is_new_port(threshold: Threshold, entry: Entry, port: i64) -> bool:
    """Return whether a port was not counted in this period; beyond the threshold none is kept."""
    ports = entry.ports
    if ports is None:
        ports = entry.ports = set()
    if port in ports or entry.count > threshold.count:
        return False
    ports.add(port)
    return True


def renew(threshold: Threshold, entry: Entry, now_ns: i64) -> None:
    """Begin another period where the last one is over."""
    if now_ns - entry.since_ns > threshold.seconds * SECOND:
        entry.since_ns = now_ns
        entry.count = 0
        entry.ports = None


def counts(threshold: Threshold, entry: Entry) -> i64:
    """Return what the match just counted comes to, and move the entry on."""
    kind = threshold.kind
    if kind == "limit":
        return ALERTS if entry.count <= threshold.count else ACTS
    if kind == "both":
        if entry.count < threshold.count:
            return NOTHING
        return ALERTS if entry.count == threshold.count else ACTS
    if kind == "detection_filter":
        return ALERTS if entry.count > threshold.count else NOTHING
    if kind == "threshold":
        if entry.count < threshold.count:
            return NOTHING
        entry.count = 0
        return ALERTS
    if entry.count < entry.next:  # backoff
        return NOTHING if entry.count < threshold.count else ACTS
    entry.next = min(entry.next * threshold.multiplier, MAX_NEXT)
    return ALERTS


def change(threshold: Threshold, entry: Entry, now_ns: i64) -> i64:
    """Return whether the rule has another action for this match: after more than `count`, for `timeout` seconds."""
    now_s = now_ns // SECOND
    if entry.changed_s >= 0:
        if now_s - entry.changed_s <= threshold.timeout:
            return CHANGES
        entry.changed_s = -1  # this match is not counted: it belongs to what is over
        return ALERTS
    renew(threshold, entry, now_ns)
    entry.count += 1
    if entry.count <= threshold.count:
        return ALERTS
    entry.changed_s = now_s
    return CHANGES


def track(name: str, source: bytes, destination: bytes, flow: Flow | None) -> bytes:
    """Return what a count belongs to, as bytes: an address, a pair, the flow, or nothing for the rule itself."""
    if name == "by_src":
        return source
    if name == "by_dst":
        return destination
    if name == "by_both":  # a pair has no direction
        return source + destination if source < destination else destination + source
    if name == "by_flow" and flow is not None:
        return flow.key + int(flow.start_ns).to_bytes(8, "big", signed=True)
    return b""
