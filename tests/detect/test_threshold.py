"""Which of a row of matches become alerts."""

import pytest

from vids.engine.detect.threshold import MAX_ENTRIES, Thresholds
from vids.engine.rule.rule import Rule, Threshold

SRC, DST = b"\x0a\0\0\1", b"\x0a\0\0\2"

CASES = [
    # name                  kind                track     count sec  match times (s)            alerts at
    ("limit 1",             "limit",            "by_src", 1, 60,  [0, 1, 2, 59, 60, 61, 62],    [0, 61]),
    ("limit 2",             "limit",            "by_src", 2, 60,  [0, 1, 2, 3],                 [0, 1]),
    ("threshold 3",         "threshold",        "by_dst", 3, 60,  [0, 1, 2, 3, 4, 5, 6],        [2, 5]),
    ("threshold expires",   "threshold",        "by_dst", 3, 10,  [0, 1, 20, 21, 22],           [22]),
    ("both",                "both",             "by_src", 3, 60,  [0, 1, 2, 3, 4, 61, 62, 63],  [2, 63]),
    ("filter",              "detection_filter", "by_src", 2, 60,  [0, 1, 2, 3],                 [2, 3]),
    ("filter expires",      "detection_filter", "by_src", 2, 10,  [0, 1, 20, 21, 22],           [22]),
    ("by rule",             "limit",            "by_rule", 1, 60, [0, 1],                       [0]),
    ("time runs backwards", "limit",            "by_src", 1, 60,  [100, 50, 120],               [100]),
]  # fmt: skip


def rule_with(kind, track, count, seconds):
    rule = Rule()
    rule.threshold = Threshold(kind, track, count, seconds)
    return rule


@pytest.mark.parametrize(
    ("kind", "track", "count", "seconds", "times", "alerts"),
    [c[1:] for c in CASES],
    ids=[c[0] for c in CASES],
)
def test_threshold(kind, track, count, seconds, times, alerts):
    rule = rule_with(kind, track, count, seconds)
    thresholds = Thresholds()
    passed = [t for t in times if thresholds.passes(rule, SRC, DST, None, t * 1_000_000_000)]
    assert passed == alerts
    assert thresholds.suppressed == len(times) - len(alerts)


def test_tracks_are_apart():
    rule = rule_with("limit", "by_src", 1, 60)
    thresholds = Thresholds()
    assert thresholds.passes(rule, SRC, DST, None, 0)
    assert thresholds.passes(rule, DST, SRC, None, 0)
    assert not thresholds.passes(rule, SRC, b"\x0a\0\0\3", None, 0)


def test_a_flood_of_sources_is_bounded_and_counted():
    rule = rule_with("limit", "by_src", 1, 60)
    thresholds = Thresholds()
    for n in range(MAX_ENTRIES + 10):
        thresholds.passes(rule, n.to_bytes(4, "big"), DST, None, 0)
    assert len(thresholds.entries) == MAX_ENTRIES
    assert thresholds.evicted == 10


def test_no_threshold_lets_everything_through():
    assert Thresholds().passes(Rule(), SRC, DST, None, 0)
