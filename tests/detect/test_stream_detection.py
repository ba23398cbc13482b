"""What rules find in streams: over borders, once, and where offset and depth count from."""

import pytest
from dpkt.tcp import TH_ACK, TH_FIN
from talk import CLIENT, SERVER, Talk

from vids.engine.batch import batch_of
from vids.engine.engine import Engine
from vids.engine.event import Alert
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings


def engine_of(text, algorithm="auto"):
    ruleset = RuleSet({}, {}, {}, {})
    ruleset.add("test.rules", text)
    ruleset.order()
    assert not ruleset.problems, [str(p) for p in ruleset.problems]
    assert not ruleset.waiting
    settings = Settings()
    settings.mpm_algorithm = algorithm
    return Engine(ruleset, settings)


def alerts(options, *said, algorithm="auto", protocol="tcp"):
    """Return how often a rule with these options alerts on a connection."""
    engine = engine_of(f'alert {protocol} any any -> any any (msg:"x"; {options} sid:1;)', algorithm)
    events = engine.feed(batch_of(Talk(*said).frames)) + engine.close()
    return sum(isinstance(event, Alert) for event in events)


C, S = CLIENT, SERVER
BIG = b"-" * 3000  # more than a chunk
TWO = 'content:"begin"; content:"end"; distance:0;'

CASES = [
    # name                        options                                  who says what                      alerts
    ("in one segment",            'content:"evil";',                       [(C, b"an evil thing")], 1),
    ("over two segments",         'content:"evil";',                       [(C, b"an ev"), (C, b"il thing")], 1),
    ("over two answers",          'content:"evil";',                       [(C, b"ev"), (S, b"ok"), (C, b"il")], 1),
    ("over a chunk's border",     'content:"evil";',                       [(C, BIG + b"ev"), (C, b"il" + BIG)], 1),
    ("the other side",            'flow:to_client; content:"evil";',       [(C, b"evil")], 0),
    ("to the client",             'flow:to_client; content:"evil";',       [(C, b"hi"), (S, b"evil")], 1),
    ("told once",                 'content:"evil";',                       [(C, b"evil"), (S, b"ok"), (C, b"good")], 1),
    ("twice is twice",            'content:"evil";',                       [(C, b"evil"), (S, b"k"), (C, b"evil")], 2),
    ("the rest comes later",      TWO,                                     [(C, b"begin"), (S, b"ok"), (C, b"end")], 1),
    ("and is told once",          TWO,
                                             [(C, b"begin"), (S, b"k"), (C, b"end"), (S, b"k"), (C, b"z")], 1),
    ("old match, new pattern",    'content:"begin"; fast_pattern; content:"end"; distance:0;',
                                             [(C, b"begin end"), (S, b"ok"), (C, b"begin")], 1),
    ("new match behind the old",  TWO,                       [(C, b"begin end"), (S, b"ok"), (C, b"begin end")], 2),
    ("depth is of the stream",    'content:"evil"; depth:4; flow:only_stream;',
                                             [(C, b"good"), (S, b"k"), (C, b"evil")], 0),
    ("depth at the start",        'content:"evil"; depth:4; flow:only_stream;',
                                             [(C, b"evil"), (S, b"k"), (C, b"evil")], 1),
    ("depth at a packet's start", 'content:"evil"; depth:4;',              [(C, b"good"), (S, b"k"), (C, b"evil")], 1),
    ("packet and stream, once",   'content:"evil"; depth:4;',              [(C, b"evil")], 1),
    ("not there",                 'content:!"evil"; content:"good";',      [(C, b"good")], 1),
    ("not there, but it is",      'content:!"evil"; content:"good";',      [(C, b"good evil")], 0),
    ("dsize means a packet",      'dsize:4; content:"il"; ',               [(C, b"ev"), (C, b"il")], 0),
    ("pcre alone, once a stream", 'pcre:"/ev.l/";',                        [(C, b"evil"), (S, b"k"), (C, b"evol")], 1),
]  # fmt: skip


@pytest.mark.parametrize("algorithm", ["auto", "ac", "naive"])
@pytest.mark.parametrize(("options", "said", "count"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_stream(options, said, count, algorithm):
    assert alerts(options, *said, algorithm=algorithm) == count


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_pattern_is_found_at_every_cut(cut):
    text = b"GET /evil.x "
    assert alerts('content:"GET /evil.x";', (C, text[:cut]), (S, b"-"), (C, text[cut:])) == 1


def test_tcp_pkt_sees_packets_and_tcp_stream_the_stream():
    halves = [(C, b"ev"), (C, b"il")]
    assert alerts('content:"evil";', *halves, protocol="tcp-pkt") == 0
    assert alerts('content:"evil";', *halves, protocol="tcp-stream") == 1
    assert alerts('content:"evil";', (C, b"evil"), protocol="tcp-pkt") == 1


PHASES = [
    # value                 packets that match, of a handshake, a segment and its acknowledgement, and both FINs
    ("setup",               [1, 2, 3]),
    ("established",         [4, 5, 6, 7, 8]),
    ("closing",             [6, 7]),
    ("setup,closing",       [1, 2, 3, 6, 7]),
]  # fmt: skip


@pytest.mark.parametrize(("phases", "packets"), PHASES)
def test_phases_of_a_connection(phases, packets):
    talk = Talk((CLIENT, b"a"))
    talk._send(CLIENT, TH_ACK | TH_FIN)
    talk._send(SERVER, TH_ACK | TH_FIN)
    talk._send(CLIENT, TH_ACK)
    engine = engine_of(f"alert tcp any any -> any any (tcp.session:{phases}; sid:1;)")
    events = engine.feed(batch_of(talk.frames))
    assert [event.number for event in events if isinstance(event, Alert)] == packets
