"""What rules find in transactions: when they are known, once each side, whatever the segments."""

import pytest
from test_stream_detection import CLIENT, SERVER, Talk, engine_of

from vids.engine.batch import batch_of
from vids.engine.event import Alert, Anomaly, TransactionRecord

C, S = CLIENT, SERVER
GET = b"GET /a/cmd.exe?x=1 HTTP/1.1\r\nHost: www.example.org\r\nX-One: 1\r\nX-Two: 2\r\n\r\n"
OTHER = b"GET /b HTTP/1.1\r\nHost: other.example.com\r\n\r\n"
POST = b"POST /form HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nname=vidsxx"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nServer: nginx\r\n\r\nbody"
BAD = b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"
BOTH = [(C, GET), (S, OK)]
TWO = [(C, GET), (S, OK), (C, OTHER), (S, BAD)]


def rule(options, header="http any any -> any any", sid=1, action="alert"):
    return f'{action} {header} (msg:"x"; {options} sid:{sid};)'


def events_of(text, said, algorithm="auto"):
    """Return what an engine with these rules says of a connection."""
    engine = engine_of(text, algorithm)
    return engine.feed(batch_of(Talk(*said).frames)) + engine.close()


def sids(events):
    return [event.rule.sid for event in events if isinstance(event, Alert)]


CASES = [
    # name                     options                                                                said  alerts
    ("a buffer",               'http.uri; content:"cmd.exe";',                                        BOTH, 1),
    ("not in it",              'http.uri; content:"www";',                                            BOTH, 0),
    ("several buffers",        'http.method; content:"GET"; http.uri; content:"/a"; http.host; content:"w";', BOTH, 1),
    ("old spelling",           'content:"cmd.exe"; http_uri; content:"GET"; http_method;',            BOTH, 1),
    ("older spelling",         'uricontent:"CMD.exe"; nocase;',                                       BOTH, 1),
    ("a pcre letter",          'content:"GET"; http_method; pcre:"/cmd\\.exe/U";',                    BOTH, 1),
    ("once a request",         'http.method; content:"GET";',                                         TWO,  2),
    ("before the response",    'http.uri; content:"cmd";',                                            [(C, GET)], 1),
    ("a response",             'http.stat_code; content:"404";',                                      TWO,  1),
    ("either side",            'http.header_names; content:"Content-Length";',                        TWO,  2),
    ("one side of it",         'flow:to_server; http.header_names; content:"Content-Length";',        TWO,  0),
    ("a body",                 'http.request_body; content:"vids";',                                  [(C, POST)], 1),
    ("a name, whole",          'http.host; content:"www.example.org"; bsize:15;',                     TWO,  1),
    ("a name, its end",        'http.host; content:".example.com"; endswith;',                        TWO,  1),
    ("a name, no dot",         'http.host; content:"ample.com"; endswith;',                           TWO,  1),
    ("a name, above it",       'http.host; content:".other.example.com"; endswith;',                  TWO,  0),
    ("dotprefix",              'http.host; dotprefix; content:".other.example.com"; endswith;',       TWO,  1),
    ("negated",                'http.uri; content:!"cmd"; content:"/";',                              TWO,  1),
    ("no fast pattern",        'http.uri; bsize:2;',                                                  TWO,  1),
    ("absent",                 'flow:to_server; http.cookie; absent;',                                TWO,  2),
    ("each header",            'http.request_header; content:"X-One"; content:"1";',                  BOTH, 1),
    ("not of two headers",     'http.request_header; content:"X-One"; content:"2";',                  BOTH, 0),
    ("in two headers",         'http.request_header; content:"X-One"; http.request_header; content:"X-Two";', BOTH, 1),
    ("and in the raw bytes",   'http.uri; content:"cmd"; pkt_data; content:"X-Two|3a 20|2";',         BOTH, 1),
    ("not in the raw bytes",   'http.uri; content:"cmd"; pkt_data; content:"X-Three";',               BOTH, 0),
    ("raw alone",              'content:"X-Two";',                                                    BOTH, 1),
    ("the protocol alone",     'flow:established;',                                                   TWO,  2),
    ("one side alone",         'flow:established,to_server;',                                         TWO,  1),
    ("a transform",            'http.uri; to_lowercase; content:"cmd.exe";',                          BOTH, 1),
    ("two fields, one number",  'http.content_len; byte_test:1,=,4,0,string,dec;',                     BOTH, 1),
    ("protocol keyword",       'app-layer-protocol:http; flow:to_server;',                            TWO,  1),
    ("another protocol",       'app-layer-protocol:!http,final;',                                     TWO,  0),
]  # fmt: skip


@pytest.mark.parametrize(("options", "said", "wanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("algorithm", ["auto", "ac", "naive"])
def test_alerts(options, said, wanted, algorithm):
    assert len(sids(events_of(rule(options), said, algorithm))) == wanted


@pytest.mark.parametrize(("options", "said", "wanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_segments_change_nothing(options, said, wanted):
    cut = [(who, data[at : at + 7]) for who, data in said for at in range(0, len(data), 7)]
    assert len(sids(events_of(rule(options), cut))) == wanted


EXCHANGES = [
    # options                                                                     said  alerts
    ('http.uri; content:"cmd"; http.stat_code; content:"200";',                   TWO,  1),
    ('http.uri; content:"cmd"; http.stat_code; content:"404";',                   TWO,  0),
    ('http.uri; content:"/b"; http.response_body; content:"nope";',               TWO,  1),
    ('http.header_names:to_server; content:"Host"; http.header_names:to_client; content:"Server";', TWO, 1),
]  # fmt: skip


@pytest.mark.parametrize(("options", "said", "wanted"), EXCHANGES, ids=[e[0] for e in EXCHANGES])
def test_request_and_response_together(options, said, wanted):
    assert len(sids(events_of(rule(options, "http any any => any any"), said))) == wanted


def test_state_goes_from_request_to_response():
    text = "\n".join(
        [
            rule('http.uri; content:"cmd"; flowbits:set,asked; noalert;', sid=1),
            rule('http.stat_code; content:"200"; flowbits:isset,asked;', sid=2),
            rule('http.stat_code; content:"404"; flowbits:isnotset,asked;', sid=3),
        ]
    )
    assert sids(events_of(text, TWO)) == [2]


def test_a_pass_rule_silences_the_flow_and_not_its_records():
    text = rule('http.uri; content:"cmd";', action="pass") + "\n" + rule('http.method; content:"GET";', sid=2)
    events = events_of(text, TWO)
    assert sids(events) == []
    assert len([event for event in events if isinstance(event, TransactionRecord)]) == 2


def test_a_config_rule_keeps_a_transaction_out_of_the_records():
    text = rule('http.uri; content:"cmd"; config:logging disable, type tx, scope tx;', action="config")
    records = [event.fields["url"] for event in events_of(text, TWO) if isinstance(event, TransactionRecord)]
    assert records == ["/b"]


ODD = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"


def test_an_event_is_told_once():
    names = {e.name.lower() for e in events_of("", [(C, ODD), (S, OK)]) if isinstance(e, Anomaly)}
    assert names
    for name in names:
        assert sids(events_of(rule(f"app-layer-event:http.{name};"), [(C, ODD), (S, OK), *TWO])) == [1]


HOOKS = [
    # header                                  alerts
    ("tcp:flow_start any any -> any any",     2),
    ("http:request_started any any -> any any", 1),
    ("http:response_started any any -> any any", 1),
]  # fmt: skip


@pytest.mark.parametrize(("header", "wanted"), HOOKS, ids=[h[0] for h in HOOKS])
def test_hooks(header, wanted):
    assert len(sids(events_of(rule("", header), BOTH))) == wanted


IN_SYN = [
    # options                                       the packet that it is told with
    ('http.uri; content:"cmd";',                    3),  # the first of the client's that acknowledges the handshake
    ('flow:established; http.uri; content:"cmd";',  5),  # what the client sends next
]  # fmt: skip


@pytest.mark.parametrize(("options", "number"), IN_SYN)
def test_a_request_in_a_syn_waits_for_the_handshake_if_its_rule_does(options, number):
    engine = engine_of(rule(options))
    events = engine.feed(batch_of(Talk((S, OK), opening=GET).frames)) + engine.close()
    assert [event.number for event in events if isinstance(event, Alert)] == [number]


def test_a_request_in_a_syn_is_looked_at_when_no_handshake_follows():
    engine = engine_of(rule('http.uri; content:"cmd";'))
    frames = Talk(opening=GET).frames[:2]
    assert sids(engine.feed(batch_of(frames)) + engine.close()) == [1]


def test_an_alert_names_its_transaction_as_it_was():
    (alert,) = [e for e in events_of(rule('http.uri; content:"/b";'), TWO) if isinstance(e, Alert)]
    assert (alert.app_names[0], alert.transaction_number) == ("http", 1)
    name, fields = alert.application
    assert (name, fields["url"]) == ("http", "/b")
    assert fields["status"] == 404  # the client's next packet acknowledged the response
