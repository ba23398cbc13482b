"""Which content the prefilter gets."""

import pytest

from vids.engine.detect.fast_pattern import choose, pattern_of, strength
from vids.engine.detect.matcher import ANYWHERE
from vids.engine.rule.keywords.content import UNSET, Content
from vids.engine.rule.rule import Inspection, Rule


def rule_with(*contents):
    rule = Rule()
    inspection = Inspection("")
    inspection.checks += contents
    rule.inspections.append(inspection)
    return rule


CASES = [
    # name                contents as written (pattern, negated, fast_pattern)                    chosen
    ("the only one",      [(b"abc", False, False)],                                               b"abc"),
    ("the longest",       [(b"abc", False, False), (b"abcd", False, False)],                      b"abcd"),
    ("the strongest",     [(b"aaaa", False, False), (b"a\x90bc", False, False)],                  b"a\x90bc"),
    ("the first of two",  [(b"abcd", False, False), (b"efgh", False, False)],                     b"abcd"),
    ("the one asked for", [(b"abcdefgh", False, False), (b"xy", False, True)],                    b"xy"),
    ("not a negated one", [(b"abcdefgh", True, False), (b"xy", False, False)],                    b"xy"),
    ("none to be had",    [(b"abcdefgh", True, False)],                                           None),
]  # fmt: skip


@pytest.mark.parametrize(("contents", "chosen"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_choice(contents, chosen):
    made = []
    for pattern, is_negated, is_fast in contents:
        content = Content(pattern, is_negated)
        content.is_fast_pattern = is_fast
        made.append(content)
    found = choose(rule_with(*made))
    assert (found.pattern if found else None) == chosen


@pytest.mark.parametrize(
    ("literal", "points"), [(b"a", 3), (b"aa", 4), (b"1", 4), (b"\0", 4), (b"\x90", 6), (b"\x90\x90", 7), (b"", 0)]
)
def test_strength(literal, points):
    assert strength(literal) == points


def test_the_chopped_part_goes_to_the_matcher():
    content = Content(b"GET /Index.html", False)
    content.is_nocase = True
    content.fast_offset, content.fast_length = 5, 5
    assert pattern_of(content, True).literal == b"index"


PLACES = [
    # name              offset depth  chopped   low, high in a whole buffer
    ("anywhere",        None,  None,  None,     (0, ANYWHERE)),
    ("offset",          4,     None,  None,     (4, ANYWHERE)),
    ("depth",           None,  9,     None,     (0, 9)),
    ("both",            4,     9,     None,     (4, 13)),
    ("both, chopped",   4,     9,     (1, 2),   (5, 12)),
]  # fmt: skip


@pytest.mark.parametrize(("offset", "depth", "chopped", "place"), [c[1:] for c in PLACES], ids=[c[0] for c in PLACES])
def test_offset_and_depth_are_the_matchers_work_in_whole_buffers(offset, depth, chopped, place):
    content = Content(b"abcd", False)
    content.offset = UNSET if offset is None else offset
    content.depth = UNSET if depth is None else depth
    if chopped:
        content.fast_offset, content.fast_length = chopped
    pattern = pattern_of(content, True)
    assert (pattern.low, pattern.high) == place
    pattern = pattern_of(content, False)
    assert (pattern.low, pattern.high) == (0, ANYWHERE)


def test_a_long_literal_is_looked_for_everywhere():
    content = Content(b"abcde", False)
    content.depth = 5
    pattern = pattern_of(content, True)
    assert (pattern.low, pattern.high) == (0, ANYWHERE)
