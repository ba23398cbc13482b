"""All matchers name the same patterns; groups name the rules whose patterns are there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vids.engine.detect.ac import AhoCorasickMatcher
from vids.engine.detect.group import build
from vids.engine.detect.hs import IS_AVAILABLE
from vids.engine.detect.matcher import NaiveMatcher, Pattern

ALGORITHMS = ["naive", "ac", *(["hs"] if IS_AVAILABLE else [])]

CASES = [
    # name               patterns (literal, nocase)                   data                    found
    ("one",              [(b"abc", False)],                           b"xxabcxx",             [0]),
    ("none",             [(b"abc", False)],                           b"xxabxcx",             []),
    ("case matters",     [(b"abc", False)],                           b"ABC",                 []),
    ("case does not",    [(b"aBc", True)],                            b"xAbC",                [0]),
    ("same in two ways", [(b"abc", True), (b"ABC", False)],           b"abc",                 [0]),
    ("both ways",        [(b"abc", True), (b"ABC", False)],           b"ABC",                 [0, 1]),
    ("NUL inside",       [(b"a\0b", False)],                          b"a\0c a\0b",           [0]),
    ("NUL alone",        [(b"\0", False)],                            b"a\0",                 [0]),
    ("newline",          [(b"\r\n\r\n", False)],                      b"x\r\n\r\n",           [0]),
    ("regex signs",      [(b".*[a]\\", False)],                       b"xx.*[a]\\",           [0]),
    ("high bytes",       [(b"\xff\xfe\x80", True)],                   b"\xff\xfe\x80",        [0]),
    ("not letters",      [(b"[\xc4", True)],                          b"{\xe4",               []),
    ("one in another",   [(b"cmd.exe", False), (b"cmd", False)],      b"cmd.exe",             [0, 1]),
    ("overlapping",      [(b"aba", False), (b"bab", False)],          b"ababa",               [0, 1]),
    ("at both ends",     [(b"ab", False), (b"yz", False)],            b"ab--yz",              [0, 1]),
    ("second by case",   [(b"Ab", False)],                            b"ab aB Ab",            [0]),
    ("in its place",     [(b"ab", False, 2, 4)],                      b"--ab",                [0]),
    ("too early",        [(b"ab", False, 2, 5)],                      b"-ab---",              []),
    ("too late",         [(b"ab", False, 2, 4)],                      b"---ab",               []),
    ("second in place",  [(b"ab", True, 4, 6)],                       b"ab--AB",              [0]),
    ("two places",       [(b"a", False, 0, 1), (b"a", False, 1, 2)],  b"-a",                  [1]),
    ("from there on",    [(b"a", False, 3)],                          b"aaa-a",               [0]),
    ("empty data",       [(b"a", False)],                             b"",                    []),
]  # fmt: skip


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("patterns", "data", "found"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_scan(algorithm, patterns, data, found):
    matcher = build([Pattern(*p) for p in patterns], algorithm)
    assert sorted(matcher.scan(data)) == found
    assert sorted(matcher.scan(data)) == found  # nothing is left over from the scan before


ALPHABET = st.sampled_from(b"aAbB\0\xff.")
LITERALS = st.lists(ALPHABET, min_size=1, max_size=4).map(bytes)


PATTERNS = st.tuples(LITERALS, st.booleans()) | st.builds(
    lambda literal, nocase, low, slack: (literal, nocase, low, low + len(literal) + slack),
    LITERALS, st.booleans(), st.integers(0, 6), st.integers(0, 4),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    patterns=st.lists(PATTERNS, min_size=1, max_size=12),
    buffers=st.lists(st.lists(ALPHABET, max_size=40).map(bytes), min_size=1, max_size=5),
)
def test_all_agree(patterns, buffers):
    made = [Pattern(*p) for p in patterns]
    naive = NaiveMatcher(made)
    others = [build(made, name) for name in ALGORITHMS[1:]]
    for data in buffers:
        for other in others:
            assert sorted(other.scan(data)) == naive.scan(data)


def test_no_patterns_need_no_matcher():
    assert build([], "auto") is None
    assert AhoCorasickMatcher([Pattern(b"a", False)]).scan(b"") == []
