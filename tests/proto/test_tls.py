"""TLS connections: records and messages in any pieces, what they tell, and what becomes of what is encrypted."""

# ruff: noqa: E501  a table has one line per case

from __future__ import annotations

import pytest
from splitting import Ear, check_every_split, held_bytes, listen
from tls_build import (
    alpn,
    certificate,
    client_hello,
    common,
    extension,
    hello_body,
    record,
    server_hello,
    shown,
    sized,
    sni,
)

from vids.engine.proto.protocol import MAYBE, NO, YES
from vids.engine.proto.tls.hello import RETRY
from vids.engine.proto.tls.protocol import Tls
from vids.engine.proto.tls.record import MAX_MESSAGE, MAX_RECORD
from vids.engine.proto.tls.sample import CLIENT, CLIENT_HELLO, SERVER, SERVER_HELLO, message
from vids.engine.proto.transaction import COMPLETE
from vids.engine.settings import TLS_ALL, Settings

TLS = Tls()
CCS, ALERT, HANDSHAKE, DATA, HEARTBEAT = 20, 21, 22, 23, 24
SUBJECT, OTHER = certificate(), certificate(subject=common(b"client"))
HELLO = client_hello(sni(b"a.example"), alpn(b"h2"))
ANSWER = server_hello()
SHOWN = shown(SUBJECT)
DONE = message(14, b"")
ASKED = message(13, b"\1\1\0\0")
FINISHED = record(HANDSHAKE, b"x" * 40)  # encrypted: what type it has is chance
SPOKEN = record(CCS, b"\1") + FINISHED
TLS_1_3 = extension(43, b"\2\3\4")
CHOSEN = extension(43, b"\3\4")

C, S = True, False
ORDINARY = [
    (C, record(HANDSHAKE, HELLO)),
    (S, record(HANDSHAKE, ANSWER + SHOWN + DONE)),
    (C, record(HANDSHAKE, message(16, bytes(66))) + SPOKEN),
    (S, SPOKEN),
    (C, record(DATA, b"y" * 50)),
    (S, record(DATA, b"z" * 50)),
]
MUTUAL = [
    (C, record(HANDSHAKE, HELLO)),
    (S, record(HANDSHAKE, ANSWER + SHOWN) + record(HANDSHAKE, ASKED + DONE)),
    (C, record(HANDSHAKE, shown(OTHER) + message(16, bytes(66))) + SPOKEN),
    (S, SPOKEN),
]
RESUMED = [
    (C, record(HANDSHAKE, client_hello(session=b"s" * 32))),
    (S, record(HANDSHAKE, server_hello(session=b"s" * 32)) + SPOKEN),
    (C, SPOKEN),
    (S, record(DATA, b"z" * 50)),
]
MODERN = [
    (C, record(HANDSHAKE, client_hello(sni(b"a.example"), TLS_1_3, session=b"s" * 32))),
    (S, record(HANDSHAKE, server_hello(CHOSEN, session=b"s" * 32)) + record(CCS, b"\1") + record(DATA, b"e" * 99)),
    (C, record(CCS, b"\1") + record(DATA, b"f" * 50)),
]
RETRIED = [
    (C, record(HANDSHAKE, client_hello(sni(b"a.example"), TLS_1_3))),
    (S, record(HANDSHAKE, server_hello(CHOSEN, random=RETRY)) + record(CCS, b"\1")),
    (C, record(CCS, b"\1") + record(HANDSHAKE, client_hello(sni(b"a.example"), TLS_1_3))),
    (S, record(HANDSHAKE, server_hello(CHOSEN)) + record(DATA, b"e" * 99)),
    (C, record(DATA, b"f" * 50)),
]
SSL_2_HELLO = b"\x80\x22\1\3\1\0\x09\0\0\0\x10" + bytes(9) + b"c" * 16
UPGRADED = [
    (C, SSL_2_HELLO),
    (S, record(HANDSHAKE, server_hello(version=0x0301) + SHOWN + DONE, 0x0301)),
    (C, record(HANDSHAKE, message(16, bytes(66)), 0x0301) + SPOKEN),
]
SSL_2 = [
    (C, b"\x80\x22\1\0\2\0\x09\0\0\0\x10" + bytes(9) + b"c" * 16),
    (S, b"\x80\x0b\4\0\1\0\2\0\0\0\0\0\0"),
    (C, b"\x80\x05\2\1\0\x80\0"),
]


def seen(turns, settings=None):
    """Return the one transaction of a connection in which this was said."""
    return listen(TLS, turns, settings).last()


@pytest.mark.parametrize(
    "turns",
    [ORDINARY, MUTUAL, RESUMED, MODERN, RETRIED, UPGRADED, SSL_2, [(C, CLIENT), (S, SERVER)]],
    ids=["ordinary", "mutual", "resumed", "1.3", "retried", "upgraded", "SSL 2.0", "sample"],
)
def test_every_split(turns) -> None:
    check_every_split(TLS, turns)


RECORDS = [
    # name                 turns         some fields of the record
    ("ordinary",           ORDINARY,     {"subject": "CN=subject", "sni": "a.example", "version": "TLS 1.2", "client_alpns": ["h2"]}),
    ("mutual",             MUTUAL,       {"subject": "CN=subject", "client": "CN=client"}),
    ("resumed",            RESUMED,      {"session_resumed": True, "version": "TLS 1.2"}),
    ("1.3",                MODERN,       {"version": "TLS 1.3", "sni": "a.example", "session_resumed": None}),
    ("retried",            RETRIED,      {"version": "TLS 1.3", "sni": "a.example"}),
    ("upgraded",           UPGRADED,     {"version": "TLSv1", "subject": "CN=subject", "ja4": None}),
    ("offers a ticket",    [(C, record(HANDSHAKE, client_hello(extension(35, b"t"))))], {"version": "TLS 1.2", "session_resumed": None}),
    ("hello alone",        ORDINARY[:1], None),
    ("SSL 2.0",            SSL_2,        None),
    ("no certificate",     [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + DONE)), *ORDINARY[2:]], None),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "expected"), [c[1:] for c in RECORDS], ids=[c[0] for c in RECORDS])
def test_record(turns, expected: dict[str, object] | None) -> None:
    """There is one record where something can be told of the server."""
    ear = listen(TLS, turns)
    assert ear.recorded == ([] if expected is None else [0])
    record = ear.last().record()
    for field, value in (expected or {}).items():
        found = record.get(field)
        assert (found["subject"] if field == "client" else found) == value


def test_the_record_waits_for_the_certificates_that_were_asked_for() -> None:
    for turns, at in ((ORDINARY, 1), (MUTUAL, 2), (RESUMED, 3), (MODERN, 2)):
        ear = Ear(TLS)
        due = []
        for to_server, data in turns:
            ear.hear(data, to_server)
            due.append(len(ear.recorded))
        assert due == [0] * at + [1] * (len(turns) - at)


def test_fields_of_a_record() -> None:
    settings = Settings()
    settings.tls_ja3 = True
    settings.tls_fields = list(TLS_ALL)
    record = seen([(C, CLIENT), (S, SERVER)], settings).record()
    assert record["ja3"] == {"hash": "93283ea8b8bd70bbff4fb136e0a5fa6a", "string": "771,49199-53,0-10-11-13-16,29-23,0"}
    assert record["ja3s"] == {"hash": "94d15fb85410d46db5a043124cf1b7ad", "string": "771,49199,16-65281"}
    assert record["client_handshake"] == {
        "version": "TLS 1.2",
        "ciphers": [49199, 53],
        "exts": [0, 10, 11, 13, 16],
        "sig_algs": [1027, 2052],
    }
    assert record["server_handshake"] == {"version": "TLS 1.2", "cipher": 49199, "exts": [16, 65281]}
    assert (record["serial"], record["notbefore"], record["notafter"]) == (
        "0A:FF",
        "2020-01-01T00:00:00",
        "2025-01-01T00:00:00",
    )
    assert len(record["chain"]) == 2
    assert record["chain"][0] == record["certificate"]
    assert record["client"]["chain"] == [record["client"]["certificate"]]
    settings.tls_fields = ["sni"]
    assert seen([(C, CLIENT), (S, SERVER)], settings).record() == {"sni": "www.example.org"}


def test_what_it_was_before() -> None:
    ear = Ear(TLS)
    ear.conversation.previous = "smtp"
    ear.hear(CLIENT, True)
    assert ear.last().record()["from_proto"] == "smtp"


CERT = record(HANDSHAKE, ANSWER + SHOWN + DONE)
BEAT = b"\1\0\4abcd" + bytes(16)
UNKNOWN = message(99, b"abc")
EVENTS = [
    # name                     turns                                                                          events                              is the certificate seen
    ("hello in tiny records",  [(C, record(HANDSHAKE, HELLO, size=1)), (S, CERT)],                            ["invalid_ssl_record"],             True),
    ("cut in its header",      [(C, record(HANDSHAKE, HELLO, size=3)), (S, CERT)],                            ["invalid_ssl_record"],             True),
    ("cut behind its header",  [(C, record(HANDSHAKE, HELLO, size=4)), (S, CERT)],                            [],                                 True),
    ("cut anywhere",           [(C, record(HANDSHAKE, HELLO)), (S, record(HANDSHAKE, ANSWER + SHOWN + DONE, size=50))], [],                       True),
    ("empty record first",     [(C, record(HANDSHAKE, HELLO)[:3] + b"\0\0" + record(HANDSHAKE, HELLO)), (S, CERT)], ["invalid_record_length"],  True),
    ("cipher changed first",   [(C, record(CCS, b"\1") + record(HANDSHAKE, HELLO)), (S, CERT)],               [],                                 True),
    ("longest record",         [ORDINARY[0], (S, record(DATA, bytes(MAX_RECORD), size=MAX_RECORD) + CERT)],   [],                                 True),
    ("longer record",          [ORDINARY[0], (S, b"\x17\3\3" + (MAX_RECORD + 1).to_bytes(2, "big") + CERT)],  ["invalid_record_length"],          False),
    ("odd version",            [(C, record(HANDSHAKE, HELLO, 0x0505)), (S, CERT)],                            ["invalid_record_version"],         False),
    ("odd type",               [ORDINARY[0], (S, record(48, b"abcd") + CERT)],                                ["invalid_record_type"],            False),
    ("odd type in TLS 1.0",    [(C, record(HANDSHAKE, HELLO, 0x0301)), (S, record(ALERT, b"\1\0", 0x0301) + record(48, b"abcd") + CERT)], ["invalid_record_type"], True),
    ("no TLS in answer",       [ORDINARY[0], (S, b"HTTP/1.1 400 Bad Request\r\n\r\n")],                       ["invalid_record_type"],            False),
    ("unknown message",        [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + UNKNOWN + SHOWN + DONE))],        ["invalid_handshake_message"],      True),
    ("unknown, too long",      [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + b"\x63\xff\xff\xffab") + record(HANDSHAKE, SHOWN + DONE))], ["invalid_handshake_message"], True),
    ("of the other side",      [(C, record(HANDSHAKE, HELLO + ANSWER)), (S, CERT)],                           ["invalid_handshake_message"],      True),
    ("longest message",        [ORDINARY[0], (S, record(HANDSHAKE, message(22, bytes(MAX_MESSAGE))) + CERT)], [],                                 True),
    ("longer message",         [ORDINARY[0], (S, record(HANDSHAKE, message(22, bytes(MAX_MESSAGE + 1))) + CERT)], ["handshake_invalid_length"],   True),
    ("hello too late",         [(C, record(HANDSHAKE, shown(OTHER) + HELLO)), (S, CERT)],                     ["invalid_handshake_message"],      True),
    ("certificate too late",   [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + DONE + SHOWN))],                  ["invalid_handshake_message"],      False),
    ("certificate twice",      [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + SHOWN + shown(OTHER) + DONE))],   ["invalid_handshake_message"],      True),
    ("two clients",            [(C, record(HANDSHAKE, HELLO) + record(HANDSHAKE, client_hello(sni(b"b.example")))), (S, CERT)], ["multiple_sni_extensions"], True),
    ("malformed hello",        [(C, record(HANDSHAKE, message(1, hello_body(None)[:-1]))), (S, CERT)],        ["handshake_invalid_length"],       True),
    ("warning",                [(C, record(HANDSHAKE, HELLO) + record(ALERT, b"\1\0")), (S, CERT)],           [],                                 True),
    ("fatal alert",            [ORDINARY[0], (S, record(ALERT, b"\2\x28") + CERT)],                           [],                                 False),
    ("half an alert",          [(C, record(HANDSHAKE, HELLO) + record(ALERT, b"\1")), (S, CERT)],             ["invalid_alert_message"],          True),
    ("encrypted alert",        [(C, record(HANDSHAKE, HELLO) + record(ALERT, b"\2" * 20)), (S, CERT)],        [],                                 True),
    ("no certificates",        [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + shown() + DONE))],                [],                                 False),
    ("list leads out",         [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + message(11, b"\0\1\0abc") + DONE))], ["handshake_invalid_length"],    False),
    ("certificate leads out",  [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + message(11, sized(b"\0\1\0abc", 3)) + DONE))], ["invalid_certificate"], False),
    ("second leads out",       [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + message(11, sized(sized(SUBJECT, 3) + b"\0\1\0abc", 3)) + DONE))], ["invalid_certificate"], True),
    ("malformed certificate",  [ORDINARY[0], (S, record(HANDSHAKE, ANSWER + shown(b"hello") + DONE))],        ["invalid_certificate"],            False),
    ("heartbeat",              [(C, record(HANDSHAKE, HELLO) + record(HEARTBEAT, BEAT)), (S, CERT + record(HEARTBEAT, b"\2" + BEAT[1:]))], [],    True),
    ("heartbleed",             [(C, record(HANDSHAKE, HELLO) + record(HEARTBEAT, b"\1\x40\0")), (S, CERT)],   ["overflow_heartbeat_message"],     True),
    ("odd heartbeat",          [(C, record(HANDSHAKE, HELLO) + record(HEARTBEAT, b"\7" + BEAT[1:])), (S, CERT)], ["invalid_heartbeat_message"],   True),
    ("heartbeat unpadded",     [(C, record(HANDSHAKE, HELLO) + record(HEARTBEAT, BEAT[:7])), (S, CERT)],      ["invalid_heartbeat_message"],      True),
    ("heartbeat unanswered",   [(C, record(HANDSHAKE, HELLO) + record(HEARTBEAT, BEAT) * 2), (S, CERT)],      ["invalid_heartbeat_message"],      True),
    ("encrypted, more back",   [*ORDINARY, (C, record(HEARTBEAT, b"e" * 40)), (S, record(HEARTBEAT, b"e" * 41))], ["dataleak_heartbeat_mismatch"], True),
    ("encrypted, as much",     [*ORDINARY, (C, record(HEARTBEAT, b"e" * 40)), (S, record(HEARTBEAT, b"e" * 40))], [],                             True),
    ("SSL 2.0 hello cut",      [(C, b"\x80\5\1\3\1\0\x15"), (S, CERT)],                                       ["invalid_ssl_record"],             False),
    ("SSL 2.0 error",          [(C, SSL_2_HELLO), (S, b"\x80\3\0\0\1")],                                      ["error_message_encountered"],      False),
    ("SSL 2.0, no message",    [(C, SSL_2_HELLO), (S, b"\x80\3\x50\0\1")],                                    ["invalid_sslv2_header"],           False),
    ("SSL 2.0, empty",         [(C, SSL_2_HELLO), (S, b"\x80\0\1")],                                          ["invalid_sslv2_header"],           False),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "events", "has_certificate"), [c[1:] for c in EVENTS], ids=[c[0] for c in EVENTS])
def test_events(turns, events: list[str], has_certificate: bool) -> None:
    tx = seen(turns)
    assert tx.events == events
    assert tx.server.has_certificate() is has_certificate
    assert tx.is_complete()


@pytest.mark.parametrize(
    "turns",
    [c[1] for c in EVENTS if sum(len(data) for _, data in c[1]) < 2000],
    ids=[c[0] for c in EVENTS if sum(len(data) for _, data in c[1]) < 2000],
)
def test_events_in_every_split(turns) -> None:
    check_every_split(TLS, turns)


def test_an_event_is_looked_at_from_both_sides() -> None:
    ear = Ear(TLS)
    ear.conversation.feed(record(HANDSHAKE, HELLO) + record(HEARTBEAT, b"\1\x40\0"), True)
    assert [(tx.has_request_news, tx.has_response_news) for tx in ear.conversation.news] == [(True, True)]


PROGRESS = [
    # after this many turns, the progress of both sides
    (ORDINARY, [(1, 0), (3, 4), (3, 4), (3, 4), (3, 4), (3, 4)]),
    (MUTUAL,   [(1, 0), (1, 3), (3, 4), (3, 4)]),
    (RESUMED,  [(1, 0), (1, 1), (3, 1), (3, 4)]),
    (MODERN,   [(1, 0), (1, 4), (3, 4)]),
    (RETRIED,  [(1, 0), (1, 1), (3, 1), (3, 4), (3, 4)]),
    (SSL_2,    [(1, 0), (1, 1), (COMPLETE, COMPLETE)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("turns", "expected"), PROGRESS, ids=["ordinary", "mutual", "resumed", "1.3", "retried", "SSL 2.0"]
)
def test_progress(turns, expected: list[tuple[int, int]]) -> None:
    ear = Ear(TLS)
    found = []
    for to_server, data in turns:
        ear.hear(data, to_server)
        found.append((ear.last().request_progress, ear.last().response_progress))
    assert found == expected


HANDLINGS = [
    # encryption-handling   is_secret  is_over  is_bypass
    ("track-only",          True,      False,   False),
    ("bypass",              True,      True,    True),
    ("full",                False,     False,   False),
]  # fmt: skip


@pytest.mark.parametrize(("handling", "is_secret", "is_over", "is_bypass"), HANDLINGS)
def test_what_is_encrypted(handling: str, is_secret: bool, is_over: bool, is_bypass: bool) -> None:
    settings = Settings()
    settings.tls_encryption_handling = handling
    for turns in (ORDINARY, MODERN):
        ear = listen(TLS, turns, settings, is_closed=False)
        conversation = ear.conversation
        assert (conversation.is_secret, conversation.is_over, conversation.is_bypass) == (is_secret, is_over, is_bypass)
        assert ear.recorded == [0]


def test_who_only_says_that_it_is_encrypted_is_inspected() -> None:
    """What looks like data of TLS hides nothing before a server has answered in TLS."""
    for turns in ([(C, record(HANDSHAKE, HELLO) + record(DATA, b"x"))], [(S, record(DATA, b"x"))]):
        assert not listen(TLS, turns, is_closed=False).conversation.is_secret


def test_early_data_is_no_end_of_the_handshake() -> None:
    early = client_hello(TLS_1_3, extension(42, b""))
    ear = listen(TLS, [(C, record(HANDSHAKE, early) + record(DATA, b"e" * 9))], is_closed=False)
    assert (ear.conversation.is_secret, ear.last().request_progress) == (False, 1)
    ear.hear(record(HANDSHAKE, server_hello(CHOSEN)) + record(DATA, b"e" * 9), False)
    ear.hear(record(DATA, b"e" * 9), True)
    assert (ear.conversation.is_secret, ear.last().request_progress, ear.recorded) == (True, 3, [0])


GAPS = [
    # what is missing                  before                                       bytes  behind                        is it followed on
    ("inside of data",                 record(DATA, b"y" * 90)[:50],                30,    record(ALERT, b"\1"),         True),
    ("up to the end of data",          record(DATA, b"y" * 90)[:50],                45,    record(ALERT, b"\1"),         True),
    ("more than the rest of data",     record(DATA, b"y" * 90)[:50],                46,    record(ALERT, b"\1"),         False),
    ("inside of a message",            record(HANDSHAKE, UNKNOWN * 9)[:20],         10,    record(ALERT, b"\1"),         True),
    ("inside of a header",             b"\x16\3",                                   3,     record(ALERT, b"\1"),         False),
    ("between records",                b"",                                         1,     record(ALERT, b"\1"),         False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "missing", "behind", "is_followed"), [c[1:] for c in GAPS], ids=[c[0] for c in GAPS]
)
def test_a_gap(before: bytes, missing: int, behind: bytes, is_followed: bool) -> None:
    """What is behind is read only where it is known that a record begins there."""
    ear = Ear(TLS)
    ear.hear(record(HANDSHAKE, HELLO), True)
    ear.hear(before, True)
    ear.miss(missing, True)
    if is_followed:
        rest = (
            len(record(DATA, b"y" * 90)) - len(before) - missing
            if before[:1] == b"\x17"
            else len(record(HANDSHAKE, UNKNOWN * 9)) - len(before) - missing
        )
        ear.hear(b"?" * rest, True)
    ear.hear(behind, True)
    assert ("invalid_alert_message" in ear.last().events) is is_followed


def test_a_server_that_never_ends_its_certificates() -> None:
    """One message of each side is held, and what the certificates before it said."""
    ear = Ear(TLS)
    ear.hear(record(HANDSHAKE, HELLO), True)
    ear.hear(record(HANDSHAKE, ANSWER + shown(*[SUBJECT] * 400)), False)
    for _ in range(40):
        ear.hear(record(HANDSHAKE, b"\x0b\0\xff\xff" + bytes(16000)), False)
        ear.hear(record(HANDSHAKE, b"\1\0\xff\xff" + bytes(16000)), True)
        assert held_bytes(ear.conversation) < 512 << 10


def test_bytes_of_many_small_segments_are_not_copied_again_and_again() -> None:
    """A record of 16 KiB that comes byte by byte is joined once."""
    ear = Ear(TLS)
    ear.hear(record(HANDSHAKE, HELLO), True)
    whole = record(HANDSHAKE, b"\x16\0\x3f\x00" + bytes(16128))
    side = ear.conversation.server
    for at in range(len(whole) - 1):
        ear.conversation.feed(whole[at : at + 1], False)
        assert len(side.pending) == at + 1 or side.needed == 5
    ear.conversation.feed(whole[-1:], False)
    assert not side.pending


PROBES = [
    # name                    to_server  what a side says first                          answer
    ("client",                True,      CLIENT_HELLO,                                   YES),
    ("client in fragments",   True,      record(HANDSHAKE, HELLO, size=1),               YES),
    ("server",                False,     SERVER_HELLO,                                   YES),
    ("server's alert",        False,     record(ALERT, b"\2\x28"),                       YES),
    ("server's data",         False,     record(DATA, b"x"),                             YES),
    ("client's data",         True,      record(DATA, b"x"),                             NO),
    ("one byte",              True,      b"\x16",                                        MAYBE),
    ("two bytes",             True,      b"\x16\3",                                      MAYBE),
    ("three bytes",           True,      b"\x16\3\1",                                    MAYBE),
    ("nothing",               True,      b"",                                            MAYBE),
    ("another version",       True,      b"\x16\4\1\0\x20\1",                            NO),
    ("empty record",          True,      b"\x16\3\1\0\0",                                NO),
    ("record too long",       True,      b"\x16\3\1\xff\xff",                            NO),
    ("text",                  True,      b"GET / HTTP/1.1\r\n",                          NO),
    ("SSL 2.0",               True,      SSL_2[0][1],                                    YES),
    ("SSL 2.0, offers TLS",   True,      SSL_2_HELLO,                                    YES),
    ("SSL 2.0, begins",       True,      SSL_2_HELLO[:10],                               MAYBE),
    ("SSL 2.0, other type",   True,      b"\x80\x22\2" + SSL_2_HELLO[3:],                NO),
    ("SSL 2.0, other length", True,      b"\x80\x23" + SSL_2_HELLO[2:],                  NO),
    ("SSL 2.0 server",        False,     SSL_2[1][1],                                    YES),
    ("SSL 2.0 server begins", False,     SSL_2[1][1][:6],                                MAYBE),
    ("SSH",                   False,     b"SSH-2.0-x\r\n",                               NO),
]  # fmt: skip


@pytest.mark.parametrize(("to_server", "data", "answer"), [c[1:] for c in PROBES], ids=[c[0] for c in PROBES])
def test_probe(to_server: bool, data: bytes, answer: int) -> None:
    assert TLS.probe(data, to_server, 40000, 8443) == answer
