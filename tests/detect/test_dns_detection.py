"""What rules find in DNS through the whole engine: with the datagram that says it, over TCP, in malformed messages."""

# ruff: noqa: E501  a table has one line per case

import struct

import pytest
from dns_build import RESPONSE, framed, message, name, query, resource
from test_stream_detection import CLIENT, SERVER, Talk, engine_of

from vids.engine.batch import batch_of
from vids.engine.event import Alert, TransactionRecord

C, S = CLIENT, SERVER
Q = message(number=1)
R = message(RESPONSE, answers=[resource(5, name("host.example.net"))], number=1)
CUT = message(answers=[resource(1, b"abcd")], counts=(1, 2, 0, 0))
ASKED = [(C, Q), (S, R)]


def datagrams(said, ports=(4000, 53)):
    """Return frames of UDP between two hosts."""
    frames = []
    for at, (who, data) in enumerate(said):
        ends = [(b"\x0a\0\0\1", ports[0]), (b"\x0a\0\0\2", ports[1])]
        (source, source_port), (target, target_port) = ends if who == C else reversed(ends)
        udp = struct.pack(">HHHH", source_port, target_port, 8 + len(data), 0) + data
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, source, target)
        frames.append((at * 10**9, bytes(12) + b"\x08\0" + ip + udp))
    return frames


def run(options, frames, header="dns any any -> any any"):
    engine = engine_of(f'alert {header} (msg:"x"; {options} sid:1;)')
    return engine.feed(batch_of(frames)) + engine.close()


def packets(events):
    return [event.number for event in events if isinstance(event, Alert)]


CASES = [
    # name                   options                                                             said                       packets that alert
    ("a query",              'dns.query; content:"www.example.org"; bsize:15;',                  ASKED,                     [1]),
    ("its end",              'dns.query; dotprefix; content:".example.org"; endswith;',          ASKED,                     [1]),
    ("both sides",           'dns.queries.rrname; content:"example";',                           ASKED,                     [1, 2]),
    ("the response",         'dns.response.rrname; content:"host.example.net";',                 ASKED,                     [2]),
    ("numbers",              "dns.opcode:0; dns.rcode:noerror; dns.rrtype:cname;",               ASKED,                     [2]),
    ("its event",            "app-layer-event:dns.malformed_data;",                              [(C, Q), (C, CUT)],        [2]),
    ("query to the client",  'dns.query; content:"www.example.org";',                            [(C, Q), (S, Q)],          [1, 2]),
    ("its event",            "flow:to_client; app-layer-event:dns.not_response;",                [(C, Q), (S, Q)],          [2]),
    ("told once",            "app-layer-event:dns.not_response;",                                [(C, Q), (S, Q)],          [2]),
    ("response first",       'dns.response.rrname; content:"host.example.net";',                 [(C, R), (S, Q)],          [1]),
]  # fmt: skip


# What is not known as DNS on any port, or is of packets
AT_HOME = [
    ("several names",        'dns.queries.rrname; content:"b"; dns.queries.rrname; content:"a";', [(C, message(queries=[query(name("a")), query(name("b"))]))], [1]),
    ("malformed",            'dns.query; content:"www.example.org";',                            [(C, CUT)],                [1]),
    ("raw bytes too",        'dns.query; content:"www"; pkt_data; content:"|03|www|07|";',       ASKED,                     [1]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said", "wanted"), [c[1:] for c in CASES + AT_HOME], ids=[c[0] for c in CASES + AT_HOME]
)
def test_over_udp(options, said, wanted):
    assert packets(run(options, datagrams(said))) == wanted


@pytest.mark.parametrize(("options", "said", "wanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("size", [1 << 16, 3])
def test_over_tcp(options, said, wanted, size):
    cut = [(who, framed(data)[at : at + size]) for who, data in said for at in range(0, len(data) + 2, size)]
    assert len(packets(run(options, Talk(*cut).frames))) == len(wanted)


@pytest.mark.parametrize("port", [53, 4001])
def test_records_are_of_who_spoke(port):
    events = run("dns.rcode:5;", datagrams(ASKED, (4000, port)))
    records = [event for event in events if isinstance(event, TransactionRecord)]
    assert [(record.fields["type"], record.source_port) for record in records] == [
        ("request", 4000),
        ("response", port),
    ]


def test_multicast_is_of_requests_whoever_speaks():
    said = [
        (C, message(0, number=0)),
        (S, message(0x8400, [], [resource(12, name("b.local"), name("a.local"))], number=0)),
    ]
    frames = datagrams(said, (5353, 5353))
    options = 'flow:to_server; mdns.response.rrname; content:"b.local";'
    assert packets(run(options, frames, "mdns any any -> any any")) == [2]
    assert packets(run("dns.opcode:0;", frames)) == []
