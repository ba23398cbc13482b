"""Which of a row of matches become alerts, which act in silence, and which change what the rule does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.detect.threshold import ACTS, ALERTS, CHANGES, MAX_ENTRIES, NOTHING, Thresholds
from vids.engine.flow.flow import Flow
from vids.engine.rule.address import AddressParser
from vids.engine.rule.rule import Rule, Suppression, Threshold

SRC, DST, OTHER = b"\x0a\0\0\1", b"\x0a\0\0\2", b"\x0a\0\0\3"
SECOND = 1_000_000_000
LETTERS = {ALERTS: "A", ACTS: "s", NOTHING: ".", CHANGES: "C"}

CASES = [
    # name                  kind                track     count sec  match times (s)            outcomes
    ("limit 1",             "limit",            "by_src",  1, 60,  [0, 1, 2, 59, 60, 61, 62],   "AssssAs"),
    ("limit 2",             "limit",            "by_src",  2, 60,  [0, 1, 2, 3],                "AAss"),
    ("threshold 3",         "threshold",        "by_dst",  3, 60,  [0, 1, 2, 3, 4, 5, 6],       "..A..A."),
    ("threshold 1",         "threshold",        "by_dst",  1, 60,  [0, 1],                      "AA"),
    ("threshold expires",   "threshold",        "by_dst",  3, 10,  [0, 1, 20, 21, 22],          "....A"),
    ("both",                "both",             "by_src",  3, 60,  [0, 1, 2, 3, 4, 61, 62, 63], "..Ass..A"),
    ("filter",              "detection_filter", "by_src",  2, 60,  [0, 1, 2, 3],                "..AA"),
    ("filter expires",      "detection_filter", "by_src",  2, 10,  [0, 1, 20, 21, 22],          "....A"),
    ("by rule",             "limit",            "by_rule", 1, 60,  [0, 1],                      "As"),
    ("time runs backwards", "limit",            "by_src",  1, 60,  [100, 50, 120],              "Ass"),
    ("no flow to count by", "limit",            "by_flow", 1, 60,  [0, 1],                      ".."),
]  # fmt: skip


def rule_with(kind, track, count, seconds, number=0):
    rule = Rule()
    rule.number = number
    rule.threshold = Threshold(kind, track, count, seconds)
    return rule


def outcomes(rule, times, thresholds=None):
    thresholds = thresholds or Thresholds()
    return "".join(LETTERS[thresholds.outcome(rule, SRC, DST, None, t * SECOND)] for t in times)


@pytest.mark.parametrize(
    ("kind", "track", "count", "seconds", "times", "wanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_threshold(kind, track, count, seconds, times, wanted):
    assert outcomes(rule_with(kind, track, count, seconds), times) == wanted


RATES = [
    # count sec timeout  match times (s)                                      outcomes
    (3, 10, 5,    [0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 22, 23, 24],    "AAACCCCCCAAAAC"),
    (3, 10, 0,    [0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 22, 23, 24],    "AAACACACAAAACA"),
    (2, 3, 2,     [0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 22, 23, 24],    "AACCCAAACAAACC"),
    (3, 10, 3600, [0, 1, 2, 3, 3603, 3604, 3605],                     "AAACCAA"),
]  # fmt: skip


@pytest.mark.parametrize(("count", "seconds", "timeout", "times", "wanted"), RATES)
def test_rate_filter(count, seconds, timeout, times, wanted):
    rule = rule_with("rate_filter", "by_src", count, seconds)
    rule.threshold.new_action, rule.threshold.timeout = "drop", timeout
    assert outcomes(rule, times) == wanted


def test_backoff_alerts_ever_more_seldom():
    rule = rule_with("backoff", "by_flow", 2, 0)
    rule.threshold.multiplier = 3
    flow = Flow(b"key", b"yek", SRC, DST)
    thresholds = Thresholds()
    told = "".join(LETTERS[thresholds.outcome(rule, SRC, DST, flow, 0)] for _ in range(20))
    assert told == ".AsssAsssssssssssAss"


TRACKS = [
    # track      who counts apart from (SRC, DST)
    ("by_src",  [(DST, SRC), (OTHER, DST)]),
    ("by_dst",  [(DST, SRC), (SRC, OTHER)]),
    ("by_both", [(SRC, OTHER), (OTHER, DST)]),
    ("by_rule", []),
]  # fmt: skip


@pytest.mark.parametrize(("track", "apart"), TRACKS)
def test_tracks_are_apart(track, apart):
    pairs = [(SRC, DST), (DST, SRC), (OTHER, DST), (SRC, OTHER)]
    for pair in pairs[1:]:
        thresholds = Thresholds()
        rule = rule_with("limit", track, 1, 60)
        assert thresholds.outcome(rule, SRC, DST, None, 0) == ALERTS
        assert thresholds.outcome(rule, *pair, None, 0) == (ALERTS if pair in apart else ACTS)


def test_flows_and_rules_are_apart():
    thresholds = Thresholds()
    one, two = Flow(b"key", b"yek", SRC, DST), Flow(b"key", b"yek", SRC, DST)
    two.start_ns = 5  # the same ports, used anew
    for rule in (rule_with("limit", "by_flow", 1, 60), rule_with("limit", "by_flow", 1, 60, number=1)):
        for flow in (one, two):
            assert thresholds.outcome(rule, SRC, DST, flow, 0) == ALERTS
            assert thresholds.outcome(rule, DST, SRC, flow, 0) == ACTS


SUPPRESSIONS = [
    # track        addresses                   SRC->DST  DST->SRC  OTHER->DST
    ("by_src",    "10.0.0.1",                  "s", "A", "A"),
    ("by_dst",    "10.0.0.1",                  "A", "s", "A"),
    ("by_either", "10.0.0.1",                  "s", "s", "A"),
    ("by_src",    "[10.0.0.1,10.0.0.3/32]",    "s", "A", "s"),
    ("by_src",    "!10.0.0.1",                 "A", "s", "s"),
    ("by_src",    "any",                       "s", "s", "s"),
]  # fmt: skip


@pytest.mark.parametrize(("track", "addresses", "one", "two", "three"), SUPPRESSIONS)
def test_suppression(track, addresses, one, two, three):
    rule = Rule()
    rule.suppressions.append(Suppression(track, AddressParser({}).parse(addresses)))
    thresholds = Thresholds()
    pairs = [(SRC, DST), (DST, SRC), (OTHER, DST)]
    assert [LETTERS[thresholds.outcome(rule, *pair, None, 0)] for pair in pairs] == [one, two, three]


def test_what_is_suppressed_is_not_counted():
    rule = rule_with("threshold", "by_rule", 2, 60)
    rule.suppressions.append(Suppression("by_src", AddressParser({}).parse("10.0.0.1")))
    thresholds = Thresholds()
    assert [LETTERS[thresholds.outcome(rule, src, DST, None, 0)] for src in (SRC, OTHER, OTHER)] == ["s", ".", "A"]


def test_a_flood_of_sources_is_bounded_and_counted():
    rule = rule_with("limit", "by_src", 1, 60)
    thresholds = Thresholds()
    for n in range(MAX_ENTRIES + 10):
        thresholds.outcome(rule, n.to_bytes(4, "big"), DST, None, 0)
    assert len(thresholds.entries) == MAX_ENTRIES
    assert thresholds.evicted == 10
    assert thresholds.outcome(rule, bytes(4), DST, None, 0) == ALERTS  # the oldest went


def test_no_threshold_lets_everything_through():
    assert outcomes(Rule(), [0, 0, 0]) == "AAA"


def model(kind, count, seconds, times):
    """Return the outcomes by the words of the manual: one period at a time, from its matches alone."""
    told, period, since = "", 0, None
    for time in times:
        if since is None or time - since > seconds:
            since, period = time, 0
        period += 1
        if kind == "limit":
            told += "A" if period <= count else "s"
        elif kind == "threshold":
            told += "A" if period % count == 0 else "."
        elif kind == "both":
            told += "A" if period == count else "." if period < count else "s"
        else:
            told += "A" if period > count else "."
    return told


@given(
    st.sampled_from(("limit", "threshold", "both", "detection_filter")),
    st.integers(1, 4),
    st.integers(0, 9),
    st.lists(st.integers(0, 7), max_size=30),
)
def test_thresholds_are_what_the_manual_says(kind, count, seconds, steps):
    times = [sum(steps[: n + 1]) for n in range(len(steps))]
    assert outcomes(rule_with(kind, "by_src", count, seconds), times) == model(kind, count, seconds, times)


def test_distinct_ports_are_counted():
    rule = rule_with("detection_filter", "by_src", 2, 60)
    thresholds = Thresholds()
    row = [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 1), (70, 1), (71, 2), (72, 3), (73, -1)]
    told = "".join(LETTERS[thresholds.outcome(rule, SRC, DST, None, t * SECOND, port)] for t, port in row)
    assert told == "....AA..AA"


@given(st.lists(st.integers(0, 20), max_size=60))
def test_distinct_ports_as_a_set_counts_them(ports):
    rule = rule_with("detection_filter", "by_src", 5, 60)
    thresholds = Thresholds()
    for n, port in enumerate(ports, 1):
        outcome = thresholds.outcome(rule, SRC, DST, None, n, port)
        assert (outcome == ALERTS) == (len(set(ports[:n])) > 5)
    kept = [entry.ports for entry in thresholds.entries.values()]
    assert all(len(each) <= 6 for each in kept)
