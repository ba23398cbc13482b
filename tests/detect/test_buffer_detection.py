"""Rules on packets, one after the other: header buffers, decoded bytes, and what rules remember."""

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_stream_detection import CLIENT, SERVER, Talk, engine_of

from vids.engine.batch import batch_of
from vids.engine.event import Alert, TaggedPacket

A, B, C = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]), bytes([10, 0, 0, 3])
SECOND = 1_000_000_000


def frame(payload=b"x", source=A, destination=B, sport=1000, dport=53):
    udp = dpkt.udp.UDP(sport=sport, dport=dport, data=payload)
    udp.ulen = len(udp)
    ip = dpkt.ip.IP(src=source, dst=destination, p=17, ttl=64, id=7, data=udp)
    ip.len = len(ip)
    return bytes(dpkt.ethernet.Ethernet(dst=b"\2" * 6, src=b"\4" * 6, type=0x0800, data=ip))


def events_of(rules, *frames, step_s=1):
    """Return the events of frames, so many seconds apart, under these rules."""
    text = "\n".join(f"alert {rule.replace('(', 'any any -> any any (')}" for rule in rules)
    engine = engine_of(text)
    return engine.feed(batch_of([(1_700_000_000 * SECOND + i * step_s * SECOND, f) for i, f in enumerate(frames)]))


def told(rules, *frames, step_s=1):
    """Return (packet, sid) of each alert."""
    return [(e.number, e.rule.sid) for e in events_of(rules, *frames, step_s=step_s) if isinstance(e, Alert)]


RULES = [
    # rule                                                                                            holds
    ('udp (udp.hdr; bsize:8; content:"|03 e8 00 35|"; startswith; sid:1;)',                           True),
    ('udp (udp.hdr; content:"|35 00|"; content:"|00 09|"; distance:-1; within:2; sid:1;)',            True),
    ('udp (ipv4.hdr; content:"|0a 00 00 02|"; endswith; udp.hdr; content:"x"; pkt_data; sid:1;)', False),
    ('udp (ipv4.hdr; content:"|0a 00 00 02|"; endswith; udp.hdr; content:"|35|"; pkt_data; content:"x"; sid:1;)', True),
    ('ip (ipv6.hdr; content:"|60|"; sid:1;)',                                                         False),
    ('ip (ipv6.hdr; absent; sid:1;)',                                                                 True),
    ('ip (ipv6.hdr; absent:or_else; content:"|60|"; sid:1;)',                                         True),
    ('ip (ipv4.hdr; absent; sid:1;)',                                                                 False),
    ('ip (ipv4.hdr; absent:or_else; content:"|45|"; startswith; sid:1;)',                             True),
    ('ip (ipv4.hdr; absent:or_else; content:"|46|"; startswith; sid:1;)',                             False),
    ('udp (ip.src; content:"|0a 00 00 01|"; sid:1;)',                                                 True),
    ('udp (ip.dst; to_md5; bsize:16; sid:1;)',                                                        True),
    ('udp (udp.hdr; content:"|03|"; to_uppercase; bsize:8; sid:1;)',                                  True),
    # a number of one buffer is used in another, in the order of the rule
    ('udp (udp.hdr; byte_extract:2,2,port; ipv4.hdr; byte_test:1,<,port,9; sid:1;)',                  True),
    ('udp (udp.hdr; byte_extract:2,2,port; ipv4.hdr; byte_test:1,>,port,9; sid:1;)',                  False),
    ('udp (udp.hdr; byte_math:bytes 2,offset 4,oper -,rvalue 9,result n; pkt_data; isdataat:n; sid:1;)', True),
    ('udp (udp.hdr; byte_math:bytes 2,offset 4,oper -,rvalue 8,result n; pkt_data; isdataat:n; sid:1;)', False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "holds"), RULES, ids=[r[0] for r in RULES])
def test_buffers_of_headers(rule, holds):
    assert told([rule], frame()) == ([(1, 1)] if holds else [])


BASE64 = [
    # options                                                                            payload                 holds
    ('content:"k="; base64_decode:relative; base64_data; content:"abc"; endswith;',      b"k=YWJj;",             True),
    ('content:"k="; base64_decode:relative; base64_data; content:"abd";',                b"k=YWJj;",             False),
    ('content:"k="; base64_decode:relative; base64_data; content:"abc";',                b"k=eHh4;k=YWJj",       True),
    ('content:"k="; base64_decode:relative; base64_data; content:"abc";',                b"k=!;k=!;k=YWJj",      True),
    ('base64_decode:bytes 4,offset 2; base64_data; bsize:3;',                            b"!!YWJjYWJj",          True),
    ('base64_decode; base64_data; content:"a"; content:"c"; distance:1; within:1;',      b"YWJj",                True),
    ('base64_decode; base64_data; to_md5; bsize:16;',                                    b"YWJj",                True),
    ('content:"k="; base64_decode:relative; content:"zz";',                              b"k=YWJjzz",            True),
    ('byte_extract:1,0,n; base64_decode:offset 1; base64_data; byte_test:1,=,n,0;',      b"aYWJj",               True),
    ('byte_extract:1,0,n; base64_decode:offset 1; base64_data; byte_test:1,=,n,0;',      b"bYWJj",               False),
]  # fmt: skip


@pytest.mark.parametrize(("options", "payload", "holds"), BASE64)
def test_decoded_bytes(options, payload, holds):
    assert told([f"udp ({options} sid:1;)"], frame(payload)) == ([(1, 1)] if holds else [])


def test_base64_that_comes_in_two_segments_is_found_once():
    engine = engine_of('alert tcp any any -> any any (content:"k="; base64_decode:relative; base64_data; '
                       'content:"abcabc"; sid:1;)')  # fmt: skip
    talk = Talk((CLIENT, b"k=YWJj"), (SERVER, b"ok"), (CLIENT, b"YWJj;"), (SERVER, b"ok"), (CLIENT, b"more"))
    events = engine.feed(batch_of(talk.frames)) + engine.close()
    assert sum(isinstance(event, Alert) for event in events) == 1


def test_a_header_rule_asks_every_packet_and_no_stream():
    engine = engine_of('alert tcp any any -> any any (tcp.hdr; content:"|50 18|"; offset:12; depth:2; sid:1;)')
    events = engine.feed(batch_of(Talk((CLIENT, b"a"), (SERVER, b"b")).frames)) + engine.close()
    assert [event.number for event in events if isinstance(event, Alert)] == [4, 6]


def test_stream_size_and_events():
    talk = Talk((CLIENT, b"0123456789"), (SERVER, b"abc"))
    talk.seq[CLIENT] += 1_000_000
    talk.say(CLIENT, b"far out of the window")
    engine = engine_of("alert tcp any any -> any any (stream_size:client,=,11; sid:1;)\n"
                       "alert tcp any any -> any any (stream-event:est_packet_out_of_window; sid:2;)")  # fmt: skip
    events = engine.feed(batch_of(talk.frames)) + engine.close()
    found = [(event.number, event.rule.sid) for event in events if isinstance(event, Alert)]
    assert found[:4] == [(4, 1), (5, 1), (6, 1), (7, 1)]
    assert [number for number, sid in found if sid == 2] == [8]


ASK = 'udp (content:"ask"; xbits:isset,seen,track {}; sid:1;)'
SET = 'udp (content:"set"; xbits:set,seen,track {},expire 10; noalert; sid:2;)'
XBITS = [
    # track      who is set                 who is asked               after (s)   is it set
    ("ip_src",   (A, B),                    (A, C),                    5,          True),
    ("ip_src",   (A, B),                    (B, A),                    5,          False),
    ("ip_dst",   (A, B),                    (C, B),                    5,          True),
    ("ip_pair",  (A, B),                    (B, A),                    5,          True),
    ("ip_pair",  (A, B),                    (A, C),                    5,          False),
    ("ip_src",   (A, B),                    (A, B),                    10,         True),
    ("ip_src",   (A, B),                    (A, B),                    11,         False),
]  # fmt: skip


@pytest.mark.parametrize(("track", "one", "other", "after", "is_set"), XBITS)
def test_bits_of_hosts(track, one, other, after, is_set):
    rules = [ASK.format(track), SET.format(track)]
    assert told(rules, frame(b"set", *one), frame(b"ask", *other), step_s=after) == ([(2, 1)] if is_set else [])


def test_who_sets_comes_before_who_asks_in_the_same_packet():
    rules = [
        'udp (content:"x"; flowint:nn,==,1; flowint:mm,=,5; sid:1;)',
        'udp (content:"x"; flowint:nn,+,1; sid:2;)',
        'udp (content:"x"; flowint:mm,isset; xbits:set,bit,track ip_src; sid:3;)',
        'udp (content:"x"; hostbits:isset,bit; sid:4;)',
    ]
    assert told(rules, frame()) == [(1, 2), (1, 1), (1, 3), (1, 4)]


NUMBERS = st.lists(
    st.tuples(st.sampled_from("=+-"), st.sampled_from(["aa", "bb"]), st.sampled_from([0, 1, 7, 2**32 - 1])), max_size=12
)


@given(NUMBERS)
def test_flowints_are_a_dict_of_32_bits(steps):
    rules = []
    for n, (operation, name, value) in enumerate(steps):
        rules.append(f'udp (content:"s{n:02}"; flowint:{name},{operation},{value}; noalert; sid:{n + 1};)')
    rules.append('udp (content:"end"; sid:900;)')
    frames = [frame(b"s%02d" % n) for n in range(len(steps))] + [frame(b"end")]
    model = {}
    for operation, name, value in steps:
        if operation == "=":
            model[name] = value
        elif operation == "+":
            model[name] = (model.get(name, 0) + value) % 2**32
        elif name in model:
            model[name] = (model[name] - value) % 2**32
    assert [e.flowints for e in events_of(rules, *frames) if isinstance(e, Alert)] == [model]


def test_packets_behind_a_tag_are_records():
    events = events_of(['udp (content:"tag"; tag:session,3,packets; sid:1;)'], frame(b"tag"), *[frame()] * 4)
    assert [(type(e), e.number) for e in events] == [(Alert, 1), (TaggedPacket, 2), (TaggedPacket, 3)]
    assert events[1].packet == frame()


def test_entropy_is_told():
    events = events_of(['udp (content:"ab"; entropy:value > 1; sid:1;)'], frame(b"abab"), frame(b"abcdabcd"))
    assert [(e.number, e.entropy) for e in events if isinstance(e, Alert)] == [(2, {"content": 2.0})]


def test_a_data_set_grows_and_tells_news():
    rules = [
        "udp (ip.src; dataset:set,seen,type ip; sid:1;)",
        'udp (content:"forget"; ip.src; dataset:unset,seen; sid:2;)',
        "udp (ip.dst; dataset:isset,seen; sid:3;)",
        "udp (ip.dst; to_md5; dataset:isnotset,hashes,type md5; sid:4;)",
    ]
    frames = [frame(), frame(), frame(b"forget"), frame(), frame(source=B, destination=A)]
    found = told(rules, *frames)
    assert [pair for pair in found if pair[1] != 4] == [(1, 1), (3, 2), (4, 1), (5, 1), (5, 3)]
    assert [number for number, sid in found if sid == 4] == [1, 2, 3, 4, 5]
