"""Targets of requests: taken apart, and with every encoding undone that some server undoes."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.proto.http.bestfit import best_fit, fold_utf8
from vids.engine.proto.http.target import (
    is_host,
    normal_path,
    normal_uri,
    parse_target,
    port_number,
    remove_dots,
    split_host,
    undo_percent,
)
from vids.engine.settings import Settings

PATHS = [
    # as sent                       as rules see it
    (b"/a/b.html",                  b"/a/b.html"),
    (b"/a%20b",                     b"/a b"),
    (b"/%61%2f%5cb",                b"/a/b"),
    (b"/a%2541",                    b"/a%41"),
    (b"/%zz%4%",                    b"/%zz%4%"),
    (b"/%%41",                      b"/%A"),
    (b"/a%00b",                     b"/a\0b"),
    (b"/a//b///c",                  b"/a/b/c"),
    (b"/a\\..\\b",                  b"/b"),
    (b"/./a/./b/../c",              b"/a/c"),
    (b"/a/.",                       b"/a"),
    (b"/a/./",                      b"/a"),
    (b"/a/b/..",                    b"/a"),
    (b"/a/",                        b"/a/"),
    (b"/../../a",                   b"/a"),
    (b"/a/.../..b/.c",              b"/a/.../..b/.c"),
    (b"../a/../b",                  b"/b"),
    (b"./a",                        b"a"),
    (b"..",                         b""),
    (b"*",                          b"*"),
    (b"/%u0041%U2215b",             b"/A/b"),
    (b"/%uff0f%uFF3C%u2044x",       b"/x"),
    (b"/%u12",                      b"/%u12"),
    (b"/%uzzzz",                    b"/%uzzzz"),
    (b"/x/..%c0%af..%c1%9cy",       b"/y"),
    (b"/%e0%80%af%f0%80%80%afz",    b"/z"),
    (b"/%c3%a9",                    b"/\xe9"),
    (b"/\xe2\x82\xac",              b"/?"),
    (b"/\xff\xc3(",                 b"/??("),
    (b"/A%2E%2e/b",                 b"/A../b"),
    (b"/scripts/..%255c../cmd.exe", b"/scripts/..%5c../cmd.exe"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "seen"), PATHS, ids=[repr(p[0])[2:-1] for p in PATHS])
def test_path(sent: bytes, seen: bytes) -> None:
    assert normal_path(sent) == seen


TARGETS = [
    # target                            host           port     uri             with everything
    (b"/p?q#f",                         None,          None,    b"/p?q#f",      b"/p?q#f"),
    (b"/p?a=%41+%u0042&b=..//\\",       None,          None,    b"/p?a=A+B&b=..//\\", b"/p?a=A+B&b=..//\\"),
    (b"http://H.com./p",                b"h.com",      None,    b"/p",          b"http://h.com/p"),
    (b"HTTP://u:p@h:81/p?x",            b"h",          b"81",   b"/p?x",        b"http://u:p@h:81/p?x"),
    (b"http://u@h",                     b"h",          None,    b"",            b"http://u:@h"),
    (b"http://h?q",                     b"h",          None,    b"?q",          b"http://h?q"),
    (b"http://h/p?m=a@b/c:d",           b"h",          None,    b"/p?m=a@b/c:d", b"http://h/p?m=a@b/c:d"),
    (b"http://[::1]:80/",               b"[::1]",      b"80",   b"/",           b"http://[::1]:80/"),
    (b"http:/p",                        None,          None,    b"/p",          b"http:///p"),
    (b"http:///p",                      None,          None,    b"/p",          b"http:///p"),
    (b"h.com:80/p",                     None,          None,    b"h.com:80/p",  b"h.com:80/p"),
    (b"x.html?a:b",                     None,          None,    b"x.html?a:b",  b"x.html?a:b"),
    (b"*",                              None,          None,    b"*",           b"*"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "host", "port", "uri", "everything"), TARGETS, ids=[repr(t[0])[2:-1] for t in TARGETS]
)
def test_target(text: bytes, host: bytes | None, port: bytes | None, uri: bytes, everything: bytes) -> None:
    target = parse_target(text)
    assert (target.host, target.port) == (host, port)
    settings = Settings()
    assert normal_uri(target, settings) == (uri, False)
    settings.http_uri_include_all = True
    assert normal_uri(target, settings) == (everything, False)


@pytest.mark.parametrize(
    ("setting", "uri", "is_double"),
    [
        ("http_double_decode_path", b"/..A\\..?a=%41+b", True),
        ("http_double_decode_query", b"/..%41%5c..?a=A+b", True),
        ("http_query_plus_decode", b"/..%41%5c..?a=%41 b", False),
    ],
)
def test_settings(setting: str, uri: bytes, is_double: bool) -> None:
    settings = Settings()
    setattr(settings, setting, True)
    assert normal_uri(parse_target(b"/..%2541%255c..?a=%2541+b"), settings) == (uri, is_double)


HOSTS = [
    # field                 host            port      well formed
    (b"h",                  b"h",           None,     True),
    (b" a-b_c.d.:8080 ",    b"a-b_c.d.",    b"8080",  True),
    (b"[2001:db8::1]:80",   b"[2001:db8::1]", b"80",  True),
    (b"[::ffff:1.2.3.4]",   b"[::ffff:1.2.3.4]", None, True),
    (b"[::1",               b"[",           None,     False),
    (b"[1:2]",              b"[1:2]",       None,     False),
    (b"[::1]x",             b"[::1]",       None,     False),
    (b"h:",                 b"h",           None,     False),
    (b"h:0",                b"h",           b"0",     False),
    (b"h:65536",            b"h",           b"65536", False),
    (b"h:8 0",              b"h",           b"8 0",   False),
    (b"a b",                b"a b",         None,     False),
    (b"a..b",               b"a..b",        None,     False),
    (b".a",                 b".a",          None,     False),
    (b"a\0b",               b"a\0b",        None,     False),
    (b"x" * 64,             b"x" * 64,      None,     False),
    (b":80",                None,           None,     False),
    (b"",                   None,           None,     False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "host", "port", "is_valid"), HOSTS, ids=[repr(h[0])[2:24] for h in HOSTS])
def test_host(text: bytes, host: bytes | None, port: bytes | None, is_valid: bool) -> None:
    found = split_host(text)
    assert found[1:] == (port, is_valid)
    assert found[0] == host or not is_valid


@given(st.binary(max_size=40))
def test_hosts_and_ports_of_any_bytes(text: bytes) -> None:
    host, port, is_valid = split_host(text)
    if is_valid:
        assert host is not None
        assert is_host(host)
        assert port is None or 0 < port_number(port) < 65536


TEXT = st.text(alphabet="%u0123456789abcdefABCDEF/.\\?xyz\xe9\u2215", max_size=40).map(lambda s: s.encode())


@given(st.binary(max_size=40) | TEXT)
def test_percent_is_undone_as_the_library_does(text: bytes) -> None:
    """The library knows no %uXXXX."""
    text = text.replace(b"%u", b"%v").replace(b"%U", b"%V")
    assert undo_percent(text) == unquote_to_bytes(text)


def fold_naively(data: bytes) -> bytes:
    """Decode one character at a time: what Python calls malformed only because it is too long counts."""
    out = bytearray()
    at = 0
    while at < len(data):
        first = data[at]
        size = 1 if first < 0x80 else 2 if 0xC0 <= first < 0xE0 else 3 if 0xE0 <= first < 0xF0 else 4
        if size == 1:
            out.append(first)
            at += 1
            continue
        if first < 0xC0 or first >= 0xF5:
            out += b"?"
            at += 1
            continue
        seen = 1
        while seen < size and at + seen < len(data) and 0x80 <= data[at + seen] < 0xC0:
            value = data[at + seen]
            if seen == 1 and ((first == 0xED and value > 0x9F) or (first == 0xF4 and value > 0x8F)):
                break
            seen += 1
        if seen == size:
            number = first & (0xFF >> (size + 1))
            for value in data[at + 1 : at + size]:
                number = number << 6 | value & 0x3F
            out.append(best_fit(number))
        elif at + seen < len(data):
            out += b"?"
        else:
            out += b"?" * (seen - 1)
        at += seen
    return bytes(out)


@given(st.binary(max_size=12) | st.text(max_size=12).map(lambda s: s.encode("utf-8", "replace")))
def test_utf8_is_folded_as_the_naive_way_does(data: bytes) -> None:
    assert fold_utf8(data) == fold_naively(data)


@given(TEXT)
def test_no_dots_are_left(text: bytes) -> None:
    seen = remove_dots(b"/" + text.replace(b"%", b""))
    assert not {b".", b".."} & set(seen.split(b"/"))
    assert remove_dots(seen) == seen


def test_best_fits() -> None:
    """One of each kind of row, and that none is beyond ASCII."""
    fits = {0x0100: "A", 0x0180: "b", 0x2215: "/", 0x2216: "\\", 0x2044: "/", 0xFF0F: "/", 0xFF3C: "\\", 0xFF5E: "~"}
    assert {char: chr(best_fit(char)) for char in fits} == fits
    assert all(best_fit(char) < 0x80 for char in range(0x100, 0x11000))
    assert best_fit(0x4E00) == best_fit(0x20AC) == ord("?")
    assert best_fit(0xE9) == 0xE9
