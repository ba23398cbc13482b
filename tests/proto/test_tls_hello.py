"""Hellos: what is read of them, whatever is wrong with them, and the fingerprints that follow."""

# ruff: noqa: E501  a table has one line per case

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tls_build import RANDOM, alpn, answer_body, extension, hello_body, sized, sni

from vids.engine.proto.tls.fingerprint import ja3_hash, ja3_string, ja4_hash
from vids.engine.proto.tls.hello import RETRY, parse_hello
from vids.engine.proto.tls.version import is_grease, name

LENGTH = ["handshake_invalid_length"]
WHOLE = hello_body(sni(b"a.example") + alpn(b"h2"))

HELLOS = [
    # name                  body of a ClientHello                                           name, ALPN, events
    ("whole",               WHOLE,                                                          (b"a.example", [b"h2"], [])),
    ("no extensions",       hello_body(None),                                               (b"", [], [])),
    ("none of them",        hello_body(b""),                                                (b"", [], [])),
    ("bytes behind",        WHOLE + b"junk",                                                (b"a.example", [b"h2"], [])),
    ("empty",               b"",                                                            (b"", [], LENGTH)),
    ("version cut",         b"\3",                                                          (b"", [], LENGTH)),
    ("random cut",          b"\3\3" + RANDOM[:31],                                          (b"", [], LENGTH)),
    ("session id cut",      b"\3\3" + RANDOM + b"\x20abc",                                  (b"", [], LENGTH)),
    ("suites cut",          b"\3\3" + RANDOM + b"\0\0\4ab",                                 (b"", [], LENGTH)),
    ("half a suite",        b"\3\3" + RANDOM + b"\0\0\3abc\1\0",                            (b"", [], LENGTH)),
    ("compression cut",     b"\3\3" + RANDOM + b"\0\0\2ab\5\0",                             (b"", [], LENGTH)),
    ("list too long",       hello_body(None) + b"\0\x60" + sni(b"a.example"),               (b"a.example", [], LENGTH)),
    ("extension too long",  hello_body(alpn(b"h2") + b"\0\0\0\x20abc"),                     (b"", [b"h2"], LENGTH)),
    ("extension cut",       hello_body(alpn(b"h2") + b"\0\0\0"),                            (b"", [b"h2"], LENGTH)),
    ("not a host name",     hello_body(sni(b"a.example", kind=1)),                          (b"", [], ["invalid_sni_type"])),
    ("empty host name",     hello_body(sni(b"")),                                           (b"", [], ["invalid_sni_length"])),
    ("longest host name",   hello_body(sni(b"a" * 255)),                                    (b"a" * 255, [], [])),
    ("longer host name",    hello_body(sni(b"a" * 256)),                                    (b"", [], ["invalid_sni_length"])),
    ("host name leads out", hello_body(extension(0, b"\0\5\0\0\x20ab")),                    (b"", [], ["invalid_sni_length"])),
    ("host name cut",       hello_body(extension(0, b"\0\1\0")),                            (b"", [], LENGTH)),
    ("host name with NUL",  hello_body(sni(b"a\0b")),                                       (b"a\0b", [], [])),
    ("two host names",      hello_body(sni(b"a") + sni(b"b")),                              (b"a", [], ["multiple_sni_extensions"])),
    ("empty extension",     hello_body(extension(0, b"") + alpn(b"h2")),                    (b"", [b"h2"], [])),
    ("malformed, then one", hello_body(extension(10, b"\0\x20a") + sni(b"a")),              (b"a", [], LENGTH)),
    ("half a group",        hello_body(extension(10, b"\0\1a")),                            (b"", [], LENGTH)),
    ("points lead out",     hello_body(extension(11, b"\5ab")),                             (b"", [], LENGTH)),
    ("half an algorithm",   hello_body(extension(13, b"\0\3abc")),                          (b"", [], LENGTH)),
    ("ALPN leads out",      hello_body(extension(16, b"\0\x20ab")),                         (b"", [], LENGTH)),
    ("ALPN name leads out", hello_body(extension(16, b"\0\6\2h2\7ab")),                     (b"", [b"h2"], LENGTH)),
    ("empty ALPN name",     hello_body(alpn(b"", b"h2")),                                   (b"", [b"h2"], [])),
    ("versions lead out",   hello_body(extension(43, b"\5\3\4")),                           (b"", [], LENGTH)),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), [c[1:] for c in HELLOS], ids=[c[0] for c in HELLOS])
def test_client_hello(body: bytes, expected: tuple[bytes, list[bytes], list[str]]) -> None:
    hello = parse_hello(body, True)
    assert (hello.name, hello.protocol_names(), hello.events) == expected


VERSIONS = [
    # name                    client?  body                                                               spoken
    ("the field",             True,    hello_body(),                                                      0x0303),
    ("supported",             True,    hello_body(extension(43, b"\4\3\4\3\3")),                          0x0304),
    ("behind GREASE",         True,    hello_body(extension(43, b"\4\x3a\x3a\3\4")),                      0x0304),
    ("none that there is",    True,    hello_body(extension(43, b"\2\x55\x55")),                          0x0303),
    ("draft 28",              True,    hello_body(extension(43, b"\4\x7f\x1c\3\3")),                      0x7F1C),
    ("chosen",                False,   answer_body(extension(43, b"\3\4")),                               0x0304),
    ("chosen in the field",   False,   answer_body(version=0x0302),                                       0x0302),
    ("early draft",           False,   answer_body(version=0x7F0E),                                       0x7F01),
    ("early draft as TLS",    False,   answer_body(version=0x0304),                                       0x7F01),
    ("draft 18",              False,   answer_body(version=0x7F12),                                       0x7F12),
    ("nothing",               False,   b"",                                                               0),
]  # fmt: skip


@pytest.mark.parametrize(("is_client", "body", "version"), [c[1:] for c in VERSIONS], ids=[c[0] for c in VERSIONS])
def test_version(is_client: bool, body: bytes, version: int) -> None:
    assert parse_hello(body, is_client).spoken_version() == version


def test_a_draft_has_no_session_id() -> None:
    """Where it is left out the suite follows the random at once."""
    for version in (0x0303, 0x0304, 0x7F0E, 0x7F12):
        hello = parse_hello(answer_body(alpn(b"h2"), version=version, suite=b"\x13\x01"), False)
        assert (hello.ciphers, hello.protocol_names(), hello.events) == (b"\x13\x01", [b"h2"], [])


@pytest.mark.parametrize(
    ("body", "is_hidden"),
    [
        (answer_body(), False),
        (answer_body(extension(43, b"\3\4")), True),
        (answer_body(extension(43, b"\3\3")), False),
        (answer_body(version=0x7F12), True),
    ],
)
def test_the_certificate_is_encrypted(body: bytes, is_hidden: bool) -> None:
    assert parse_hello(body, False).is_without_certificate() is is_hidden


def test_a_hello_that_asks_for_another() -> None:
    assert parse_hello(answer_body(random=RETRY), False).is_retry()
    assert not parse_hello(answer_body(), False).is_retry()


@given(
    st.binary(max_size=200)
    | st.builds(lambda b, n: WHOLE[: n % len(WHOLE)] + b, st.binary(max_size=40), st.integers(0)),
    st.booleans(),
)
def test_no_hello_raises(body: bytes, is_client: bool) -> None:
    hello = parse_hello(body, is_client)
    ja3_string(hello)
    ja4_hash(hello, "t")
    hello.protocol_names()
    name(hello.spoken_version())


JA4_SUITES = bytes.fromhex("1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035")
JA4_LIST = [
    0x001B,
    0x0000,
    0x0033,
    0x0010,
    0x4469,
    0x0017,
    0x002D,
    0x000D,
    0x0005,
    0x0023,
    0x0012,
    0x002B,
    0xFF01,
    0x000B,
    0x000A,
    0x0015,
]
JA4_CONTENT = {
    0x0000: sized(b"\0" + sized(b"a.example", 2), 2),
    0x0010: sized(sized(b"h2", 1) + sized(b"http/1.1", 1), 2),
    0x000D: sized(bytes.fromhex("0403 0804 0401 0503 0805 0501 0806 0601"), 2),
    0x002B: b"\4\3\4\3\3",
}


def published(grease: bytes = b"", kinds: list[int] = JA4_LIST, content: dict[int, bytes] = JA4_CONTENT) -> bytes:
    """Return the ClientHello that the specification of JA4 takes as its example."""
    parts = [extension(kind, content.get(kind, b"")) for kind in kinds]
    odd = [extension(int.from_bytes(grease, "big"), b"")] if grease else []
    return hello_body(b"".join(odd + parts), suites=grease + JA4_SUITES)


NO_ALGORITHMS = {kind: data for kind, data in JA4_CONTENT.items() if kind != 0x000D}
JA4 = [
    # name                      body                                                  JA4
    ("published",               published(),                                          "t13d1516h2_8daaf6152771_e5627efa2ab1"),
    ("with GREASE",             published(b"\x4a\x4a"),                               "t13d1516h2_8daaf6152771_e5627efa2ab1"),
    ("in another order",        published(kinds=JA4_LIST[::-1]),                      "t13d1516h2_8daaf6152771_e5627efa2ab1"),
    ("nothing at all",          hello_body(b"", suites=b""),                          "t12i000000_000000000000_000000000000"),
    ("name and ALPN alone",     hello_body(sni(b"a") + alpn(b"h2"), suites=b""),      "t12d0002h2_000000000000_000000000000"),
    ("ALPN of one character",   hello_body(alpn(b"x"), suites=b""),                   "t12i0001xx_000000000000_000000000000"),
    ("ALPN that is no text",    hello_body(alpn(b"\xab\xcd"), suites=b""),            "t12i0001ad_000000000000_000000000000"),
    ("ALPN half text",          hello_body(alpn(b"0\xab"), suites=b""),               "t12i00013b_000000000000_000000000000"),
    ("many suites",             hello_body(b"", suites=b"\0\1" * 120),                "t12i990000_"),
    ("unknown version",         hello_body(b"", version=0x7777, suites=b""),          "t00i000000_000000000000_000000000000"),
    ("SSL 3.0",                 hello_body(b"", version=0x0300, suites=b""),          "ts3i000000_000000000000_000000000000"),
    ("highest, not first",      hello_body(extension(43, b"\4\3\3\3\4"), suites=b""), "t13i000100_000000000000_"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), [c[1:] for c in JA4], ids=[c[0] for c in JA4])
def test_ja4(body: bytes, expected: str) -> None:
    assert ja4_hash(parse_hello(body, True), "t").decode().startswith(expected)


def test_ja4_without_algorithms_ends_with_the_extensions() -> None:
    """The hash is of the list alone, without an underscore behind it: as published."""
    found = ja4_hash(parse_hello(published(content=NO_ALGORITHMS), True), "q").decode()
    assert found == "q13d1516h2_8daaf6152771_6d807ffa2a79"


JA3 = [
    # name              client?  body                                                                  what JA3 is computed from
    ("lists",           True,    hello_body(sni(b"a") + extension(10, b"\0\4\0\x1d\0\x17") + extension(11, b"\2\0\1")), "771,49199-53,0-10-11,29-23,0-1"),
    ("GREASE",          True,    hello_body(extension(0x1A1A, b"") + extension(10, b"\0\4\x2a\x2a\0\x1d"), suites=b"\x0a\x0a\0\5"), "771,5,10,29,"),
    ("no extensions",   True,    hello_body(None), "771,49199-53,,,"),
    ("of a server",     False,   answer_body(extension(65281, b"\0") + extension(16, b"")), "771,49199,65281-16"),
    ("old version",     True,    hello_body(None, version=0x0301), "769,49199-53,,,"),
]  # fmt: skip


@pytest.mark.parametrize(("is_client", "body", "text"), [c[1:] for c in JA3], ids=[c[0] for c in JA3])
def test_ja3(is_client: bool, body: bytes, text: str) -> None:
    assert ja3_string(parse_hello(body, is_client)).decode() == text


def test_ja3_is_the_md5_of_its_string() -> None:
    """The example of the method's authors (github.com/salesforce/ja3)."""
    groups = extension(10, b"\0\x06\0\x17\0\x18\0\x19")
    body = hello_body(
        sni(b"a") + groups + extension(11, b"\1\0"),
        version=0x0301,
        suites=bytes.fromhex("002f0035000500 0ac009c00ac013c014003200380013 0004"),
    )
    hello = parse_hello(body, True)
    assert ja3_string(hello) == b"769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0"
    assert ja3_hash(hello) == b"ada70206e40642a3e4461f35503241d5"


def test_grease() -> None:
    """The sixteen values of RFC 8701, section 2, and no other."""
    reserved = {0x0A0A + 0x1010 * n for n in range(16)}
    assert {value for value in range(0x10000) if is_grease(value)} == reserved
