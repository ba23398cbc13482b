"""Expressions: escapes as PCRE reads them, limits that hold, and where a search begins."""

import time

import pytest

from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keywords.pcre import Pcre
from vids.engine.rule.regex import Regex, plain_escapes

ESCAPES = [
    # expression        as the package must see it
    (rb"a\x41b",        rb"a\x41b"),
    (rb"a\x{41}b",      rb"a\x41b"),
    (rb"a\x2",          rb"a\x02"),
    (rb"a\x2g",         rb"a\x02g"),
    (rb"a\x",           rb"a\x00"),
    (rb"[\x2\x{7f}]",   rb"[\x02\x7f]"),
    (rb"\\x2",          rb"\\x2"),
    (rb"\\\x2",         rb"\\\x02"),
    (rb"\Q\x2\E\x2",    rb"\Q\x2\E\x02"),
    (rb"\Q\x2",         rb"\Q\x2"),
    (rb"a\Cb",          rb"a(?s:.)b"),
    (rb"plain\d",       rb"plain\d"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "plain"), ESCAPES)
def test_escapes(expression, plain):
    assert plain_escapes(expression) == plain


@pytest.mark.parametrize("expression", [rb"\x{100}", rb"\x{}", rb"\x{4", rb"\x{4g}", b"a(", b"[", b"*"])
def test_refused(expression):
    with pytest.raises(RuleError, match="does not compile"):
        Regex(expression, 0, False)


HARD = [
    # expression        what makes it hard
    ('"/(a+)+b/"',      b"a" * 5000 + b"c"),
    ('"/(?:a|b)*c/"',   b"ab" * 20_000 + b"c"),
    ('"/(a?){30}a{30}/"', b"a" * 29),
    ('"/(.*)(.*)(.*)(.*)x$/s"', b"a\n" * 3000),
    ('"/(*LIMIT_MATCH=4000000000)(a+)+b(*COMMIT)?/"', b"a" * 5000 + b"cb"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "data"), HARD, ids=[row[0] for row in HARD])
@pytest.mark.parametrize("negation", ["", "!"])
def test_limits(value, data, negation):
    cursor = Cursor()
    cursor.load(data, 0, 1)
    begin = time.monotonic()
    try:
        check = Pcre.parse(negation + value)
    except RuleError:
        return  # refused is as good
    held = check.seek(cursor, 0, -1)
    assert time.monotonic() - begin < 1.0
    if cursor.n_pcre_limits:
        assert not held  # gave up: neither found nor known to be absent


def test_a_limit_is_counted():
    cursor = Cursor()
    cursor.load(b"ab" * 20_000 + b"c", 0, 1)
    check = Pcre.parse('"/(?:a|b)*c/"')
    assert not check.seek(cursor, 0, -1)
    assert not check.seek(cursor, 0, -1)
    assert cursor.n_pcre_limits == 2


PLACES = [
    # value              base  resume  begin, end
    ('"/ab/"',           0,    -1,     (1, 3)),
    ('"/ab/"',           2,    -1,     (1, 3)),
    ('"/ab/"',           0,    2,      (4, 6)),
    ('"/ab/"',           0,    5,      None),
    ('"/ab/R"',          2,    -1,     (4, 6)),
    ('"/^b/R"',          2,    -1,     (2, 3)),
    ('"/^b/R"',          2,    3,      None),
    ('"/(?<=a)b/R"',     2,    -1,     (5, 6)),
    ('"/(?<=a)b/R"',     2,    3,      (5, 6)),
    ('"/x*/"',           0,    6,      (6, 6)),
    ('"/x*/"',           0,    7,      None),
    ('"/b/A"',           0,    2,      None),
    ('"/b  #/Ax"',       0,    -1,     None),
    ('"/x  #/Ax"',       0,    -1,     (0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("value", "base", "resume", "expected"), PLACES)
def test_place(value, base, resume, expected):
    cursor = Cursor()
    cursor.load(b"xabxab", 0, 1)
    found = Pcre.parse(value).seek(cursor, base, resume)
    assert ((cursor.begin, cursor.end) if found else None) == expected
