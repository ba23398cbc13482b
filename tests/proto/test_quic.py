"""QUIC: packets opened as the standard says, hellos put together, and what hostile packets cost."""

# ruff: noqa: E501  a table has one line per case

from __future__ import annotations

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quic_build import (
    ID,
    chlo,
    crypto,
    google,
    google_long,
    initial,
    long_header,
    number,
    other,
    retry,
    stream,
    versions,
)
from splitting import Ear, held_bytes, listen
from tls_build import alpn, client_hello, extension, server_hello, sni

from vids.engine.proto.protocol import NO, YES
from vids.engine.proto.quic.conversation import MAX_DATAGRAMS, MAX_OPENED
from vids.engine.proto.quic.frame import MAX_CRYPTO, Crypto
from vids.engine.proto.quic.header import DRAFT, V1, V2, Reader, read_header
from vids.engine.proto.quic.keys import Keys
from vids.engine.proto.quic.protocol import Quic
from vids.engine.proto.tls.sample import message

QUIC = Quic()
TLS_1_3 = extension(43, b"\2\3\4")
HELLO = client_hello(sni(b"a.example"), alpn(b"h3"), TLS_1_3)
ANSWER = server_hello(extension(43, b"\3\4"))
C, S = True, False
ASKS, ANSWERS = initial(crypto(0, HELLO)), initial(crypto(0, ANSWER), to_server=False, destination=b"")
TAGS = chlo((b"PAD", b"--"), (b"SNI", b"a.example"), (b"UAID", b"agent"))


def seen(*turns: tuple[bool, bytes]):
    """Return the transactions of a connection in which these datagrams were sent."""
    return [tx for _, tx in sorted(listen(QUIC, turns).transactions.items())]


def test_keys_are_those_of_the_standard() -> None:
    """The examples of RFC 9001, appendix A.1, and RFC 9369, appendix A.1."""
    connection = bytes.fromhex("8394c8f03e515708")
    assert Keys(V1, connection, True).nonce.hex() == "fa044b2f42a3fd3b46fb255c"
    assert Keys(V1, connection, False).nonce.hex() == "0ac1493ca1905853b0bba03e"
    assert Keys(V2, connection, True).nonce.hex() == "91f73e2351d8fa91660e909f"
    assert Keys(V2, connection, False).nonce.hex() == "dd13c276499c0249d3310652"


def test_a_packet_of_the_standard() -> None:
    """The server's Initial packet of RFC 9001, appendix A.3."""
    packet = bytes.fromhex(
        "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf7"
        "3c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f"
        "58891850abbdca3d20398c276456cbc42158407dd074ee"
    )
    header = read_header(packet, 0)
    frames = Keys(V1, bytes.fromhex("8394c8f03e515708"), False).open(packet, header)
    assert frames.hex() == (
        "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e00330024"
        "001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304"
    )


SPOKEN = [
    # name                     datagrams                                                      version, host and events of each transaction
    ("both hellos",            [(C, ASKS), (S, ANSWERS)],                                     [("1", "a.example", []), ("1", None, [])]),
    ("nothing after them",     [(C, ASKS), (S, ANSWERS), (C, ASKS), (S, ANSWERS)],            [("1", "a.example", []), ("1", None, [])]),
    ("version 2",              [(C, initial(crypto(0, HELLO), version=V2))],                  [("v2", "a.example", [])]),
    ("draft 29",               [(C, initial(crypto(0, HELLO), version=DRAFT + 29))],          [("ff00001d", "a.example", [])]),
    ("draft 27",               [(C, initial(crypto(0, HELLO), version=DRAFT + 27))],          [("ff00001b", "a.example", [])]),
    ("draft 34",               [(C, initial(crypto(0, HELLO), version=DRAFT + 34))],          [("ff000022", "a.example", [])]),
    ("long packet number",     [(C, initial(crypto(0, HELLO), packet=70000, width=4))],       [("1", "a.example", [])]),
    ("with a token",           [(C, initial(crypto(0, HELLO), token=b"t" * 70))],             [("1", "a.example", [])]),
    ("padding and ping",       [(C, initial(bytes(9) + b"\1" + crypto(0, HELLO) + bytes(9)))], [("1", "a.example", [])]),
    ("acknowledgement",        [(C, initial(b"\2\x05\0\1\0\0\0" + crypto(0, HELLO)))],        [("1", "a.example", [])]),
    ("with congestion",        [(C, initial(b"\3\x05\0\0\0\1\2\3" + crypto(0, HELLO)))],      [("1", "a.example", [])]),
    ("close behind it",        [(C, initial(crypto(0, HELLO) + b"\x1c\0\0\0"))],              [("1", "a.example", [])]),
    ("frame cut",              [(C, initial(crypto(0, HELLO) + b"\6\0\x20"))],                [("1", "a.example", ["error_on_data"])]),
    ("acks without end",       [(C, initial(b"\2\0\0\xff" + b"\xff" * 7))],                   [("1", None, ["error_on_data"])]),
    ("another message",        [(C, initial(crypto(0, message(8, b"abc"))))],                 [("1", None, ["error_on_data"])]),
    ("two packets at once",    [(C, initial(crypto(0, HELLO[:40])) + initial(crypto(40, HELLO[40:]), packet=1))], [("1", None, []), ("1", "a.example", [])]),
    ("0-RTT with it",          [(C, ASKS + other(1))],                                        [("1", "a.example", [])]),
    ("0-RTT before it",        [(C, other(1)), (C, ASKS)],                                    [("1", None, []), ("1", "a.example", [])]),
    ("handshake packets",      [(C, ASKS), (S, other(2) + other(2)), (S, ANSWERS)],           [("1", "a.example", []), ("1", None, []), ("1", None, [])]),
    ("without keys",           [(S, ANSWERS)],                                                [("1", None, [])]),
    ("not the keys",           [(C, initial(crypto(0, HELLO), keys=b"another!"))],            [("1", None, ["failed_decrypt"])]),
    ("not the keys, then",     [(C, initial(crypto(0, HELLO), keys=b"another!", destination=b"decoy!!!")), (C, ASKS), (S, ANSWERS)], [("1", None, ["failed_decrypt"]), ("1", "a.example", []), ("1", None, [])]),
    ("of an id that changed",  [(C, initial(crypto(0, HELLO[:40]))), (C, initial(crypto(40, HELLO[40:]), destination=b"servers"))], [("1", None, []), ("1", "a.example", [])]),
    ("retried",                [(C, ASKS), (S, retry()), (C, initial(crypto(0, HELLO), keys=b"newid", destination=b"newid")), (S, initial(crypto(0, ANSWER), False, b"newid"))], [("1", "a.example", []), ("1", None, []), ("1", "a.example", []), ("1", None, [])]),
    ("versions negotiated",    [(C, initial(crypto(0, HELLO), version=V1)[:1] + b"\x1a\x2a\x3a\x4a" + ASKS[5:]), (S, versions(V1)), (C, ASKS)], [("1a2a3a4a", None, []), ("0", None, []), ("1", "a.example", [])]),
    ("answer in version 2",    [(C, ASKS), (S, initial(crypto(0, ANSWER), False, version=V2))], [("1", "a.example", []), ("v2", None, [])]),
    ("Q043",                   [(C, google(stream(TAGS)))],                                   [("Q043", "a.example", [])]),
    ("Q044",                   [(C, google_long(stream(TAGS), b"Q044"))],                     [("Q044", "a.example", [])]),
    ("Q046",                   [(C, google_long(stream(TAGS), b"Q046"))],                     [("Q046", "a.example", [])]),
    ("Q050",                   [(C, initial(b"\x08\0" + number(len(TAGS)) + TAGS, version=0x51303530))], [("51303530", "a.example", [])]),
    ("short header",           [(C, b"\x41" + bytes(40))],                                    []),
    ("cut in its header",      [(C, ASKS[:9])],                                               []),
    ("cut",                    [(C, ASKS[:-1])],                                              []),
    ("empty",                  [(C, long_header(0, V1, ID) + b"\0\0")],                             [("1", None, [])]),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "expected"), [c[1:] for c in SPOKEN], ids=[c[0] for c in SPOKEN])
def test_transactions(turns, expected: list[tuple[str, str | None, list[str]]]) -> None:
    found = [(tx.record()["version"], tx.record().get("sni"), tx.events) for tx in seen(*turns)]
    assert found == expected


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def test_record() -> None:
    asks, answers = seen((C, ASKS), (S, ANSWERS))
    assert (asks.is_from_client(), answers.is_from_client()) == (True, False)
    assert asks.record() == {
        "version": "1",
        "sni": "a.example",
        "ja3": {"hash": md5("771,49199-53,0-16-43,,"), "string": "771,49199-53,0-16-43,,"},
        "ja4": "q13d0203h3_1584f0a67932_b9a491fefe05",
        "extensions": [
            {"name": "server_name", "type": 0, "values": ["a.example"]},
            {"name": "alpn", "type": 16, "values": ["h3"]},
            {"name": "supported_versions", "type": 43, "values": ["Tls13"]},
        ],
    }
    assert answers.record() == {
        "version": "1",
        "ja3s": {"hash": md5("771,49199,43"), "string": "771,49199,43"},
        "extensions": [{"name": "supported_versions", "type": 43, "values": ["Tls13"]}],
    }


def test_record_of_google() -> None:
    (tx,) = seen((C, google(stream(TAGS))))
    assert tx.record() == {
        "version": "Q043",
        "sni": "a.example",
        "ua": "agent",
        "cyu": [{"hash": md5("43,PAD-SNI-UAID"), "string": "43,PAD-SNI-UAID"}],
    }


CYU = [
    # version  tags                                               CYU, as its authors published it
    (b"Q043",  "PAD SNI VER CCS PDMD ICSL MIDS CFCW SFCW",          b"e030dea1f2eea44ac7db5fe4de792acd"),
    (b"Q043",  "PAD SNI STK VER CCS SCID PDMD ICSL MIDS CFCW SFCW", b"0811fab28e41e8c8a33e220a15b964d9"),
    (b"Q046",  "PAD SNI STK VER CCS NONC AEAD UAID SCID TCID PDMD SMHL ICSL NONP PUBS MIDS SCLS KEXS XLCT CSCT COPT CCRT IRTT CFCW SFCW", b"a46560d4548108cf99308319b3b85346"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "tags", "digest"), CYU)
def test_cyu(version: bytes, tags: str, digest: bytes) -> None:
    hello = stream(chlo(*[(tag.encode(), b"v") for tag in tags.split()]))
    (tx,) = seen((C, google(hello) if version == b"Q043" else google_long(hello, version)))
    assert tx.cyu_hashes() == [digest]


MALFORMED_TAGS = [
    # name                bytes of the stream
    ("another message",   b"REJ\0" + TAGS[4:]),
    ("tags cut",          TAGS[:20]),
    ("value leads out",   TAGS[:-1]),
    ("values go back",    b"CHLO\2\0\0\0SNI\0\5\0\0\0VER\0\4\0\0\0" + bytes(9)),
    ("a tag is no text",  b"CHLO\1\0\0\0\xff\xfe\0\0\1\0\0\0a"),
]  # fmt: skip


@pytest.mark.parametrize("data", [c[1] for c in MALFORMED_TAGS], ids=[c[0] for c in MALFORMED_TAGS])
def test_malformed_tags_say_nothing(data: bytes) -> None:
    (tx,) = seen((C, google(stream(data))))
    assert tx.record() == {"version": "Q043"}


PIECES = [(at, HELLO[at : at + 20]) for at in range(0, len(HELLO), 20)]


@given(st.permutations(PIECES), st.integers(1, 5))
def test_pieces_in_any_order(pieces: list[tuple[int, bytes]], size: int) -> None:
    """However the hello was cut and shuffled over packets, it is put together with the last piece."""
    turns = [
        (C, initial(b"".join(crypto(*piece) for piece in pieces[at : at + size]))) for at in range(0, len(pieces), size)
    ]
    found = seen(*turns)
    assert [tx.server_name() for tx in found] == [b""] * (len(turns) - 1) + [b"a.example"]


@given(st.lists(st.tuples(st.integers(0, 60), st.binary(max_size=20)), max_size=12))
def test_pieces_that_overlap(pieces: list[tuple[int, bytes]]) -> None:
    """The bytes in front of the first hole are those that a plain model has: of two for one place, an earlier piece's."""
    joined = Crypto()
    known: dict[int, int] = {}
    for offset, piece in pieces:
        joined.add(offset, piece)
    joined.join()
    for offset, piece in sorted(pieces, key=lambda one: one[0]):
        for at, byte in enumerate(piece, offset):
            known.setdefault(at, byte)
    whole = bytes(known[at] for at in itertools.takewhile(known.__contains__, itertools.count()))
    assert bytes(joined.data) == whole


def test_packets_are_opened_a_bounded_number_of_times() -> None:
    ear = Ear(QUIC)
    for packet in range(MAX_DATAGRAMS * 2):
        ear.hear(initial(b"\1", packet=packet), True)
    assert len(ear.transactions) == MAX_OPENED + 1
    assert ear.last().events == ["crypto_frag_too_long"]
    for _ in range(MAX_DATAGRAMS * 2):
        ear.hear(other(2), False)
    assert ear.conversation.is_over
    assert len(ear.transactions) == MAX_OPENED + 1 + MAX_DATAGRAMS


def test_pieces_are_bounded() -> None:
    ear = Ear(QUIC)
    ear.hear(initial(crypto(MAX_CRYPTO, b"x")), True)
    assert ear.last().events == ["crypto_frag_too_long"]
    ear = Ear(QUIC)
    for packet in range(MAX_OPENED):
        ear.hear(initial(crypto(1000 + packet * 4000, bytes(4000)), packet=packet), True)
        assert held_bytes(ear.conversation) < 200 << 10


def test_a_conversation_is_over_with_both_hellos() -> None:
    assert listen(QUIC, [(C, ASKS), (S, ANSWERS)], is_closed=False).conversation.is_over


@given(st.binary(max_size=60))
def test_no_frames_raise(frames: bytes) -> None:
    seen((C, initial(frames)), (C, google(frames)), (C, frames))


NUMBERS = [
    (b"\x25", 37),
    (b"\x7b\xbd", 15293),
    (b"\x9d\x7f\x3e\x7d", 494878333),
    (b"\xc2\x19\x7c\x5e\xff\x14\xe8\x8c", 151288809941952652),
]


@pytest.mark.parametrize(("data", "value"), NUMBERS)
def test_numbers_of_variable_length(data: bytes, value: int) -> None:
    """The examples of RFC 9000, appendix A.1."""
    assert (Reader(data, 0, len(data)).number(), number(value)) == (value, data)
    short = Reader(data[:-1], 0, len(data) - 1)
    short.number()
    assert short.is_short


PADDED = ASKS + bytes(1200)
PROBES = [
    # name                    to_server  datagram                                        answer
    ("version 1",             True,      ASKS,                                           YES),
    ("of the server",         False,     ANSWERS,                                        YES),
    ("handshake",             False,     other(2),                                       YES),
    ("version 2",             True,      initial(crypto(0, HELLO), version=V2),          YES),
    ("draft",                 True,      initial(crypto(0, HELLO), version=DRAFT + 29),  YES),
    ("draft too old",         True,      ASKS[:1] + b"\xff\0\0\x05" + ASKS[5:],          NO),
    ("not fixed",             True,      b"\x80" + ASKS[1:],                             NO),
    ("unknown version",       True,      ASKS[:1] + b"\0\0\0\7" + PADDED[5:],            NO),
    ("reserved version",      True,      ASKS[:1] + b"\x1a\x2a\x3a\x4a" + PADDED[5:],    YES),
    ("reserved, too short",   True,      ASKS[:1] + b"\x1a\x2a\x3a\x4a" + ASKS[5:],      NO),
    ("id too long",           True,      b"\xc0\0\0\0\1\x15" + bytes(60),                NO),
    ("id leads out",          True,      b"\xc0\0\0\0\1\x14" + bytes(9),                 NO),
    ("negotiation",           False,     versions(0x1A2A3A4A, V1),                       YES),
    ("of nothing known",      False,     versions(0x12345678),                           NO),
    ("of no versions",        False,     versions(),                                     NO),
    ("by the client",         True,      versions(V1),                                   NO),
    ("Q043",                  True,      google(stream(TAGS)),                           YES),
    ("Q046",                  True,      google_long(stream(TAGS), b"Q046"),             YES),
    ("Q04x",                  True,      google(stream(TAGS), b"Q04x"),                  NO),
    ("short header",          True,      b"\x41" + bytes(40),                            NO),
    ("DNS",                   True,      b"\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1",       NO),
    ("nothing",               True,      b"",                                            NO),
]  # fmt: skip


@pytest.mark.parametrize(("to_server", "data", "answer"), [c[1:] for c in PROBES], ids=[c[0] for c in PROBES])
def test_probe(to_server: bool, data: bytes, answer: int) -> None:
    assert QUIC.probe(data, to_server, 40000, 4433) == answer


def test_ids() -> None:
    assert read_header(ASKS, 0).destination == ID
