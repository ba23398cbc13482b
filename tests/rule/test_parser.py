"""The grammar of rules: what loads and as what, what fails and where, and that nothing else comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.rule.classification import Classtype
from vids.engine.rule.error import RuleError
from vids.engine.rule.language import REGISTRY, WAITING
from vids.engine.rule.parser import RuleParser
from vids.engine.rule.rule import TO_CLIENT, TO_SERVER, Rule

HEADER = "alert tcp any any -> any any "
CLASSTYPES = {"misc-attack": Classtype("Misc Attack", 2)}


def parser() -> RuleParser:
    return RuleParser({"HOME_NET": "10.0.0.0/8"}, {"HTTP_PORTS": "80"}, CLASSTYPES, {"url": "https://"})


def rule_of(options: str, header: str = HEADER) -> Rule:
    return parser().parse(f"{header}({options})")


FIELDS = [
    # options                                          field            value
    ('msg:"a b"; sid:1;',                              "msg",           "a b"),
    (r'msg:"a\;b\"c\\d\:e"; sid:1;',                   "msg",           'a;b"c\\d:e'),
    ('msg:"a\udcffb"; sid:1;',                         "msg",           "a\ufffdb"),
    ('msg : "x" ; sid : 1 ;',                          "msg",           "x"),
    ('MSG:"x"; Sid:1;',                                "msg",           "x"),
    ("sid:4294967295;",                                "sid",           4294967295),
    ("sid:1; gid:7;",                                  "gid",           7),
    ("sid:1;",                                         "gid",           1),
    ("sid:1; rev:3;",                                  "rev",           3),
    ("sid:1;",                                         "priority",      3),
    ("sid:1; classtype:misc-attack;",                  "priority",      2),
    ("sid:1; classtype:Misc-Attack;",                  "category",      "Misc Attack"),
    ("sid:1; classtype:misc-attack; priority:1;",      "priority",      1),
    ("sid:1; priority:1; classtype:misc-attack;",      "priority",      1),
    ("sid:1; priority:3; priority:2;",                 "priority",      2),
    ("sid:1; classtype:new;",                          "priority",      3),
    ("sid:1; reference:url,a.b/c; reference:CVE, 1;",  "references",    [("url", "a.b/c"), ("cve", "1")]),
    ("sid:1; metadata:a b, c d e; metadata:a f;",      "metadata",      {"a": ["b", "f"], "c": ["d e"]}),
    ("sid:1; metadata:alone;",                         "metadata",      {}),
    ("sid:1; target:dest_ip;",                         "target",        "dest_ip"),
    ("sid:1; flow:to_server;",                         "sides",         TO_SERVER),
    ("sid:1; flow:established,from_server;",           "sides",         TO_CLIENT),
    ("sid:1; flow:established;",                       "sides",         TO_SERVER | TO_CLIENT),
    ("sid:1; flow:only_stream;",                       "needs_stream",  True),
    ("sid:1; flow:no_stream;",                         "needs_packet",  True),
    ("sid:1; ttl:64;",                                 "needs_packet",  True),
    ("sid:1; dsize:3;",                                "needs_packet",  True),
    ("sid:1; flowbits:noalert;",                       "is_noalert",    True),
    ("sid:1; noalert;",                                "is_noalert",    True),
    ("sid:1; noalert; alert;",                         "is_noalert",    False),
    ("sid:1; noalert; alert;",                         "is_alert_forced", True),
    ("sid:1; alert; noalert;",                         "is_alert_forced", False),
    ("sid:1; requires:version >= 8;",                  "skipped",       ""),
    ("sid:1; requires:version > 7 < 8 | >= 8.0.3;",    "skipped",       ""),
    ("sid:1; requires:version >= 99;",                 "skipped",       "version >= 99"),
    ("sid:1; requires:keyword content;",               "skipped",       ""),
    ("sid:1; requires:keyword nope; nope:1;",          "skipped",       "keyword nope"),
    ("nope:1; content:x; requires:feature lua; sid:1;", "skipped",      "feature lua"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "field", "value"), FIELDS, ids=[f[0] for f in FIELDS])
def test_field(options: str, field: str, value: object) -> None:
    assert getattr(rule_of(options), field) == value


THRESHOLDS = [
    # option                                                                     kind, track, count, seconds, multiplier
    ("threshold:type limit, track by_src, count 1, seconds 60",                  ("limit", "by_src", 1, 60, 0)),
    ("threshold: type both,track by_dst,count 5,seconds 60 ",                    ("both", "by_dst", 5, 60, 0)),
    ("threshold:type threshold, seconds 1m, count 2, track by_both",             ("threshold", "by_both", 2, 60, 0)),
    ("threshold:type limit, track by_rule, count 1, seconds 2h",                 ("limit", "by_rule", 1, 7200, 0)),
    ("threshold:type backoff, track by_flow, count 1, multiplier 10",            ("backoff", "by_flow", 1, 0, 10)),
    ("detection_filter:track by_src, count 3, seconds 9", ("detection_filter", "by_src", 3, 9, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("option", "expected"), THRESHOLDS)
def test_threshold(option: str, expected: tuple[str, str, int, int, int]) -> None:
    threshold = rule_of(f"{option}; sid:1;").threshold
    assert threshold is not None
    found = (threshold.kind, threshold.track, threshold.count, threshold.seconds, threshold.multiplier)
    assert found == expected


HEADERS = [
    # header                                       field               value
    ("ALERT TCP any any -> any any",               "protocol",         "tcp"),
    ("rejectboth tcp any any -> any any",          "action",           "rejectboth"),
    ("pass ip any any -> any any",                 "action",           "pass"),
    ("alert  udp\tany any  -> any any",            "protocol",         "udp"),
    ("alert tcp any any <> any any",               "is_bidirectional", True),
    ("alert tcp any any -> any any",               "has_ports",        False),
    ("alert tcp any any -> any 80",                "has_ports",        True),
    ("alert ip any any -> any 80",                 "has_ports",        True),
    ("alert ip6 any any -> any any",               "ip_version",       6),
    ("alert icmpv4 any any -> any any",            "ip_version",       4),
    ("alert tcp-pkt any any -> any any",           "needs_packet",     True),
    ("alert tcp-stream any any -> any any",        "needs_stream",     True),
    ("alert tcp [10.0.0.1, 10.0.0.2] any -> $HOME_NET $HTTP_PORTS", "waiting", []),
    ("alert modbus any any -> any any",            "waiting",          ["protocol modbus"]),
    ("config tcp any any -> any any",              "action",           "config"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "field", "value"), HEADERS, ids=[h[0] for h in HEADERS])
def test_header(header: str, field: str, value: object) -> None:
    assert getattr(rule_of("sid:1;", header + " "), field) == value


BUFFERS = [
    # options                                                       buffers of the contents          waiting
    ('content:"a"; content:"b";',                                   [("", b"a"), ("", b"b")],        []),
    ('http.uri; content:"a"; content:"b";', [("http.uri", b"a"), ("http.uri", b"b")], []),
    ('http.uri; content:"a"; pkt_data; content:"b";',               [("http.uri", b"a"), ("", b"b")], []),
    ('file_data; content:"a";',                                     [("file.data", b"a")],           []),
    ('content:"a"; http_uri; content:"b";',                         [("http.uri", b"a"), ("", b"b")], []),
    ('uricontent:"a"; nocase;',                                     [("http.uri", b"a")],            []),
    ('dns.query; dotprefix; content:".a";', [("dns.query", b".a")], []),
    ('tcp.hdr; content:"a"; to_md5; content:"b"; tcp.hdr; content:"c";',
     [("tcp.hdr", b"a"), ("tcp.hdr", b"c"), ("tcp.hdr", b"b")], []),
    ('tls.sni; bsize:3;',                                           [],                              []),
    ('http.content_type:to_server; content:"a";', [("http.content_type", b"a")], []),
    ('ssh.proto; content:"a";', [("ssh.proto", b"a")], ["ssh.proto"]),
    ('content:"a"; http_uri; isdataat:2,relative;', [("http.uri", b"a")], []),
    ('content:"a"; xbits:set,b,track tx;', [("", b"a")], ["xbits:track tx"]),
    ("stream_size:server,<,6; flow:only_frag;", [], []),
]  # fmt: skip


@pytest.mark.parametrize(("options", "contents", "waiting"), BUFFERS, ids=[b[0] for b in BUFFERS])
def test_buffers(options: str, contents: list[tuple[str, bytes]], waiting: list[str]) -> None:
    rule = rule_of(f"{options} sid:1;")
    found = [(place.buffer, content.pattern) for place in rule.inspections for content in place.contents()]
    assert sorted(found) == sorted(contents)
    assert rule.waiting == waiting


def test_modifiers_after_an_old_buffer_change_its_content() -> None:
    rule = rule_of('content:"a"; content:"B"; http_header; nocase; content:"C"; sid:1;')
    contents = {c.pattern: c.is_nocase for place in rule.inspections for c in place.contents()}
    assert contents == {b"a": False, b"B": True, b"C": False}


def test_flowbits_share_numbers() -> None:
    reader = parser()
    first = reader.parse(HEADER + "(flowbits:set,a; flowbits:isset,b|a; sid:1;)")
    second = reader.parse(HEADER + "(flowbits:isnotset,a; sid:2;)")
    assert [effect.number for effect in first.effects] == [0]
    assert [check.numbers for check in first.checks + second.checks] == [[1, 0], [0]]
    assert [reader.names.flowbits.name(n) for n in (0, 1)] == ["a", "b"]


LIMIT = "threshold:type limit,track by_src,count 1,seconds 1;"
ERRORS = [
    # rule                                                       column, keyword, part of the message: all problems
    (HEADER + "()",                                              [(31, "sid", "has no sid")]),
    (HEADER + "(sid:0;)",                                        [(31, "sid", "out of range")]),
    (HEADER + "(sid:1; sid:2;)",                                 [(38, "sid", "twice")]),
    (HEADER + '(msg:"a"; msg:"b"; sid:1;)',                      [(40, "msg", "twice")]),
    (HEADER + "(rev:0; sid:1;)",                                 [(31, "rev", "out of range")]),
    (HEADER + "(priority:256; sid:1;)",                          [(31, "priority", "out of range")]),
    (HEADER + "(flow:to_server; flow:established; sid:1;)",      [(47, "flow", "twice")]),
    (HEADER + '(msg:"a;b"; sid:1;)', [(31, "msg", r"write \;"), (38, 'b"', "not a keyword")]),
    (HEADER + "(flwo:established; sid:1;)",                      [(31, "flwo", "did you mean flow?")]),
    (HEADER + "(zzzzzzzz; sid:1;)",                              [(31, "zzzzzzzz", "vids keywords")]),
    (HEADER + "(http.uri:x; sid:1;)",                            [(31, "http.uri", "takes no value")]),
    (HEADER + "(http.uri; sid:1;)",                              [(31, "http.uri", "no option looks into http.uri")]),
    (HEADER + '(http.uri; http.method; content:"a"; sid:1;)',    [(31, "http.uri", "no option looks into http.uri")]),
    (HEADER + '(content:"a"; http.uri; sid:1;)',                 [(44, "http.uri", "no option looks into http.uri")]),
    (HEADER + '(http.uri; content:"a"; http_uri; sid:1;)',       [(54, "http_uri", "sticky buffer")]),
    (HEADER + "(http_uri; sid:1;)",                              [(31, "http_uri", "needs a content")]),
    (HEADER + '(http.uri; content:"a"; http.method; nocase; sid:1;)', [(67, "nocase", "needs a content")]),
    (HEADER + '(http.host; content:"A"; sid:1;)',                [(42, "content", "lower case")]),
    (HEADER + '(http.host; content:"a"; nocase; sid:1;)',        [(55, "nocase", "lower case already")]),
    (HEADER + '(content:"a"; nocase; http_host; sid:1;)',        [(52, "http_host", "lower case already")]),
    (HEADER + '(base64_decode; base64_data; content:"a"; fast_pattern; sid:1;)', [(72, "fast_pattern", "base64_data")]),
    (HEADER + "(base64_data; sid:1;)",                           [(31, "base64_data", "base64_decode before it")]),
    (HEADER + "(udp.hdr; bsize:8; sid:1;)",                      [(31, "udp.hdr", "no packet of a rule on tcp")]),
    (HEADER + "(tcp.hdr; to_md5; sid:1;)",                       [(40, "to_md5", "no option looks into")]),
    (HEADER + '(dsize:3; http.uri; content:"a"; sid:1;)',        [(31, "dsize", "single packets")]),
    (HEADER + "(dotprefix; sid:1;)",                             [(31, "dotprefix", "needs a sticky buffer")]),
    (HEADER + "(prefilter; sid:1;)",                             [(31, "prefilter", "needs an option")]),
    (HEADER + "(mqtt.type; sid:1;)",                             [(31, "mqtt.type", "needs a value")]),
    (HEADER + f"({LIMIT} detection_filter:track by_src,count 1,seconds 1; sid:1;)",
                                                                 [(84, "detection_filter", "exclude each other")]),
    (HEADER + "(flwo:x; ttl:256; sid:0;)", [(31, "flwo", "flow"), (39, "ttl", "255"), (48, "sid", "range")]),
    ("alert tcp any any <- any any (sid:1;)",                    [(19, "", "swap both ends")]),
    ("alert tcp any any >> any any (sid:1;)",                    [(19, "", "not a direction")]),
    ("alret tcp any any -> any any (sid:1;)",                    [(1, "", "did you mean alert?")]),
    ("alert tpc any any -> any any (sid:1;)",                    [(7, "", "did you mean tcp?")]),
    ("alert tcp !any any -> any any (sid:1;)",                   [(11, "", "leaves no address")]),
    ("alert tcp any x -> $NOPE 1-2 (sid:1;)", [(15, "", "not a port"), (20, "", "NOPE"), (26, "", "not a port")]),
    ("alert tcp any any -> any (sid:1;)",                        [(22, "", "6 fields")]),
    ("alert tcp any any->any any (sid:1;)",                      [(24, "", "5 fields")]),
    ("alert tls: any any -> any any (sid:1;)",                   [(7, "", "hook")]),
    ("(sid:1;)",                                                 [(1, "", "0 fields")]),
    (HEADER + "(sid:1)",                                         [(31, "", "`;` behind the last")]),
    (HEADER + "(sid:1;",                                         [(36, "", "parenthesis")]),
    (HEADER + "(;sid:1;)",                                       [(31, "", "empty")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ERRORS, ids=[e[0].removeprefix(HEADER) for e in ERRORS])
def test_error(text: str, expected: list[tuple[int, str, str]]) -> None:
    reader = parser()
    with pytest.raises(RuleError) as caught:
        reader.parse(text)
    assert caught.value is reader.problems[0]
    assert [(error.column, error.keyword) for error in reader.problems] == [(c, k) for c, k, _ in expected]
    for error, (_, _, message) in zip(reader.problems, expected, strict=True):
        assert message in error.message


def test_header_alone() -> None:
    reader = parser()
    reader.read("alert tcp any any -> any any")
    assert [error.column for error in reader.problems] == [28, 28]
    assert "no options" in reader.problems[0].message


WARNINGS = [
    ("classtype:new; sid:1;",                                  31, "classification.config"),
    ("reference:nope,1; sid:1;",                               31, "reference.config"),
    ("classtype:misc-attack; classtype:misc-attack; sid:1;",   54, "second classtype"),
    ("priority:1; priority:2; sid:1;",                         43, "second priority"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "column", "message"), WARNINGS)
def test_warning(options: str, column: int, message: str) -> None:
    reader = parser()
    reader.parse(f"{HEADER}({options})")
    (warning,) = reader.warnings
    assert warning.column == column
    assert message in warning.message


NAMES = st.sampled_from([*REGISTRY, *WAITING])
VALUES = st.one_of(
    st.text(max_size=12),
    st.text(alphabet='"!|<>=,/\\-0123456789abcdefx :.()', max_size=30),
    st.sampled_from(['"a"', '!"|61|b"', '"/a/iR"', "1", "set,a", "isset,a|b", "4,0,relative", "type limit", ">1,all"]),
)
OPTION = st.one_of(
    st.tuples(NAMES, VALUES).map(lambda pair: f"{pair[0]}:{pair[1]}; "), NAMES.map(lambda name: f"{name}; ")
)
OPTIONS = st.lists(OPTION, max_size=8).map("".join)


@given(OPTIONS)
def test_options_survive_anything(options: str) -> None:
    reader = parser()
    rule = reader.read(f"{HEADER}({options}sid:1;)")
    assert all(error.message and error.column > 0 for error in reader.problems)
    assert reader.problems or rule.sid == 1


@given(st.text(max_size=80), st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_text_survives_anything(header: str, options: str) -> None:
    for text in (
        header,
        f"{header}({options})",
        f"{HEADER}({options}",
        header.encode("utf-16", "surrogatepass").decode("utf-8", "surrogateescape"),
    ):
        reader = parser()
        try:
            reader.parse(text)
        except RuleError as error:
            assert error.message
