"""Each payload keyword's own table of cases, and what its grammar and its place in a rule refuse."""

import pytest
from payload_rule import KEYWORDS, build, cursor_for, matches

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import REGISTRY, PayloadCheck
from vids.engine.rule.rule import Rule

CLASSES = [REGISTRY[name] for name in KEYWORDS]
CASES = [(cls, *case) for cls in CLASSES if issubclass(cls, PayloadCheck) for case in cls.cases]
ERRORS = [(cls, *error) for cls in CLASSES for error in cls.errors]


@pytest.mark.parametrize(("cls", "value", "facts", "expected"), CASES, ids=[f"{c[0].name}:{c[1]}" for c in CASES])
def test_case(cls, value, facts, expected):
    cursor = cursor_for(Rule(), facts["data"])
    assert cls.parse(value).seek(cursor, facts.get("at", 0), -1) == expected


@pytest.mark.parametrize(("cls", "value", "part"), ERRORS, ids=[f"{e[0].name}:{e[1]}" for e in ERRORS])
def test_grammar(cls, value, part):
    with pytest.raises(RuleError) as caught:
        cls.parse(value)
    assert part in caught.value.message


@pytest.mark.parametrize("name", KEYWORDS)
def test_documented(name):
    cls = REGISTRY[name]
    assert cls.syntax.startswith(name)
    assert cls.source
    if issubclass(cls, PayloadCheck):
        assert {True, False} == {case[2] for case in cls.cases}


REFUSED = [
    # options                                                      part of the message
    ("depth:4;",                                                   "needs a content"),
    ('content:"abc"; depth:2;',                                    "smaller than the content"),
    ('content:"abc"; depth:3; depth:3;',                           "already"),
    ('content:"abc"; offset:1; offset:2;',                         "already"),
    ('content:"abc"; distance:1; distance:1;',                     "already"),
    ('content:"abc"; within:3; within:3;',                         "already"),
    ('content:"abc"; within:2;',                                   "smaller than the content"),
    ('content:"abc"; within:-3;',                                  "smaller than the content"),
    ('content:"abc"; within:3; depth:3;',                          "cannot join distance or within"),
    ('content:"abc"; distance:0; offset:3;',                       "cannot join distance or within"),
    ('content:"abc"; depth:3; within:3;',                          "cannot join depth"),
    ('content:"abc"; offset:3; distance:3;',                       "cannot join depth"),
    ('content:"abc"; startswith; distance:3;',                     "cannot join depth"),
    ('content:"abc"; distance:3; startswith;',                     "cannot join distance or within"),
    ('content:"abc"; startswith; depth:3;',                        "already"),
    ('content:"abc"; startswith; offset:0;',                       "startswith"),
    ('content:"abc"; depth:3; startswith;',                        "already"),
    ('content:"abc"; offset:3; startswith;',                       "already"),
    ('content:"abc"; startswith; startswith;',                     "already"),
    ('content:"abc"; nocase; nocase;',                             "already"),
    ('content:"abc"; depth:v;',                                    "'v' is not set"),
    ('content:"abc"; within:v;',                                   "'v' is not set"),
    ('content:"abc"; offset:v; byte_extract:1,0,v;',               "'v' is not set"),
    ('byte_extract:1,0,v; content:"abc"; depth:v; startswith;',    "already"),
    ("isdataat:v;",                                                "'v' is not set"),
    ("byte_test:1,=,v,0;",                                         "'v' is not set"),
    ("byte_jump:1,v;",                                             "'v' is not set"),
    ("byte_math:bytes v,offset 0,oper +,rvalue 1,result w;",       "'v' is not set"),
    ('content:!"abc"; depth:4; fast_pattern;',                     "negated content"),
    ('content:!"abc"; startswith; fast_pattern;',                  "negated content"),
    ('content:!"abc"; fast_pattern; distance:0;',                  "negated content"),
    ('content:!"abc"; fast_pattern:only;',                         "negated content"),
    ('content:"abc"; depth:4; fast_pattern:only;',                 "only"),
    ('content:"abc"; fast_pattern:only; depth:4;',                 "only"),
    ('content:"abc"; fast_pattern:only; content:"b"; distance:0;', "only"),
    ('content:"abc"; fast_pattern:0,4;',                           "behind the content's 3 bytes"),
    ('content:"abc"; fast_pattern; fast_pattern;',                 "already"),
    ('content:"abc"; fast_pattern; content:"b"; fast_pattern:0,1;', "already"),
    ("bsize:5;",                                                   "sticky buffer"),
    ('pcre:"/a/R";',                                               "needs a content or pcre"),
    ('byte_jump:1,0; pcre:"/a/R";',                                "needs a content or pcre"),
    ('content:"a"; pcre:"/a/RU";',                                 "needs a content or pcre"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "part"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(options, part):
    with pytest.raises(RuleError) as caught:
        build(options)
    assert part in caught.value.message


ACCEPTED = [
    'content:"abc"; endswith; depth:8;',
    'content:"abc"; startswith; endswith;',
    'content:"abc"; distance:-5; within:3; endswith;',
    'content:"abc"; depth:0x10; offset:+2;',
    'content:"abc"; depth:010;',
    'content:"abc"; depth:3; offset:65535;',
    'content:!"abc"; fast_pattern;',
    'content:"abc"; fast_pattern:1,2;',
    'content:"a"; content:"abc"; fast_pattern:only; content:"b";',
    'content:"a"; pcre:"/b/"; depth:4;',
    "pcre:/Java/\\d/i;",
    'pcre:/Java/\\d/i";',
    'pcre:"!/Java/";',
    'byte_extract:1,0,v; byte_extract:1,1,v; content:"a"; within:v; distance:v;',
]


@pytest.mark.parametrize("options", ACCEPTED)
def test_accepted(options):
    assert build(options).inspections


BSIZE = [
    # options in a sticky buffer                                   accepted
    ('content:"abcdef"; bsize:5;',                                 False),
    ('content:"abcdef"; bsize:6;',                                 True),
    ('content:"abcdef"; bsize:<6;',                                False),
    ('content:"abcdef"; bsize:2<>7;',                              True),
    ('content:"abcdef"; bsize:2<>6;',                              False),
    ('content:"abcdef"; bsize:>2;',                                True),
    ('content:"abcdef"; bsize:!5;',                                True),
    ('content:!"abcdef"; bsize:5;',                                True),
    ('content:"abcd"; offset:2; bsize:5;',                         False),
    ('content:"ab"; content:"cdef"; bsize:5;',                     True),
    ('content:"ab"; content:"cdef"; distance:0; bsize:5;',         False),
    ('content:"ab"; content:"cdef"; distance:-1; bsize:5;',        True),
    ('content:"ab"; pcre:"/x/"; content:"cdef"; distance:0; bsize:5;', True),
]  # fmt: skip


@pytest.mark.parametrize(("options", "accepted"), BSIZE, ids=[row[0] for row in BSIZE])
def test_bsize_fits_contents(options, accepted):
    if accepted:
        build(options, "dns.query")
    else:
        with pytest.raises(RuleError, match="could never match"):
            build(options, "dns.query")


def test_fast_pattern_is_named():
    rule = build('content:"abcdef"; content:"ghijkl"; fast_pattern:2,3;')
    content = rule.fast_pattern
    assert content is not None
    assert (content.pattern, content.fast_offset, content.fast_length) == (b"ghijkl", 2, 3)
    assert content.is_fast_pattern


WAITING = [
    ('pcre:"/(?P<name>a)/";', []),
    ("byte_test:2,=,5,0,dce;", ["dce"]),
    ("byte_extract:2,0,v,dce;", ["dce"]),
    ("byte_jump:2,0,dce;", ["dce"]),
]


@pytest.mark.parametrize(("options", "waiting"), WAITING, ids=[row[0] for row in WAITING])
def test_waiting(options, waiting):
    assert build(options).waiting == waiting


def test_pcre_letter_opens_a_buffer():
    rule = build('content:"a"; pcre:"/b/U"; content:"c"; distance:0;')
    assert [(inspection.buffer, len(inspection.checks)) for inspection in rule.inspections] == [
        ("", 2),
        ("http.uri", 1),
    ]
    with pytest.raises(RuleError, match="pkt_data"):
        build('pcre:"/b/U";', "dns.query")


@pytest.mark.parametrize("buffer", ["file.data", "http.response_body"])
def test_pcre_letter_names_the_buffer_at_hand(buffer):
    rule = build('content:"a"; pcre:"/b/RQ";', buffer)
    assert [(inspection.buffer, len(inspection.checks)) for inspection in rule.inspections] == [(buffer, 2)]
    assert build('pcre:"/b/R";', buffer).inspections[0].checks[0].is_relative


ORIGIN = [
    # options                         data       bytes of the stream before it   holds
    ('content:"abc"; offset:10;',     b"xabc",   10, True),
    ('content:"abc"; offset:12;',     b"xabc",   10, False),
    ('content:"abc"; depth:14;',      b"xabc",   10, True),
    ('content:"abc"; depth:13;',      b"xabc",   10, False),
    ('content:"abc"; startswith;',    b"abc",    10, False),
    ('content:!"abc"; startswith;',   b"abc",    10, True),
    ('content:"abc"; distance:11;',   b"xabc",   10, True),
    ('content:"abc"; distance:12;',   b"xabc",   10, False),
    ('content:"abc"; within:14;',     b"xabc",   10, True),
    ('content:"abc"; within:13;',     b"xabc",   10, False),
    ('content:"x"; content:"abc"; distance:0; within:3;', b"xabc", 10, True),
    ("isdataat:13;",                  b"xabc",   10, True),
    ("isdataat:14;",                  b"xabc",   10, False),
    ("byte_test:1,=,0x61,11;",        b"xabc",   10, True),
    ("byte_test:1,=,0x61,1;",         b"xabc",   10, False),
    ("byte_test:1,=,0x61,11,relative;", b"xabc", 10, True),
    ('byte_jump:1,10,from_beginning; content:"abc"; within:3;', b"\x0babc", 10, True),
    ("byte_jump:1,10,from_beginning;", b"\x03abc", 10, False),
    ('byte_jump:1,10; content:"c"; within:1;', b"\x02abc", 10, True),
]  # fmt: skip


@pytest.mark.parametrize(("options", "data", "origin", "expected"), ORIGIN, ids=[row[0] for row in ORIGIN])
def test_places_count_from_the_start_of_the_stream(options, data, origin, expected):
    assert matches(build(options), data, origin) == expected
