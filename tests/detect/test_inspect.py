"""Backtracking: `holds` against a search through every combination of match positions."""

import re
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from payload_rule import build, cursor_for, matches

from vids.engine.detect.inspect import holds, plan
from vids.engine.rule.keywords.byte_extract import ByteExtract
from vids.engine.rule.keywords.byte_jump import ByteJump
from vids.engine.rule.keywords.byte_test import ByteTest
from vids.engine.rule.keywords.content import UNSET, Content
from vids.engine.rule.keywords.isdataat import IsDataAt

EXPRESSIONS = ["a", "ab?", "b.?", "^a", "[ab]+c", "(?<=a)b", "a*?c", "(?:ab)*", "b$", "ab.*A|b"]


def content_places(check, data, base, values):
    """Return the ends of all matches of a content that is not negated."""

    def amount(number, variable):
        return values[variable] if variable >= 0 else number if number != UNSET else None

    size = len(check.pattern)
    wanted = check.pattern.lower() if check.is_nocase else check.pattern
    distance = amount(check.distance, check.distance_variable)
    within = amount(check.within, check.within_variable)
    offset = amount(check.offset, check.offset_variable)
    depth = amount(check.depth, check.depth_variable)
    for at in range(len(data) - size + 1):
        there = data[at : at + size]
        if (there.lower() if check.is_nocase else there) != wanted:
            continue
        if check.is_relative and at < base + (distance or 0):
            continue
        if within is not None and at + size > base + (distance or 0) + within:
            continue
        if offset is not None and at < offset:
            continue
        if depth is not None and at + size > (offset or 0) + depth:
            continue
        if not check.is_endswith or at + size == len(data):
            yield at + size


def regex_places(check, expression, data, base):
    start = base if check.is_relative else 0
    subject = data[start:]
    for at in range(len(subject) + 1):
        found = re.compile(expression.encode()).search(subject, at)
        if found:
            yield start + found.end()


def outcomes(check, expression, data, base, values):
    """Return (end, values) for each way in which the check can hold."""
    stay = [(base, values)]
    if isinstance(check, Content):
        ends = list(content_places(check, data, base, values))
        if check.is_negated:
            return [] if ends else stay
        return [(end, values) for end in ends]
    if isinstance(check, IsDataAt):
        at = values[check.variable] if check.variable >= 0 else check.at
        has = base + at <= len(data) if check.is_relative else at < len(data)
        return stay if has != check.is_negated else []
    if isinstance(check, ByteTest | ByteJump | ByteExtract):
        at = check.field.offset + (base if check.is_relative else 0)
        if not 0 <= at < len(data):
            return []
        if isinstance(check, ByteTest):
            return stay if data[at] < check.value else []
        if isinstance(check, ByteExtract):
            return [(at + 1, (*values[: check.variable], data[at], *values[check.variable + 1 :]))]
        target = max(at + 1 + data[at] + check.post_offset, 0)
        return [(target, values)] if target <= len(data) else []
    found = [(end, values) for end in regex_places(check, expression, data, base)]
    if check.is_negated:
        return [] if found else stay
    return found


def exhaustive(checks, expressions, data, base, values):
    if not checks:
        return True
    return any(
        exhaustive(checks[1:], expressions[1:], data, end, kept)
        for end, kept in outcomes(checks[0], expressions[0], data, base, values)
    )


PATTERNS = ["a", "a", "b", "b", "ab", "aa", "ba", "|01|"]
DATA = b"aaaabbbbA\x00\x01\x02"


def content_option(random: Random, has_variable: bool) -> str:
    pattern = random.choice(PATTERNS)
    length = 1 if pattern == "|01|" else len(pattern)
    amounts = ["v", "v"] if has_variable else []
    text = f'content:{random.choice(["", "", "", "!"])}"{pattern}";'
    text += random.choice(["", "", "", " nocase;"])
    kind = random.choice(["plain", "absolute", "relative", "relative", "relative"])
    if kind == "absolute":
        if random.random() < 0.5:
            text += f" offset:{random.choice([*range(4), *amounts])};"
        if random.random() < 0.5:
            text += f" depth:{random.choice([*range(length, length + 4), *amounts])};"
    if kind == "relative":
        if random.random() < 0.6:
            text += f" distance:{random.choice([*range(-3, 4), *amounts])};"
        if random.random() < 0.5:
            text += f" within:{random.choice([*range(length, length + 3), *amounts])};"
    return text + random.choice(["", "", "", " endswith;"])


def other_option(random: Random, kind: str, has_variable: bool) -> tuple[str, str]:
    """Return an option that is no content, and its expression if it is a pcre."""
    relative = random.choice(["", ",relative", ",relative"])
    place = random.randint(-3, 4)
    if kind == "isdataat":
        place = random.choice(["0", "1", "2", "5", *(["v"] if has_variable else [])])
        return f"isdataat:{random.choice(['', '!'])}{place}{relative};", ""
    if kind == "pcre":
        expression = random.choice(EXPRESSIONS)
        return f'pcre:{random.choice(["", "", "", "!"])}"/{expression}/{"R" if relative else ""}";', expression
    if kind == "byte_test":
        return f"byte_test:1,<,{random.choice([1, 2, 98])},{place}{relative};", ""
    if kind == "byte_jump":
        return f"byte_jump:1,{place}{relative},post_offset {random.choice([0, -2, -97])};", ""
    return f"byte_extract:1,{place},v{relative};", ""


def random_rule(random: Random) -> tuple[str, list[str]]:
    """Return the options of a rule, and for each of them the expression if it is a pcre."""
    options = [content_option(random, False)]
    expressions = [""]
    has_variable = False
    for _ in range(random.randint(1, 4)):
        kind = random.choice(["content"] * 5 + ["isdataat", "pcre", "byte_test", "byte_jump", "byte_extract"])
        if kind == "content":
            option, expression = content_option(random, has_variable), ""
        else:
            option, expression = other_option(random, kind, has_variable)
        has_variable = has_variable or kind == "byte_extract"
        options.append(option)
        expressions.append(expression)
    return " ".join(options), expressions


def random_data(random: Random) -> bytes:
    return bytes(random.choice(DATA) for _ in range(random.randint(0, 12)))


def check_rule(random: Random, n_datas: int) -> None:
    options, expressions = random_rule(random)
    rule, planned = build(options), build(options)
    plan(planned.inspections[0].checks)
    checks = rule.inspections[0].checks
    for _ in range(n_datas):
        data = random_data(random)
        expected = exhaustive(checks, expressions, data, 0, (0,) * rule.n_values)
        assert matches(rule, data) == expected, (options, data)
        assert matches(planned, data) == expected, (options, data)


@settings(max_examples=200, deadline=None)
@given(st.randoms())
def test_as_exhaustive_search(random):
    check_rule(random, 4)


def test_as_exhaustive_search_often():
    for seed in range(5000):
        check_rule(Random(seed), 8)


STEPS = [
    # options                                                                                              tries
    ('content:"a"; content:"a"; distance:0; content:"a"; distance:0; content:"b"; distance:0;',            4),
    ('content:"a"; content:"a"; distance:0; isdataat:50000,relative; content:"b"; distance:0;',            3),
    ('content:"a"; content:"b";',                                                                          2),
    ('content:"a"; content:"a"; distance:0; content:"b";',                                                 3),
    ('content:"a"; content:"b"; depth:4;',                                                                 2),
]  # fmt: skip


@pytest.mark.parametrize(("options", "n_steps"), STEPS, ids=[row[0] for row in STEPS])
def test_plan_saves_steps(options, n_steps):
    rule = build(options)
    checks = rule.inspections[0].checks
    plan(checks)
    cursor = cursor_for(rule, b"a" * 10_000, steps=3000)
    assert not holds(checks, cursor)
    assert not cursor.is_exhausted
    assert cursor.steps == 3000 - n_steps


HOSTILE = [
    'content:"a"; content:"a"; within:9; content:"a"; within:9; content:"b"; within:9;',
    'content:"a"; pcre:"/a.*?a/R"; content:"b"; within:1;',
    'content:"a"; byte_test:1,=,0x62,0,relative;',
    'pcre:"/a/"; content:"a"; distance:1; within:5; byte_jump:1,0,relative; content:"b"; within:1;',
]


@pytest.mark.parametrize("options", HOSTILE)
def test_steps_are_bounded(options):
    rule = build(options)
    plan(rule.inspections[0].checks)
    cursor = cursor_for(rule, b"a" * 60_000, steps=3000)
    begin = time.monotonic()
    assert not holds(rule.inspections[0].checks, cursor)
    assert cursor.is_exhausted
    assert time.monotonic() - begin < 2.0


def test_the_last_step_counts():
    rule = build('content:"a"; content:"b"; within:1;')
    checks = rule.inspections[0].checks
    data = b"aaab"  # the third a is the one: a, b; a, b; a, b
    for steps in range(8):
        cursor = cursor_for(rule, data, steps=steps)
        assert holds(checks, cursor) == (steps >= 6)
        assert cursor.is_exhausted == (steps < 6)


def test_a_later_match_may_end_earlier():
    rule = build('pcre:"/ab.*A|b/"; content:"a"; distance:0;')
    assert matches(rule, b"abaA")  # not after abaA, but after b
    plan(rule.inspections[0].checks)
    assert matches(rule, b"abaA")
