"""threshold: what threshold.config says, and then what a row of hostile matches comes to.

Input: lines of threshold.config up to a NUL; then matches of six bytes: rule, source and destination, time step,
port. The table of counts holds few, so that it overflows.
Holds: a bad line is a problem at its place and nothing else; what is suppressed acts in silence; each period of a
count comes to what the manual says of it; counts stay within their bounds; the same again gives the same.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from fuzzing.reader import Reader
from fuzzing.target import Target, demand
from vids.engine.detect.threshold import ACTS, ALERTS, CHANGES, MAX_NEXT, NOTHING, SECOND, Entry, Thresholds, track
from vids.engine.flow.flow import Flow
from vids.engine.rule.keywords.threshold import TRACKS
from vids.engine.rule.rule import Rule, Threshold
from vids.engine.rule.ruleset import RuleSet
from vids.engine.rule.threshold_file import ACTIONS, KINDS, NAMES, SIDES, TYPES

RULES: Final = """\
alert ip any any -> any any (sid:1;)
alert ip any any -> any any (sid:2; gid:5; threshold:type limit, track by_src, count 1, seconds 60;)
alert ip any any -> any any (sid:3; threshold:type threshold, track by_both, count 3, seconds 2;)
alert ip any any -> any any (sid:4; threshold:type both, track by_rule, count 2, seconds 9;)
alert ip any any -> any any (sid:5; threshold:type backoff, track by_flow, count 1, multiplier 2;)
alert tcp any any -> any any (sid:6; detection_filter:track by_src, count 2, seconds 5, unique_on dst_port;)
drop ip any any -> any any (sid:7; detection_filter:track by_dst, count 1, seconds 60;)
alert http any any -> any any (sid:8; http.uri; content:"waits";)
"""
ADDRESSES: Final = {"HOME_NET": "[10.0.0.0/8,!10.0.0.9]", "NOBODY": "!any"}
MAX_ENTRIES: Final = 8  # counts
HOSTS: Final = [bytes((10, 0, 0, number)) for number in range(15)] + [bytes(15) + b"\1"]
OUTCOMES: Final = (ALERTS, ACTS, NOTHING, CHANGES)
PLAIN: Final = ("limit", "threshold", "both", "detection_filter")  # kinds that the model knows

Key = tuple[int, bytes]


class Model:
    """The matches of one count in its period, as the manual has it: all are kept, none is counted."""

    def __init__(self) -> None:
        self.since_ns = 0
        self.ports: list[int] = []

    def outcome(self, threshold: Threshold, now_ns: int, port: int) -> int:
        """Return what a match comes to."""
        if not self.ports or now_ns - self.since_ns > threshold.seconds * SECOND:
            self.since_ns = now_ns
            self.ports = []
        self.ports.append(port)
        n_matches = len(self.ports) if port < 0 else len(set(self.ports))
        if threshold.kind == "limit":
            return ALERTS if n_matches <= threshold.count else ACTS
        if threshold.kind == "threshold":
            return NOTHING if n_matches % threshold.count else ALERTS
        if threshold.kind == "both":
            return NOTHING if n_matches < threshold.count else ALERTS if n_matches == threshold.count else ACTS
        return ALERTS if n_matches > threshold.count else NOTHING


class Bench:
    """Rules under a threshold file, their counts, and two flows."""

    def __init__(self, text: str) -> None:
        self.ruleset = fresh_rules()
        self.ruleset.limit("threshold.config", text)
        self.thresholds = Thresholds(MAX_ENTRIES)
        self.models: dict[Key, Model] = {}
        self.flows = [flow_of(1), flow_of(2), None]
        self.now_ns = 1_700_000_000 * SECOND
        self.seen: list[object] = []
        for problem in self.ruleset.problems:
            demand(1 <= problem.line <= text.count("\n") + 1, f"{problem} is about no line")
            demand(problem.column >= 1 and bool(problem.message), f"{problem} is nowhere, or says nothing")
            self.seen.append(str(problem))

    def match(self, record: Reader) -> None:
        """Let one rule match."""
        choice, ends, step, port = record.number(), record.number(), record.signed(2), record.number(2)
        rule = self.ruleset.rules[choice % len(self.ruleset.rules)]
        source, destination = HOSTS[ends & 15], HOSTS[ends >> 4]
        flow = self.flows[(choice >> 4) % 3]
        self.now_ns += step * SECOND // 16
        port = port if rule.threshold is not None and rule.threshold.unique_on else -1
        entries = self.thresholds.entries
        before = set(entries)
        n_evicted = self.thresholds.evicted
        outcome = self.thresholds.outcome(rule, source, destination, flow, self.now_ns, port)
        demand(outcome in OUTCOMES, f"outcome {outcome}")
        demand(len(entries) <= MAX_ENTRIES, "more counts than the limit")
        gone = before - set(entries)
        demand(self.thresholds.evicted - n_evicted == len(gone), "a count is gone, and nobody says so")
        for key in gone:
            self.models.pop(key, None)
        demand(outcome == self._expected(rule, source, destination, flow, port, outcome), "not what the manual says")
        for (number, _), entry in entries.items():
            self._check_entry(self.ruleset.rules[number], entry)
        self.seen.append(outcome)

    def _expected(
        self, rule: Rule, source: bytes, destination: bytes, flow: Flow | None, port: int, outcome: int
    ) -> int:
        """Return what the match must come to; of kinds that the model does not know, what it came to."""
        if any(each.holds(source, destination) for each in rule.suppressions):
            return ACTS
        threshold = rule.threshold
        if threshold is None:
            return ALERTS
        if threshold.track == "by_flow" and flow is None:
            return NOTHING
        if threshold.kind not in PLAIN:
            return outcome
        key = rule.number, track(threshold.track, source, destination, flow)
        return self.models.setdefault(key, Model()).outcome(threshold, self.now_ns, port)

    def _check_entry(self, rule: Rule, entry: Entry) -> None:
        """Find a count within its bounds."""
        threshold = rule.threshold
        assert threshold is not None
        demand(0 <= entry.count <= len(self.seen) + 1, "more is counted than matched")
        if threshold.kind == "backoff":
            demand(threshold.count <= entry.next <= max(MAX_NEXT, threshold.count), f"backoff waits for {entry.next}")
        if entry.ports is not None:
            demand(len(entry.ports) <= threshold.count + 1, "more ports are kept than the threshold needs")


@cache
def loaded_rules() -> tuple[RuleSet, list[tuple[Rule, Threshold | None, bool, bool]]]:
    """Return the rules, and what a threshold file can change of each."""
    ruleset = RuleSet(ADDRESSES, {}, {}, {})
    ruleset.add("fuzz.rules", RULES)
    ruleset.order()
    demand(not ruleset.failed, "the rules are not in order")
    rules = ruleset.rules + ruleset.waiting
    return ruleset, [(rule, rule.threshold, rule.is_noalert, rule.is_alert_forced) for rule in rules]


def fresh_rules() -> RuleSet:
    """Return the rules as no threshold file has changed them: to read them anew takes longer than all the rest."""
    ruleset, states = loaded_rules()
    for rule, threshold, is_noalert, is_alert_forced in states:
        rule.threshold, rule.is_noalert, rule.is_alert_forced = threshold, is_noalert, is_alert_forced
        rule.suppressions = []
    ruleset.problems = []
    return ruleset


def flow_of(number: int) -> Flow:
    """Return one of the flows between two hosts."""
    ends = HOSTS[number] + HOSTS[number + 1]
    return Flow(ends + bytes(6), ends + bytes(6), HOSTS[number], HOSTS[number + 1])


def run(data: bytes) -> list[object]:
    """Read the lines, then let all matches come; return what was seen."""
    text, _, matches = data.partition(b"\0")
    bench = Bench(text.decode("utf-8", "surrogateescape"))
    reader = Reader(matches)
    while not reader.is_over():
        bench.match(Reader(reader.take(6)))
    return bench.seen


def check(data: bytes) -> None:
    """Run an input twice."""
    demand(run(data) == run(data), "the same matches came to something else")


def seeds() -> list[bytes]:
    """Return a line of each form, with a row of matches behind it."""
    made = []
    lines = [
        b"suppress gen_id 1, sig_id 1",
        b"suppress gen_id 1, sig_id 3, track by_either, ip [10.0.0.1,$HOME_NET,!10.0.0.5,::1]",
        b"threshold gen_id 0, sig_id 0, type both, track by_rule, count 2, seconds 1m",
        b"event_filter gen_id 1, sig_id 1, \\\n type limit, track by_dst, count 3, seconds 2 # noisy",
        b"threshold gen_id 1, sig_id 1, type backoff, track by_flow, count 4294967295, multiplier 4294967295",
        b"rate_filter gen_id 1, sig_id 1, track by_both, count 2, seconds 3, new_action drop, timeout 4",
        b"threshold gen_id 5, sig_id 2, type threshold, track by_both, count 2, seconds 604800",
    ]
    rows = [
        bytes(byte for n in range(24) for byte in (n % 3, n * stride & 0xFF, 0, n % 5, n >> 4, n % 4))
        for stride in (0, 1, 17)
    ]
    for number, line in enumerate(lines):
        made.append(line + b"\n" + lines[number - 1] + b"\0" + rows[number % 3])
    made += [b"\0" + bytes(byte for n in range(40) for byte in (rule, n % 7, 0, 9, 0, n % 5)) for rule in range(48)]
    return made


WORDS: Final = {*KINDS, *TYPES, *SIDES, *TRACKS, *ACTIONS, *(name for names in NAMES.values() for name in names)}
TARGET: Final = Target(check, seeds, max_length=700, words=tuple(word.encode() for word in sorted(WORDS)))
