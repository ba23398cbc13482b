"""What a DNS message says: names, records, faults, and how much work one may cause."""

# ruff: noqa: E501  a table has one line per case

from __future__ import annotations

import struct

import pytest
from dns_build import HERE, QUERY, RESPONSE, WWW, message, name, query, resource
from hypothesis import given, settings
from hypothesis import strategies as st
from splitting import listen

from vids.engine.proto.dns.message import Message, parse
from vids.engine.proto.dns.protocol import Dns, Mdns
from vids.engine.proto.dns.reader import MAX_UNPACKED

DNS = Dns([53])

SERVER, MAILBOX = name("ns.example.org"), name("root.example.org")
TIMES = struct.pack(">5I", 1, 2, 3, 4, 5)
ZONE = {
    "mname": "ns.example.org",
    "rname": "root.example.org",
    "serial": 1,
    "refresh": 2,
    "retry": 3,
    "expire": 4,
    "minimum": 5,
}
FULL = "2001:0db8:0000:0000:0000:0000:0000:0001"

RDATA = [
    # type  data                                 key      in dns, one for each entry      in mdns
    (1,     b"\xc0\0\2\1",                       "rdata", ["192.0.2.1"],                  {"a": "192.0.2.1"}),
    (1,     b"\xc0\0\2",                         "rdata", [""],                           {"a": ""}),
    (28,    bytes.fromhex(FULL.replace(":", "")), "rdata", [FULL],                        {"aaaa": FULL}),
    (5,     SERVER,                              "rdata", ["ns.example.org"],             {"cname": "ns.example.org"}),
    (2,     HERE,                                "rdata", ["www.example.org"],            {"ns": "www.example.org"}),
    (12,    b"\2up" + HERE,                      "rdata", ["up.www.example.org"],         {"ptr": "up.www.example.org"}),
    (12,    b"\2up",                             "rdata", ["up"],                         {"ptr": "up"}),
    (5,     b"",                                 "rdata", [""],                           {"cname": ""}),
    (15,    b"\0\5" + SERVER + b"behind",        "rdata", ["ns.example.org"],             {"mx": "ns.example.org"}),
    (16,    b"\3one\0\2\xc3\xa9",                "rdata", ["one", "", "\u00e9"],          {"txt": ["one", "", "\u00e9"]}),
    (16,    b"",                                 "rdata", [],                             {"txt": []}),
    (10,    b"\xffa\0",                          "rdata", ["\\xffa\0"],                   {"null": "\\xffa\0"}),
    (6,     SERVER + MAILBOX + TIMES,            "soa",   [ZONE],                         {"soa": ZONE}),
    (33,    b"\0\1\0\2\1\xbb" + SERVER,          "srv",   [{"priority": 1, "weight": 2, "port": 443, "name": "ns.example.org"}], None),
    (44,    b"\1\2\xab\xcd",                     "sshfp", [{"fingerprint": "ab:cd", "algo": 1, "type": 2}], None),
    (41,    b"\0\x0a\0\2\xab\xcd\0\3\0\0",       "opt",   [[{"code": 10, "data": "abcd"}, {"code": 3, "data": ""}]], None),
    (35,    b"naptr",                            None,    [None],                         {"naptr": "naptr"}),
    (65,    b"\0\1\0",                           None,    [None],                         {"https": "\0\1\0"}),
    (65280, b"",                                 None,    [None],                         {"65280": ""}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rrtype", "rdata", "key", "values", "mdns"), RDATA, ids=[f"{r[0]}-{r[1][:4]!r}" for r in RDATA]
)
def test_records_of_every_type(rrtype, rdata, key, values, mdns):
    data = message(
        RESPONSE,
        answers=[resource(rrtype, rdata)],
        authorities=[resource(rrtype, rdata)],
        additionals=[resource(rrtype, rdata)],
    )
    record = listen(DNS, [(False, data)]).last().record()
    for section in ("answers", "authorities", "additionals"):
        entries = record.get(section, [])
        assert [entry.get(key) for entry in entries] == values
        assert all(set(entry) == {"rrname", "rrtype", "ttl"} | ({key} if key else set()) for entry in entries)
    assert list(record["grouped"].values()) == ([values] if key and key != "opt" else [])
    entry = listen(Mdns(), [(True, data)]).last().record()["answers"][0]
    del entry["rrname"]
    assert entry == (mdns or {key: values[0]})


SHORT = [(15, b"\0"), (6, SERVER + MAILBOX + TIMES[:-1]), (33, b"\0\1\0\2\1"), (44, b"\1"), (41, b"\0\x0a\0\3ab"), (16, b"\5ab"), (5, b"\3ab"), (2, b"\xc0")]  # fmt: skip


@pytest.mark.parametrize(("rrtype", "rdata"), SHORT)
def test_data_that_is_too_short_is_malformed(rrtype, rdata):
    assert parse_all(message(RESPONSE, answers=[resource(rrtype, rdata)])).events == ["malformed_data"]
    later = parse_all(message(RESPONSE, additionals=[resource(rrtype, rdata), resource(1, b"abcd")]))
    assert (later.events, later.additionals, later.is_malformed) == (["invalid_additionals"], [], False)


def parse_all(data: bytes) -> Message:
    return parse(data, len(data))


AT = 12 + len(
    WWW
)  # where the names below begin that are the second question's: behind the first one and its type, class
AT += 4
LONG = "a" * 63
NAMES = [
    # name               on the wire                                       read                        events
    ("plain",            name("a.bc"),                                     "a.bc",                     []),
    ("root",             b"\0",                                            "",                         []),
    ("pointer",          HERE,                                             "www.example.org",          []),
    ("label, pointer",   b"\1a\xc0\x10",                                   "a.example.org",            []),
    ("pointer to pointer", b"\xc0" + bytes([AT + 6]) + b"\0\1\0\1" + HERE, "www.example.org",          []),
    ("forward",          b"\xc0" + bytes([AT + 6]) + b"\0\1\0\1" + name("z"), "z",                     []),
    ("into the header",  b"\xc0\x02",                                      "\0",                       []),
    ("to the end",       b"\xc0" + bytes([AT + 6]),                        "",                         []),
    ("beyond the end",   b"\xff\xff",                                      "",                         ["malformed_data"]),
    ("to itself",        b"\xc0" + bytes([AT]),                            "",                         ["infinite_loop"]),
    ("label, to itself", b"\1a\xc0" + bytes([AT + 2]),                     "a",                        ["infinite_loop"]),
    ("round and round",  b"\1a\xc0" + bytes([AT]),                         ".".join("a" * 128),        ["too_many_labels"]),
    ("round, long",      b"\x3f" + b"a" * 63 + b"\xc0" + bytes([AT]),      ".".join([LONG] * 17)[:1025], ["name_too_long"]),
    ("255 labels",       name(".".join("a" * 255)),                        ".".join("a" * 255),        []),
    ("256 labels",       name(".".join("a" * 256)),                        ".".join("a" * 256),        ["too_many_labels"]),
    ("1025 bytes",       name(".".join([LONG] * 16 + ["a"])),              ".".join([LONG] * 16 + ["a"]), []),
    ("1026 bytes",       name(".".join([LONG] * 16 + ["aa"])),             ".".join([LONG] * 16 + ["a"]), ["name_too_long"]),
    ("2000 bytes",       name(".".join([LONG] * 32)),                      ".".join([LONG] * 32)[:1025], ["name_too_long"]),
    ("label of 64",      b"\x40" + b"a" * 64 + b"\0",                      "",                         ["malformed_data"]),
    ("label of 128",     b"\x80" + b"a" * 128 + b"\0",                     "",                         ["malformed_data"]),
    ("any bytes",        b"\5a.\0\xff \0",                                 "a.\0\xff ",                []),
    ("half a pointer",   b"\xc0",                                          "",                         ["malformed_data"]),
]  # fmt: skip


@pytest.mark.parametrize(("wire", "text", "events"), [n[1:] for n in NAMES], ids=[n[0] for n in NAMES])
def test_names(wire, text, events):
    end = b"" if wire == b"\xc0" else b"\0\1\0\1"
    data = message(queries=[query(), wire if b"\0\1\0\1" in wire else wire + end])
    read = parse_all(data)
    names = [q.name for q in read.queries]
    assert read.events == events
    assert names[0].value == b"www.example.org"
    assert b"".join(n.value for n in names[1:]) == text.encode("latin-1")
    assert [n.is_truncated for n in names[1:]] == [bool({"name_too_long", "too_many_labels"} & set(events))] * len(
        names[1:]
    )


A = resource(1, b"abcd")
HEADERS = [
    # what it is                  message                                                      events                     has a record
    ("query",                     message(),                                                   [],                        True),
    ("trailing bytes",            message() + b"more",                                         [],                        True),
    ("no question",               message(queries=[]),                                         ["malformed_data"],        False),
    ("empty response",            message(RESPONSE, queries=[]),                               [],                        False),
    ("empty response, and more",  message(RESPONSE, queries=[]) + b"m",                        ["malformed_data"],        False),
    ("response, no question",     message(RESPONSE, queries=[], answers=[resource(1, b"abcd", WWW)]), [],                 False),
    ("more than fit",             message(counts=(1, 100, 0, 0)),                              ["malformed_data"],        False),
    ("questions lie",             message(counts=(2, 0, 0, 0)),                                ["malformed_data"],        False),
    ("answers lie",               message(RESPONSE, answers=[A], counts=(1, 2, 0, 0)),         ["malformed_data"],        False),
    ("authorities lie",           message(RESPONSE, answers=[A], counts=(1, 1, 1, 1)),         ["invalid_authorities"],   True),
    ("additionals lie",           message(RESPONSE, answers=[A], counts=(1, 1, 0, 1)),         ["invalid_additionals"],   True),
    ("z",                         message(QUERY | 0x40),                                       ["z_flag_set"],            True),
    ("opcode 6",                  message(6 << 11),                                            [],                        True),
    ("opcode 7",                  message(7 << 11),                                            ["invalid_opcode"],        True),
    ("all at once",               message(15 << 11 | 0x40, counts=(1, 0, 1, 0)),               ["invalid_authorities", "z_flag_set", "invalid_opcode"], True),
    ("empty datagram",            b"\0",                                                       ["malformed_data"],        False),
]  # fmt: skip


@pytest.mark.parametrize(("data", "events", "is_told"), [h[1:] for h in HEADERS], ids=[h[0] for h in HEADERS])
def test_headers(data, events, is_told):
    for protocol in (DNS, Mdns()):
        ear = listen(protocol, [(len(data) < 3 or data[2] < 0x80, data)])
        assert ear.last().events == events
        assert bool(ear.recorded) is (is_told if protocol.name == "dns" else not ear.last().message.is_malformed)


def test_flags_and_codes():
    record = listen(DNS, [(False, message(0x87F3 | 0x3000))]).last().record()
    assert [record.get(flag) for flag in ("qr", "aa", "tc", "rd", "ra", "z")] == [True] * 6
    assert (record["flags"], record["opcode"], record["rcode"]) == ("b7f3", 6, "NXDOMAIN")
    record = listen(DNS, [(True, message(0x000F))]).last().record()
    assert [flag for flag in ("qr", "aa", "tc", "rd", "ra", "z") if flag in record] == []
    assert (record["flags"], record["opcode"], record["rcode"]) == ("f", 0, "15")
    record = listen(Mdns(), [(True, message(0x87F3))]).last().record()
    assert (record["type"], record["flags"], record["rcode"]) == (
        "response",
        ["aa", "tc", "rd", "ra", "z", "ad", "cd"],
        3,
    )


def test_every_cut_keeps_what_stands_before_it():
    data = message(RESPONSE, answers=[A, resource(15, b"\0\5" + SERVER)], authorities=[A], additionals=[A])
    behind_question, behind_answers = 12 + len(WWW) + 4, len(data) - 2 * len(A)
    for cut in range(len(data)):
        read = parse_all(data[:cut])
        assert len(read.queries) == (cut >= behind_question), cut
        assert read.is_malformed == (cut < behind_answers), cut
        assert len(read.events) == 1, cut


# The most that a message can make of itself: names that are pointers to a long one, and empty strings by the thousand
POINTER = struct.pack(">HHHIH", 0xC00C, 1, 1, 0, 0)
JUMPS = b"".join(struct.pack(">H", 0xC000 | at) for at in range(31, 31 + 2 * 254, 2)) + b"\0"  # each to the next
BOMBS = [
    ("names",   message(RESPONSE, queries=[query(name(".".join([LONG] * 16)))], answers=[POINTER] * 5000)),
    ("labels",  message(RESPONSE, queries=[query(name(".".join("a" * 255)))], answers=[POINTER] * 5000)),
    ("jumps",   message(RESPONSE, queries=[query(b"\0")], answers=[resource(10, JUMPS), *[b"\xc0\x1d" + POINTER[2:]] * 5000])),
    ("texts",   message(RESPONSE, answers=[resource(16, bytes(60_000), name(".".join([LONG] * 3)))])),
    ("loops",   message(RESPONSE, queries=[b"\1a\xc0\x0c\0\1\0\1"], answers=[POINTER] * 5000)),
]  # fmt: skip


@pytest.mark.parametrize("data", [b[1] for b in BOMBS], ids=[b[0] for b in BOMBS])
def test_a_message_cannot_grow_without_bound(data):
    assert len(data) < 1 << 16
    read = parse_all(data)
    assert not read.is_malformed
    assert "too_many_labels" in read.events
    names = sum(len(r.name.value) for r in (*read.queries, *read.answers))
    assert names <= MAX_UNPACKED
    assert read.queries


LABEL = st.binary(min_size=1, max_size=63)
NAME = st.lists(LABEL, min_size=0, max_size=5)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_compressed_names_are_what_was_written(data):
    """A message whose names share their ends, as far as the writer likes, against the names as they were meant."""
    meant: list[list[bytes]] = []
    body = bytearray(12)
    places: dict[tuple[bytes, ...], int] = {}
    for _ in range(data.draw(st.integers(1, 5))):
        labels = data.draw(NAME)
        if meant and data.draw(st.booleans()):
            labels = labels[:2] + data.draw(st.sampled_from(meant))[-2:]
        meant.append(labels)
        rest = list(labels)
        while rest and not (tuple(rest) in places and data.draw(st.booleans())):
            places.setdefault(tuple(rest), len(body))
            body += bytes([len(rest[0])]) + rest.pop(0)
        body += struct.pack(">H", 0xC000 | places[tuple(rest)]) if rest else b"\0"
        body += b"\0\1\0\1"
    body[:12] = struct.pack(">6H", 1, QUERY, len(meant), 0, 0, 0)
    read = parse_all(bytes(body))
    assert not read.events
    assert [q.name.value for q in read.queries] == [b".".join(labels) for labels in meant]
    assert read.length == len(body)
