"""However a request to climb to cmd.exe is written, a rule of rules/ finds it; what only looks like one stays quiet."""

import pytest
from engine_run import IGNORE_CHECKSUMS, Bench, alerts_of, load
from replaying import RULES
from talk import CLIENT, SERVER, Talk

from vids.engine.batch import batch_of

TWICE, ONCE = 1000205, 1000206
CMD = b"winnt/system32/cmd.exe?/c+dir"
HOST = b"Host: h\r\n"
FIRST = b"GET /index.html HTTP/1.1\r\n" + HOST + b"\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.0\r\n" + HOST + b"\r\n"


def climb(written: bytes) -> bytes:
    return get(b"/scripts/.." + written + b"../" + CMD)


PLAIN = climb(b"%c0%af")
SPELLINGS = [
    # name                           request                                                          sids
    ("over-long slash",              climb(b"%c0%af"),                                                [ONCE]),
    ("over-long slash, capitals",    climb(b"%C0%AF"),                                                [ONCE]),
    ("over-long slash, 3 bytes",     climb(b"%e0%80%af"),                                             [ONCE]),
    ("over-long slash, 4 bytes",     climb(b"%f0%80%80%af"),                                          [ONCE]),
    ("over-long slash, not escaped", climb(b"\xc0\xaf"),                                              [ONCE]),
    ("over-long backslash",          climb(b"%c1%9c"),                                                [ONCE]),
    ("bad second byte, backslash",   climb(b"%c1%1c"),                                                [ONCE]),
    ("bad second byte, slash",       climb(b"%c0%2f"),                                                [ONCE]),
    ("nothing but bad bytes",        get(b"/scripts/..%c1%1c..%c1%1cwinnt%c1%1csystem32%c1%1ccmd.exe?/c+dir"), [ONCE]),
    ("over-long dots",               get(b"/scripts/%c0%ae%c0%ae/%c0%ae%c0%ae/" + CMD),               [ONCE]),
    ("slash by %u",                  climb(b"%u002f"),                                                [ONCE]),
    ("division slash by %u",         climb(b"%u2215"),                                                [ONCE]),
    ("full-width backslash by %U",   climb(b"%Uff3c"),                                                [ONCE]),
    ("slash, once",                  climb(b"%2f"),                                                   [ONCE]),
    ("backslash, once",              climb(b"%5c"),                                                   [ONCE]),
    ("backslash, not encoded",       climb(b"\\"),                                                    [ONCE]),
    ("nothing encoded",              climb(b"/"),                                                     [ONCE]),
    ("dots, once",                   get(b"/scripts/%2e%2e/%2e./" + CMD),                             [ONCE]),
    ("backslashes all the way",      get(b"/scripts\\..\\..\\winnt\\system32\\cmd.exe?/c+dir"),       [ONCE]),
    ("dot segments behind",          get(b"/scripts/..%c0%af../winnt/./x/../system32/./cmd.exe?/c+dir"), [ONCE]),
    ("slashes doubled",              get(b"/scripts//..%c0%af..//winnt//system32//cmd.exe?/c+dir"),   [ONCE]),
    ("from a folder below",          get(b"/a/b/c/..%c0%af../" + CMD),                                [ONCE]),
    ("letters in both cases",        get(b"/Scripts/..%c0%af../WinNT/System32/CMD.EXE?/C+DIR"),       [ONCE]),
    ("a letter encoded",             get(b"/scripts/..%c0%af../winnt/system32/%63md.exe?/c+dir"),     [ONCE]),
    ("every letter encoded",
     get(b"/scripts/..%c0%af../%77%69%6e%6e%74/system32/%63%6d%64%2e%65%78%65?/c+dir"),               [ONCE]),
    ("the command encoded",          get(b"/scripts/..%c0%af../winnt/system32/cmd.exe?%2f%63%2bdir"), [ONCE]),
    ("a space in the command",       get(b"/scripts/..%c0%af../winnt/system32/cmd.exe?/c%20dir"),     [ONCE]),
    ("backslash, twice",             climb(b"%255c"),                                                 [TWICE]),
    ("backslash, twice, capitals",   climb(b"%255C"),                                                 [TWICE]),
    ("slash, twice",                 climb(b"%252f"),                                                 [TWICE]),
    ("the 5 encoded",                climb(b"%%35c"),                                                 [TWICE]),
    ("the 5 and the c encoded",      climb(b"%%35%63"),                                               [TWICE]),
    ("the c encoded",                climb(b"%5%63"),                                                 [TWICE]),
    ("percent, 5 and c encoded",     climb(b"%25%35%63"),                                             [TWICE]),
    ("percent by %u",                climb(b"%u00255c"),                                              [TWICE]),
    ("percent over-long",            climb(b"%c0%a55c"),                                              [TWICE]),
    ("over-long slash, twice",       climb(b"%25c0%25af"),                                            [TWICE]),
    ("dots, twice",                  get(b"/scripts/%252e%252e/%252e%252e/" + CMD),                   [TWICE]),
    ("dots and slashes, twice",      get(b"/scripts/%252e%252e%255c%252e%252e%255c" + CMD),           [TWICE]),
    ("everything twice",
     get(b"/scripts/..%255c..%255cwinnt%255csystem32%255c%2563%256d%2564%252e%2565xe?/c+dir"),        [TWICE]),
    ("up and down, twice",
     get(b"/scripts/..%255c..%255cwinnt%255cx%255c..%255csystem32%255ccmd.exe?/c+dir"),               [TWICE]),
    ("both holes in one path",       get(b"/msadc/..%255c../..%255c/..%c1%1c../" + CMD),              [TWICE, ONCE]),
    ("absolute URI",                 get(b"http://www.example.com/scripts/..%c0%af../" + CMD),        [ONCE]),
    ("absolute URI, twice",          get(b"HTTP://h:80/scripts/..%255c../" + CMD),                    [TWICE]),
    ("HTTP/1.1",                     PLAIN.replace(b"1.0", b"1.1"),                                   [ONCE]),
    ("HTTP/0.9",                     b"GET /scripts/..%c0%af../" + CMD + b"\r\n",                     [ONCE]),
    ("another version",              PLAIN.replace(b"1.0", b"7.3"),                                   [ONCE]),
    ("version in lower case",        PLAIN.replace(b"HTTP/", b"http/"),                               [ONCE]),
    ("bare LF",                      PLAIN.replace(b"\r\n", b"\n"),                                   [ONCE]),
    ("tabs between",                 PLAIN.replace(b" ", b"\t"),                                      [ONCE]),
    ("two spaces between",           PLAIN.replace(b" ", b"  "),                                      [ONCE]),
    ("empty lines before",           b"\r\n\r\n" + PLAIN,                                             [ONCE]),
    ("method in lower case",         PLAIN.replace(b"GET", b"get"),                                   [ONCE]),
    ("HEAD",                         PLAIN.replace(b"GET", b"HEAD"),                                  [ONCE]),
    ("POST",                         PLAIN.replace(b"GET", b"POST"),                                  [ONCE]),
    ("a method that nobody knows",   PLAIN.replace(b"GET", b"FOO"),                                   [ONCE]),
    ("pipelined",                    FIRST + PLAIN,                                                   [ONCE]),
    ("pipelined, twice",             FIRST + climb(b"%255c"),                                         [TWICE]),
    ("behind a body",                b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\na=b" + PLAIN, [ONCE]),
    ("behind a body of chunks",
     b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + PLAIN, [ONCE]),
]  # fmt: skip
HARMLESS = [
    # name                           request
    ("no command",                   get(b"/scripts/..%c0%af../winnt/system32/cmd.exe")),
    ("no command, twice",            get(b"/scripts/..%255c../winnt/system32/cmd.exe")),
    ("another parameter",            get(b"/scripts/..%255c../winnt/system32/cmd.exe?/cached=1")),
    ("another program",              get(b"/scripts/..%c0%af../winnt/system32/calc.exe?/c+dir")),
    ("another program, twice",       get(b"/scripts/..%255c../winnt/system32/calc.exe?/c+dir")),
    ("a name that ends so",          get(b"/scripts/..%255c../tools/mycmd.exe?/c+dir")),
    ("another folder",               get(b"/scripts/..%c0%af../tools/cmd.exe?/c+dir")),
    ("no climb",                     get(b"/docs/winnt/system32/cmd.exe?/c+dir")),
    ("no climb, twice encoded",      get(b"/docs%2520and%2520more/" + CMD)),
    ("dots that are no climb",       get(b"/help/..%20../" + CMD)),
    ("a parameter",                  get(b"/search?q=/scripts/..%c0%af../" + CMD)),
    ("a parameter, twice",           get(b"/search?q=/scripts/..%255c../" + CMD)),
    ("a parameter, path encoded",    get(b"/caf%c3%a9/..%2fsearch?q=/scripts/..%255c../" + CMD)),
    ("a fragment of a page",         get(b"/nimda.html#/scripts/..%255c../winnt/system32/cmd.exe")),
    ("Referer",                      b"GET / HTTP/1.0\r\nReferer: http://h/scripts/..%c0%af../" + CMD + b"\r\n\r\n"),
    ("a cookie",                     b"GET / HTTP/1.0\r\nCookie: u=/scripts/..%255c../" + CMD + b"\r\n\r\n"),
    ("a body",
     b"POST /log HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(PLAIN) + PLAIN),
    ("a body of chunks",
     b"POST /log HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(PLAIN) + PLAIN
     + b"\r\n0\r\n\r\n"),
    ("parent folders of a site",     get(b"/site/css/..%2f../img/logo.gif?/c+1")),
]  # fmt: skip


class Watch:
    """One engine that sees many connections, each of a client of its own."""

    def __init__(self, *settings):
        self.engine = Bench(load([RULES]), IGNORE_CHECKSUMS, *settings).engine()
        self.n_clients = 0

    def sids(self, *said):
        """Return what alerts on a connection, in which the server answers at the end."""
        self.n_clients += 1
        address = b"\x0a\1" + self.n_clients.to_bytes(2, "big")
        talk = Talk(*((CLIENT, data) for data in said), (SERVER, OK))
        frames = [(time, frame.replace(CLIENT[0], address)) for time, frame in talk.frames]
        return sorted(sid for _, sid in alerts_of(self.engine.feed(batch_of(frames))))


@pytest.fixture(scope="module")
def watch():
    return Watch()


@pytest.mark.parametrize(("request_", "found"), [s[1:] for s in SPELLINGS], ids=[s[0] for s in SPELLINGS])
def test_found(watch, request_, found):
    assert watch.sids(request_) == sorted(found)


@pytest.mark.parametrize("request_", [h[1] for h in HARMLESS], ids=[h[0] for h in HARMLESS])
def test_harmless(watch, request_):
    assert watch.sids(request_) == []


@pytest.mark.parametrize(
    ("request_", "sid"), [(PLAIN, ONCE), (FIRST + climb(b"%255c"), TWICE)], ids=["once", "pipelined, twice"]
)
def test_found_at_every_cut(watch, request_, sid):
    missed = [n for n in range(1, len(request_)) if watch.sids(request_[:n], request_[n:]) != [sid]]
    assert missed == []


def test_found_byte_by_byte(watch):
    assert watch.sids(*(PLAIN[n : n + 1] for n in range(len(PLAIN)))) == [ONCE]


@pytest.mark.parametrize(("written", "found"), [(b"%c0%af", [ONCE]), (b"%255c", [TWICE])])
def test_found_if_settings_decode_twice(written, found):
    """What is undone and what is left depends on the settings; what is found does not."""
    libhtp = "app-layer.protocols.http.libhtp.default-config"
    watch = Watch(f"{libhtp}.double-decode-path=true", f"{libhtp}.double-decode-query=true")
    assert watch.sids(climb(written)) == found
