"""DNS in flows: who asks, over TCP in any pieces and with holes, and how it is told from other traffic."""

# ruff: noqa: E501  a table has one line per case

from __future__ import annotations

import pytest
from dns_build import RESPONSE, framed, message, name, query, resource
from hypothesis import given, settings
from hypothesis import strategies as st
from splitting import Ear, check_every_split, held_bytes, listen

from vids.engine.proto.dns.conversation import MAX_MESSAGES, MAX_SILENT
from vids.engine.proto.dns.protocol import SHORT, Dns, DnsOverTcp, Mdns
from vids.engine.proto.dns.stream import MAX_FAULTS, MAX_SEARCH
from vids.engine.proto.protocol import MAYBE, NO, YES

DNS, DNS_OVER_TCP = Dns([53]), DnsOverTcp([53])

Q = message(number=1)
R = message(RESPONSE, answers=[resource(1, b"\xc0\0\2\1")], number=1)
SIDES = [
    # what is said                   (to_server, message) ...                 side (to_server) and events of each
    ("ordinary",                     [(True, Q), (False, R)],                 [(True, []), (False, [])]),
    ("response first",               [(False, R), (True, Q)],                 [(False, []), (True, [])]),
    ("seen the wrong way round",     [(True, R), (False, Q), (True, R)],      [(False, []), (True, []), (False, [])]),
    ("response to the server",       [(True, Q), (True, R)],                  [(True, []), (False, ["not_request"])]),
    ("query to the client",          [(True, Q), (False, Q)],                 [(True, []), (True, ["not_response"])]),
    ("garbage to the client",        [(True, Q), (False, b"garbage")],        [(True, []), (False, ["malformed_data"])]),
    ("garbage, wrong way round",     [(True, R), (True, b"garbage")],         [(False, []), (False, ["malformed_data"])]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "expected"), [s[1:] for s in SIDES], ids=[s[0] for s in SIDES])
def test_sides(said, expected):
    for protocol, turns in ((DNS, said), (DNS_OVER_TCP, [(side, framed(data)) for side, data in said])):
        ear = listen(protocol, turns)
        assert [(tx.is_request, tx.events) for tx in ear.transactions.values()] == expected
        assert all(tx.is_complete() for tx in ear.transactions.values())


def test_an_odd_direction_is_told_to_rules_of_both():
    ear = Ear(DNS)
    ear.hear(Q, True)
    ear.conversation.feed(Q, False)
    (tx,) = ear.conversation.news
    assert tx.has_request_news
    assert tx.has_response_news


def test_multicast_has_one_side():
    ear = listen(Mdns(), [(True, Q), (False, R)])
    assert [(tx.is_request, tx.record()["type"]) for tx in ear.transactions.values()] == [
        (True, "request"),
        (True, "response"),
    ]


def test_any_split_of_a_stream_is_the_same():
    bad = message(counts=(9, 0, 0, 0))
    turns = [
        (True, framed(Q, Q[:-1], b"", bad) + b"\0\0"),
        (False, framed(R, R)),
        (True, framed(Q)),
        (False, framed(R)[:-3]),
    ]
    whole = check_every_split(DNS_OVER_TCP, turns)
    events = [tx["events"] for tx in whole["transactions"]]
    assert events == [[], ["malformed_data"], ["malformed_data"], [], [], []]
    assert whole["recorded"] == [0, 3, 4, 5]


# Twenty messages; of each the number (RFC 1035's id) is its place
MESSAGES = [message(queries=[query(name(f"host{n:02}.example.org"))], number=n) for n in range(20)]
STREAM = framed(*MESSAGES)
SIZE = 2 + len(MESSAGES[0])
GAPS = [
    # bytes before   length of the gap   the first message that is heard behind it
    (SIZE,           10,                 2),  # in the next one's beginning: where that ends is unknown
    (SIZE + 1,       1,                  2),
    (SIZE + 2,       SIZE - 2,           2),  # all of one whose length is known
    (SIZE + 12,      10,                 2),
    (SIZE + 12,      SIZE - 12,          2),
    (SIZE + 12,      SIZE,               3),
    (SIZE,           SIZE,               2),
    (SIZE,           3 * SIZE + 1,       5),
]  # fmt: skip


@pytest.mark.parametrize(("before", "length", "first"), GAPS)
def test_behind_a_gap_it_goes_on(before, length, first):
    for piece in (1, 7, len(STREAM)):
        ear = Ear(DNS_OVER_TCP)
        ear.hear(STREAM[:before], True)
        ear.miss(length, True)
        rest = STREAM[before + length :]
        for at in range(0, len(rest), piece):
            ear.hear(rest[at : at + piece], True)
        heard = [tx.message.id for tx in ear.transactions.values()]
        assert heard == [*range(before // SIZE), *range(first, 20)]
        assert not any(tx.events for tx in ear.transactions.values())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(STREAM)), st.integers(1, 3 * SIZE)), max_size=3))
def test_gaps_cost_no_more_than_what_they_touch(gaps):
    """No message of which a byte is missing is heard; with one gap, all others are."""
    missing = {n for at, length in gaps for n in range(at, min(at + length, len(STREAM)))}
    ear = Ear(DNS_OVER_TCP)
    at = 0
    while at < len(STREAM):
        end = at
        while end < len(STREAM) and (end in missing) == (at in missing):
            end += 1
        if at in missing:
            ear.miss(end - at, True)
        else:
            ear.hear(STREAM[at:end], True)
        at = end
    heard = {tx.message.id for tx in ear.transactions.values()}
    whole = {n for n in range(20) if not missing & set(range(n * SIZE, (n + 1) * SIZE))}
    assert heard <= whole
    assert len(gaps) > 1 or heard == whole


SAID = [framed(Q, R), framed(R[:-3]), framed(b""), framed(message(RESPONSE, answers=[resource(16, b"\3abc")] * 3))]
PIECES = st.lists(
    st.tuples(st.sampled_from(SAID), st.integers(0, 90), st.integers(0, 255), st.integers(0, 40), st.booleans()),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_faults_and_gaps_are_the_same_in_any_pieces(pieces):
    """Messages with a byte changed and some bytes missing behind, said whole and byte by byte."""
    ears = Ear(DNS_OVER_TCP), Ear(DNS_OVER_TCP)
    for data, at, value, missing, to_server in pieces:
        changed = bytearray(data)
        changed[at % len(data)] = value
        ears[0].hear(bytes(changed), to_server)
        for byte in changed:
            ears[1].hear(bytes([byte]), to_server)
        for ear in ears:
            if missing:
                ear.miss(missing, to_server)
    assert ears[0].seen() == ears[1].seen()


def test_a_stream_that_is_no_dns_is_given_up():
    """By messages that cannot be, or behind a gap by nothing that looks like one; both are named, then nothing is kept."""
    ear = Ear(DNS_OVER_TCP)
    ear.hear(framed(Q) + framed(b"no message at all") * 1000, True)
    given_up = ["malformed_data", "too_much_malformed_data"]
    assert [tx.events for tx in ear.transactions.values()] == [[]] + [["malformed_data"]] * (MAX_FAULTS - 1) + [
        given_up
    ]
    ear.hear(framed(R), False)
    ear.miss(1, False)
    ear.hear(bytes(MAX_SEARCH + 20), False)
    assert ear.last().events == given_up
    assert ear.conversation.is_over
    assert held_bytes(ear.conversation) < 4096


def test_a_good_message_forgives():
    ear = listen(DNS_OVER_TCP, [(True, framed(*([b"not one"] * (MAX_FAULTS - 1) + [Q]) * 3))])
    assert len(ear.transactions) == 3 * MAX_FAULTS


def test_too_many_messages_at_once():
    ear = listen(DNS_OVER_TCP, [(True, framed(Q) * (MAX_MESSAGES + 5)), (True, framed(Q))])
    assert len(ear.transactions) == MAX_MESSAGES + 1
    assert ear.transactions[MAX_MESSAGES - 1].events == ["too_many_transactions"]


def test_the_response_to_a_silent_request_is_silent():
    """A rule that wants no record of a request wants none of its response; another one has its record."""
    ear = Ear(DNS)
    ear.conversation.feed(Q, True)
    ear.conversation.transactions[0].is_silent = True
    ear.take()
    for data in (message(RESPONSE, number=2), R, R):
        ear.hear(data, False)
    assert [tx.is_silent for tx in ear.transactions.values()] == [True, False, True, False]
    for number in range(2 * MAX_SILENT):
        ear.conversation.feed(message(number=number), True)
        ear.conversation.transactions[0].is_silent = True
        ear.take()
    assert len(ear.conversation.silent) == MAX_SILENT


NETBIOS = b"\x82\x01\1\x10\0\1\0\0\0\0\0\0\x20" + b"CK" + b"A" * 30 + b"\0\0\x21\0\1"
NOTIFY = message(0x2400, queries=[query(rrtype=6)], answers=[resource(6, bytes(22))])
PROBES = [
    # what it is                       data                                      port   as dns   as mdns
    ("query",                          Q,                                        53,    YES,     NO),
    ("query elsewhere",                Q,                                        4000,  YES,     NO),
    ("response elsewhere",             R,                                        4000,  YES,     NO),
    ("notify elsewhere",               NOTIFY,                                   4000,  YES,     NO),
    ("multicast",                      Q,                                        5353,  NO,      YES),
    ("link-local",                     Q,                                        5355,  NO,      NO),
    ("NetBIOS",                        NETBIOS,                                  137,   NO,      NO),
    ("NetBIOS elsewhere",              NETBIOS,                                  4000,  NO,      NO),
    ("malformed",                      R[:-2],                                   53,    YES,     NO),
    ("cut in the question",            Q[:14],                                   53,    YES,     NO),
    ("malformed elsewhere",            R[:-2],                                   4000,  NO,      NO),
    ("trailing bytes",                 Q + b"more",                              53,    YES,     NO),
    ("trailing bytes elsewhere",       Q + b"more",                              4000,  NO,      NO),
    ("z",                              message(0x140),                           53,    YES,     NO),
    ("z elsewhere",                    message(0x140),                           4000,  NO,      NO),
    ("two questions elsewhere",        message(queries=[query()] * 2),           4000,  NO,      NO),
    ("odd name",                       message(queries=[query(b"\2a\xff\0")]),   53,    YES,     NO),
    ("odd name elsewhere",             message(queries=[query(b"\2a\xff\0")]),   4000,  NO,      NO),
    ("odd class elsewhere",            message(queries=[query(rrclass=9)]),      4000,  NO,      NO),
    ("odd type elsewhere",             message(queries=[query(rrtype=999)]),     4000,  NO,      NO),
    ("no question in it",              b"GET / HTTP/1.1\r\n\r\n" + bytes(40),    53,    NO,      NO),
    ("zeros",                          bytes(60),                                53,    NO,      NO),
    ("short",                          Q[:11],                                   53,    NO,      NO),
    ("unasked multicast answer",       message(0x8400, [], [resource(1, b"abcd", name("a.local"))]), 5353, NO, YES),
]  # fmt: skip


@pytest.mark.parametrize(("data", "port", "dns", "mdns"), [p[1:] for p in PROBES], ids=[p[0] for p in PROBES])
def test_probes(data, port, dns, mdns):
    for source, destination in ((40000, port), (port, 40000)):
        assert DNS.probe(data, True, source, destination) == dns
        assert Mdns().probe(data, True, source, destination) == mdns


@pytest.mark.parametrize(("data", "port", "dns"), [(p[1], p[2], p[3]) for p in PROBES if p[2] in (53, 4000)])
def test_probes_of_streams(data, port, dns):
    assert DNS_OVER_TCP.probe(framed(data), True, 40000, port) == dns
    for size in range(14):
        assert DNS_OVER_TCP.probe(framed(data)[:size], True, 40000, port) == (
            NO if size > 1 and len(data) < 12 else MAYBE
        )
    for size in range(14, 2 + len(data)):  # with more to come it is not another answer
        assert DNS_OVER_TCP.probe(framed(data)[:size], True, 40000, port) in (MAYBE, dns)


def test_a_long_answer_is_known_by_its_beginning():
    data = message(RESPONSE, answers=[resource(16, b"\xff" + b"a" * 255)] * 20)
    answers = {size: DNS_OVER_TCP.probe(framed(data)[:size], False, 4000, 40000) for size in range(0, len(data), 50)}
    assert answers == {size: MAYBE if size < SHORT + 2 else YES for size in answers}
