"""Conversations in HTTP/1: who answers whom, what is a body, what is odd; the same however the bytes are cut."""

import gzip
import zlib

import pytest
from splitting import Ear, check_every_split, listen

from vids.engine.proto.file import CLOSED, TRUNCATED
from vids.engine.proto.http.protocol import HttpProtocol
from vids.engine.proto.http.transaction import HEADERS, NOT_SEEN, HttpTransaction
from vids.engine.proto.protocol import MAYBE, NO, YES
from vids.engine.proto.transaction import COMPLETE
from vids.engine.settings import Settings

HTTP = HttpProtocol()
GET = b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
HEAD = b"HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def get(path: bytes) -> bytes:
    return b"GET /%b HTTP/1.1\r\nHost: h\r\n\r\n" % path


def post(fields: bytes, body: bytes) -> bytes:
    return b"POST /p HTTP/1.1\r\nHost: h\r\n" + fields + b"\r\n" + body


def answer(fields: bytes, body: bytes, version: bytes = b"1.1") -> bytes:
    return b"HTTP/%b 200 OK\r\n%b\r\n%b" % (version, fields, body)


def told(ear: Ear) -> list[tuple[object, ...]]:
    """Return of each transaction: method, target, status, both bodies, oddities."""
    found = []
    for _, tx in sorted(ear.transactions.items()):
        assert isinstance(tx, HttpTransaction)
        assert tx.is_complete()
        bodies = bytes(tx.request_body.data), bytes(tx.response_body.data)
        found.append((tx.method, tx.uri_raw, tx.status_number, *bodies, sorted(tx.events)))
    return found


X = (b"GET", b"/x", 200, b"", b"ok", [])
P = b"POST"
FLOWS = [
    # name, what both say in turn (True is the client), what comes of it
    ("one", [(True, GET), (False, OK)], [X]),
    ("kept alive", [(True, GET), (False, OK), (True, GET), (False, OK)], [X, X]),
    ("pipelined", [(True, get(b"1") + get(b"2") + get(b"3")), (False, OK + OK)], [
        (b"GET", b"/1", 200, b"", b"ok", []), (b"GET", b"/2", 200, b"", b"ok", []), (b"GET", b"/3", 0, b"", b"", []),
    ]),
    ("no answer", [(True, GET)], [(b"GET", b"/x", 0, b"", b"", [])]),
    ("no request", [(False, OK)], [(b"", NOT_SEEN, 200, b"", b"ok", ["unable_to_match_response_to_request"])]),
    ("empty lines between", [(True, b"\r\n\r\n" + GET + b"\r\n\r\n"), (False, b"\r\n" + OK), (True, GET), (False, OK)],
     [X, X]),
    ("body of known length", [(True, post(b"Content-Length: 3\r\n", b"abc") + GET), (False, OK + OK)],
     [(P, b"/p", 200, b"abc", b"ok", []), X]),
    ("chunks", [(True, post(CHUNKED[:-2], b"3\r\nabc\r\n00a \r\n0123456789\r\n0\r\n\r\n") + GET), (False, OK + OK)],
     [(P, b"/p", 200, b"abc0123456789", b"ok", []), X]),
    ("chunks with trailer", [(True, GET), (False, answer(CHUNKED[:-2], b"2\r\nok\r\n0\r\nA: b\r\nC: d\r\n\r\n") + OK)],
     [X, (b"", NOT_SEEN, 200, b"", b"ok", ["unable_to_match_response_to_request"])]),
    ("chunk extensions", [(True, post(CHUNKED[:-2], b"2;a=b\r\nab\r\n0;x\r\n\r\n")),
                          (False, answer(CHUNKED[:-2], b"\n 2 ;x\nok\n0\n\n"))],
     [(P, b"/p", 200, b"ab", b"ok", ["request_chunk_extension", "response_chunk_extension"])]),
    ("no chunks", [(True, GET), (False, answer(CHUNKED[:-2], b"hello\r\nworld"))],
     [(b"GET", b"/x", 200, b"", b"hello\r\nworld", ["invalid_response_chunk_len"])]),
    ("chunks, then none", [(True, post(CHUNKED[:-2], b"2\r\nab\r\nxyz"))],
     [(P, b"/p", 0, b"abxyz", b"", ["invalid_request_chunk_len"])]),
    ("a chunk that is too long", [(True, GET), (False, answer(CHUNKED[:-2], b"100000000\r\nab"))],
     [(b"GET", b"/x", 200, b"", b"100000000\r\nab", ["invalid_response_chunk_len"])]),
    ("chunked in HTTP/1.0", [(True, GET),
     (False, answer(b"Transfer-Encoding: x, Chunked\r\n", b"2\r\nok\r\n0\r\n\r\n", b"1.0"))],
     [(*X[:5], ["response_abnormal_transfer_encoding", "response_chunked_old_proto"])]),
    ("up to the end", [(True, GET), (False, answer(b"", b"hello\r\n\r\nHTTP/1.1"))],
     [(b"GET", b"/x", 200, b"", b"hello\r\n\r\nHTTP/1.1", [])]),
    ("length and chunks", [(True, post(b"Content-Length: 9\r\n" + CHUNKED[:-2], b"2\r\nab\r\n0\r\n\r\n")), (False, OK)],
     [(P, b"/p", 200, b"ab", b"ok", [])]),
    ("signs around a length", [(True, post(b"Content-Length: x+3\r\n", b"abc")),
     (False, answer(b"Content-Length: 2, 2\r\n", b"ok"))],
     [(P, b"/p", 200, b"abc", b"ok", ["content_length_extra_data_start"])]),
    ("two lengths", [(True, GET), (False, answer(b"Content-Length: 2\r\nContent-Length: 5\r\n", b"ok"))],
     [(*X[:5], ["duplicate_content_length_field_in_response", "response_header_repetition"])]),
    ("a length that is none", [(True, GET), (False, answer(b"Content-Length: x\r\n", b"ok"))],
     [(*X[:5], ["content_length_extra_data_end", "content_length_extra_data_start",
                "invalid_content_length_field_in_response"])]),
    ("a length that is too large", [(True, GET), (False, answer(b"Content-Length: 99999999999999999999\r\n", b"ok"))],
     [(*X[:5], ["invalid_content_length_field_in_response"])]),
    ("another transfer coding", [(True, post(b"Transfer-Encoding: x\r\nContent-Length: 3\r\n", b"abc")),
                                 (False, answer(b"Transfer-Encoding: x\r\n", b"ok"))],
     [(P, b"/p", 200, b"abc", b"ok",
       ["invalid_transfer_encoding_value_in_request", "invalid_transfer_encoding_value_in_response"])]),
    ("HEAD", [(True, HEAD + GET), (False, OK[:-2] + OK)], [(b"HEAD", b"/x", 200, b"", b"", []), X]),
    ("304 with a length", [(True, GET + GET), (False, b"HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n" + OK)],
     [(b"GET", b"/x", 304, b"", b"", []), X]),
    ("204 with a body", [(True, GET + GET), (False, b"HTTP/1.1 204 N\r\nContent-Length: 4\r\n\r\nHTxy" + OK)],
     [(b"GET", b"/x", 204, b"", b"HTxy", ["response_body_unexpected"]), X]),
    ("100 and 103", [(True, post(b"Expect: 100-continue\r\nContent-Length: 2\r\n", b"")),
                     (False, b"HTTP/1.1 100 C\r\nA: b\r\n\r\n"), (True, b"ab"),
                      (False, b"HTTP/1.1 103 E\r\nLink: x\r\n\r\n" + OK)],
     [(P, b"/p", 200, b"ab", b"ok", [])]),
    ("100 twice", [(True, GET), (False, b"HTTP/1.1 100 C\r\n\r\n" * 2 + OK)], [(*X[:5],
     ["100_continue_already_seen"])]),
    ("a body that is refused", [(True, post(b"Expect: 100-continue\r\nContent-Length: 2\r\n", b"")),
                                (False, b"HTTP/1.1 417 N\r\nContent-Length: 0\r\n\r\n"), (True, GET), (False, OK)],
     [(P, b"/p", 417, b"", b"", []), X]),
    ("answered early", [(True, post(b"Content-Length: 4\r\n", b"ab")), (False, OK), (True, b"cd" + GET), (False, OK)],
     [(P, b"/p", 200, b"abcd", b"ok", []), X]),
    ("HTTP/0.9", [(True, b"GET /x\r\n"), (False, b"hello\r\nhttp world")],
     [(b"GET", b"/x", 0, b"", b"hello\r\nhttp world", [])]),
    ("HTTP/0.9, answered in HTTP/1", [(True, b"GET /x\r\n"), (False, OK)], [X]),
    ("lines before the status", [(True, GET), (False, b"foo\r\nbar\n" + OK)], [(*X[:4], b"foo\r\nbar\nok", [])]),
    ("blank lines before the status", [(True, GET), (False, b" \t\r\n\0\r \r" + OK)], [X]),
    ("blank lines, and no status", [(True, GET), (False, b" \t\r\n\0\r  foo\r\n")],
     [(b"GET", b"/x", 0, b"", b"  foo\r\n", [])]),
    ("no status", [(True, GET), (False, b"foo\r\nbar")], [(b"GET", b"/x", 0, b"", b"foo\r\nbar", [])]),
    ("status that is no number", [(True, GET), (False, b"HTTP/1.1 2XX\r\n\r\nok")],
     [(b"GET", b"/x", 0, b"", b"ok", ["response_line_invalid_response_status"])]),
    ("odd version", [(True, b"GET /x HTTP/01.1\r\nHost: h\r\n\r\n"), (False, b" http/1.10\t200\r\n\r\nok")],
     [(*X[:5], ["protocol_contains_extra_data", "response_line_invalid_protocol"])]),
    ("odd blanks", [(True, b" GET\t/x\tHTTP/1.1\r\nHost: h\r\n\r\n"), (False, OK)],
     [(*X[:5], ["method_delim_non_compliant", "request_line_leading_whitespace", "uri_delim_non_compliant"])]),
    ("blanks in the target", [(True, b"GET /a b  HTTP/1.1 \r\nHost: h\r\n\r\n"), (False, OK)],
     [(b"GET", b"/a b", *X[2:])]),
    ("unknown method", [(True, b"FOO /x HTTP/1.1\r\nHost: h\r\n\r\nBAR /y HTTP/1.1\r\nHost: h\r\n\r\n"),
     (False, OK + OK)],
     [(b"FOO", *X[1:]), (b"BAR", b"/y", *X[2:])]),
    ("unknown everything", [(True, b"FOO /x BAR\r\nHost: h\r\n\r\n")],
     [(b"FOO", b"/x", 0, b"", b"", ["request_line_unknown_method_invalid_protocol"])]),
    ("no host", [(True, b"GET /x HTTP/1.1\r\n\r\n"), (False, OK)], [(*X[:5], ["missing_host_header"])]),
    ("two hosts", [(True, b"GET http://a/x HTTP/1.1\r\nHost: b\r\n\r\n"), (False, OK)],
     [(b"GET", b"http://a/x", *X[2:5], ["host_header_ambiguous"])]),
    ("hosts that are none", [(True, b"GET http://a..b/x HTTP/1.1\r\nHost: a..b\r\n\r\n"), (False, OK)],
     [(b"GET", b"http://a..b/x", *X[2:5], ["request_header_host_invalid", "request_uri_host_invalid"])]),
    ("authorization", [(True, b"GET /x HTTP/1.1\r\nHost: h\r\nAuthorization: NTLM x\r\n\r\n"), (False, OK)],
     [(*X[:5], ["request_auth_unrecognized"])]),
    ("cut in the line", [(True, b"GET /x HT")], [(b"GET", b"/x", 0, b"", b"", [])]),
    ("cut in the fields", [(True, GET[:-4]), (False, b"HTTP/1.1 200 OK\r\nServer: s")],
     [(b"GET", b"/x", 200, b"", b"", [])]),
    ("connect refused", [(True, b"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n" + GET),
     (False, b"HTTP/1.1 403 N\r\nContent-Length: 2\r\n\r\nno" + OK)],
     [(b"CONNECT", b"h:443", 403, b"", b"no", []), X]),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "expected"), [f[1:] for f in FLOWS], ids=[f[0] for f in FLOWS])
def test_flow(turns: list[tuple[bool, bytes]], expected: list[tuple[object, ...]]) -> None:
    assert told(listen(HTTP, turns)) == expected
    check_every_split(HTTP, turns)


BESIDE = [
    ("bytes behind a request", [(True, GET + b"a=b"), (False, OK)],
     [(b"GET", b"/x", 200, b"a=b", b"ok", ["request_body_unexpected"])]),
    ("behind it, and a request", [(True, post(b"Content-Length: 1\r\n", b"ab\ncd\n") + GET), (False, OK + OK)],
     [(P, b"/p", 200, b"ab\ncd\n", b"ok", ["request_body_unexpected"]), X]),
    ("bytes behind a response", [(True, GET + GET), (False, OK + b"more\r\n" + OK)],
     [(b"GET", b"/x", 200, b"", b"okmore\r\n", ["response_body_unexpected"]), X]),
    ("a version is missing", [(True, b"GET /x\r\nHost: h\r\n\r\n"), (False, OK)], [(*X[:5],
     ["request_line_missing_protocol"])]),
    ("a method alone", [(True, b"FOO\r\nHost: h\r\n\r\n")],
     [(b"FOO", None, 0, b"", b"", ["request_line_missing_protocol", "request_line_unknown_method"])]),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "expected"), [b[1:] for b in BESIDE], ids=[b[0] for b in BESIDE])
def test_what_comes_along_with_a_message(turns: list[tuple[bool, bytes]], expected: list[tuple[object, ...]]) -> None:
    """What follows a message in the same run of bytes is told by that; in another, it is a message by itself."""
    assert told(listen(HTTP, turns)) == expected


FILES = [
    # name, turns, files (name, to the server, size, state)
    ("of responses", [(True, get(b"a/%62?c")), (False, OK)], [(b"/a/b", False, 2, CLOSED)]),
    ("named",
     [(True, GET), (False, answer(b'Content-Disposition: x; filename="f.txt"\r\nContent-Length: 2\r\n', b"ok"))],
     [(b"f.txt", False, 2, CLOSED)]),
    ("without a body", [(True, GET), (False, b"HTTP/1.1 204 N\r\n\r\n")], []),
    ("sent", [(True, post(b"Content-Length: 3\r\n", b"abc")), (False, OK)], [(b"/p", True, 3, CLOSED),
     (b"/p", False, 2, CLOSED)]),
    ("not sent", [(True, b"PATCH" + post(b"Content-Length: 3\r\n", b"abc")[4:])], []),
    ("uploaded", [(True, post(b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 70\r\n",
                              b'--x\r\nContent-Disposition: form-data; filename="u.bin"\r\n\r\nhello\r\n--x--'))],
     [(b"u.bin", True, 5, CLOSED)]),
    ("cut", [(True, GET), (False, OK[:-1])], [(b"/x", False, 1, TRUNCATED)]),
    ("up to the end", [(True, GET), (False, answer(b"", b"hello"))], [(b"/x", False, 5, CLOSED)]),
    ("coded", [(True, GET), (False, answer(b"Content-Encoding: gzip\r\n", gzip.compress(b"hello")))],
     [(b"/x", False, 5, CLOSED)]),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "files"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_files(turns: list[tuple[bool, bytes]], files: list[tuple[object, ...]]) -> None:
    ear = listen(HTTP, turns)
    assert [(f.name, f.to_server, f.size, f.state) for tx in ear.transactions.values() for f in tx.files] == files
    assert sorted(ear.ended_files) == sorted((0, name, state) for name, _, _, state in files)
    check_every_split(HTTP, turns)


CODED = [
    # Content-Encoding, body, decoded, events
    (b"gzip", gzip.compress(b"hello"), b"hello", []),
    (b"X-GZIP", gzip.compress(b"hello"), b"hello", []),
    (b"gz\0ip", gzip.compress(b"hello"), b"hello", []),
    (b"deflate", zlib.compress(b"hello"), b"hello", []),
    (b"identity", b"hello", b"hello", []),
    (b"gzip, deflate", zlib.compress(gzip.compress(b"hello")), b"hello", []),
    (b"identity,gzip", gzip.compress(b"hello"), b"hello", []),
    (b"gzip gzip gzip", gzip.compress(gzip.compress(b"hello")), b"hello",
     ["gzip_decompression_failed", "too_many_encoding_layers"]),
    (b";Gzip", gzip.compress(b"hello"), b"hello", ["abnormal_ce_header"]),
    (b"foo", b"hello", b"hello", ["abnormal_ce_header"]),
    (b"gzip", b"hello", b"hello", ["gzip_decompression_failed"]),
]  # fmt: skip


@pytest.mark.parametrize(("coding", "body", "decoded", "events"), CODED)
def test_codings(coding: bytes, body: bytes, decoded: bytes, events: list[str]) -> None:
    fields = b"Content-Encoding: %b\r\nContent-Length: %d\r\n" % (coding, len(body))
    turns = [(True, post(fields, body)), (False, answer(fields, body))]
    expected = [(P, b"/p", 200, decoded, decoded, events)]
    if coding.startswith(b"gzip gzip"):
        expected = [(P, b"/p", 200, decoded, decoded, ["too_many_encoding_layers"])]
    assert told(listen(HTTP, turns)) == expected
    check_every_split(HTTP, turns)


def bomb(n_bytes: int) -> bytes:
    """Return Deflate in Deflate: more than 2,048 for one."""
    return zlib.compress(zlib.compress(bytes(n_bytes), 9), 9)


def test_bombs() -> None:
    """The limit of bodies ends any decoding; without one the ratio does, and at the third bomb no more is decoded."""
    data = bomb(30_000_000)
    fields = b"Content-Encoding: deflate, deflate\r\nContent-Length: %d\r\n" % len(data)
    flow = [(True, GET), (False, answer(fields, data))] * 4
    for *_, body, events in told(listen(HTTP, flow)):
        assert (len(body), events) == (100 << 10, [])
    settings = Settings()
    settings.http_response_body_limit = 0
    found = told(listen(HTTP, flow, settings))
    assert [events for *_, events in found] == [["compression_bomb"]] * 3 + [["compression_bomb_limit_reached"]]
    assert all(len(body) < 1_300_000 for *_, body, _ in found)
    assert found[3][4] == data


def test_bodies_are_kept_up_to_their_limit() -> None:
    settings = Settings()
    settings.http_request_body_limit = settings.http_response_body_limit = 10
    turns = [
        (True, post(b"Content-Length: 30\r\n", b"0123456789" * 3) + GET),
        (False, answer(b"Content-Length: 10\r\n", b"a" * 10) + OK),
    ]
    ear = listen(HTTP, turns, settings)
    assert told(ear) == [(P, b"/p", 200, b"0123456789", b"a" * 10, []), X]
    files = [(f.to_server, f.size, f.state) for f in ear.transactions[0].files]
    assert files == [(True, 10, TRUNCATED), (False, 10, CLOSED)]
    check_every_split(HTTP, turns, settings)


def test_rules_look_into_a_body_as_it_grows() -> None:
    """When its file opens and ends, each time another step has come and at its limit; inline, always."""
    settings = Settings()
    settings.http_response_look = 100
    settings.http_response_body_limit = 250
    assert looks(settings) == [10, 100, 200, 250, 250]
    settings.is_inline = True
    assert looks(settings) == [*range(10, 250, 10), *[250] * 6]


def looks(settings: Settings) -> list[int]:
    """Return how much of a body there was whenever rules were let look into it before its end."""
    ear = listen(HTTP, [(True, GET), (False, answer(b"Content-Length: 1000\r\n", b""))], settings, is_closed=False)
    found = []
    for _ in range(30):
        ear.conversation.feed(b"0123456789", False)
        tx = ear.conversation.transactions[0]
        assert isinstance(tx, HttpTransaction)
        if tx.has_response_news and tx.has_more_response and tx.response_body.data:
            found.append(len(tx.response_body.data))
        ear.take()
    return found


def test_connect() -> None:
    """A tunnel is found out about from its first byte on, whoever sends it."""
    request = b"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"
    ear = listen(
        HTTP,
        [(True, request + b"early"), (False, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlate")],
        is_closed=False,
    )
    talk = ear.conversation
    assert (talk.next_protocol, talk.rest_to_server, talk.rest_to_client) == ("any", b"early", b"late")
    assert told(ear) == [(b"CONNECT", b"h:443", 200, b"", b"", [])]
    assert (ear.transactions[0].host, ear.transactions[0].port) == (b"h", 443)


@pytest.mark.parametrize(
    ("upgrade", "protocol"), [(b"h2c", "http2"), (b"WebSocket", "websocket"), (b"TLS/1.0", "any"), (b"", "any")]
)
def test_upgrade(upgrade: bytes, protocol: str) -> None:
    ear = listen(HTTP, [(True, GET), (False, b"HTTP/1.1 101 S\r\nUpgrade: %b\r\n\r\nrest" % upgrade)], is_closed=False)
    assert (ear.conversation.next_protocol, ear.conversation.rest_to_client) == (protocol, b"rest")
    assert told(ear) == [(b"GET", b"/x", 101, b"", b"", [])]


def test_gaps() -> None:
    """Within a body it is a gap of the file; anywhere else the next message is looked for."""
    ear = Ear(HTTP)
    ear.hear(get(b"1") + get(b"2") + get(b"3"), True)
    ear.hear(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhello", False)
    ear.miss(5, False)
    ear.hear(b"0123456789" + OK[:17], False)
    ear.miss(100, False)
    ear.hear(b"rest\r\n" + OK, False)
    ear.end(True)
    ear.end(False)
    assert told(ear) == [
        (b"GET", b"/1", 200, b"", b"hello0123456789", []),
        (b"GET", b"/2", 200, b"", b"", ["invalid_gap"]),
        (b"GET", b"/3", 200, b"", b"ok", []),
    ]
    file = ear.transactions[0].files[0]
    assert (file.size, file.has_gaps, file.state) == (20, True, TRUNCATED)


def test_a_gap_in_a_coded_body_ends_its_decoding() -> None:
    data = gzip.compress(b"hello world " * 100)
    ear = Ear(HTTP)
    ear.hear(GET + GET, True)
    ear.hear(answer(b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(data), data[:20]), False)
    ear.miss(5, False)
    ear.hear(data[25:] + OK, False)
    assert told(ear)[1] == X
    assert ear.transactions[0].files[0].state == TRUNCATED


def test_too_many_requests_wait() -> None:
    """The oldest is given up, with an event; its answer, if it comes, answers none of the others."""
    settings = Settings()
    settings.http_max_transactions = 3
    ear = listen(HTTP, [(True, b"".join(get(b"%d" % n) for n in range(5)))], settings, is_closed=False)
    assert [len(ear.conversation.transactions), ear.recorded] == [3, [0, 1]]
    ear.hear(OK * 3, False)
    ear.end(True)
    ear.end(False)
    found = [(target, status, events) for _, target, status, _, _, events in told(ear)]
    assert found == [
        (b"/0", 0, ["too_many_transactions"]),
        (b"/1", 0, ["too_many_transactions"]),
        (b"/2", 200, []),
        (b"/3", 0, []),
        (b"/4", 0, []),
        (NOT_SEEN, 200, ["unable_to_match_response_to_request"]),
        (NOT_SEEN, 200, ["unable_to_match_response_to_request"]),
    ]


def test_a_request_is_there_before_its_body() -> None:
    ear = listen(HTTP, [(True, post(b"Content-Length: 9\r\n", b"abc"))], is_closed=False)
    tx = ear.transactions[0]
    assert (tx.request_progress, tx.response_progress, ear.recorded) == (HEADERS, 0, [])
    ear.hear(b"defghi", True)
    assert (tx.request_progress, ear.recorded) == (COMPLETE, [])
    ear.hear(OK, False)
    assert ear.recorded == [0]


RECORD = {
    "hostname": "ex.com", "http_port": 8080, "url": "/\\xff", "http_user_agent": "u", "xff": "1.2.3.4",
    "http_content_type": "text/html", "content_range": {"raw": "bytes 0-1/9", "start": 0, "end": 1, "size": 9},
    "http_refer": "r", "http_method": "GET", "protocol": "HTTP/1.1", "status": 206, "redirect": "/y", "length": 2,
}  # fmt: skip


def test_record() -> None:
    request = (
        b"GET /\xff HTTP/1.1\r\nHost: Ex.COM:8080\r\nUser-Agent: u\r\nReferer: r\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
    )
    fields = (
        b"Content-Type: text/html; charset=x\r\nContent-Range: bytes 0-1/9\r\nLocation: /y\r\nContent-Length: 2\r\n"
    )
    response = b"HTTP/1.1 206 P\r\n" + fields + b"\r\nok"
    ear = listen(HTTP, [(True, request), (False, response)])
    assert ear.transactions[0].record() == RECORD
    assert listen(HTTP, [(False, b"HTTP/1.1 2XX\r\n\r\n")]).transactions[0].record() == {
        "url": NOT_SEEN.decode(), "status_string": "2XX", "length": 0,
    }  # fmt: skip


PROBES = [
    (b"GET / HTTP/1.1\r\n", True, YES),
    (b"GET ", True, YES),
    (b"get /x", True, YES),
    (b"GE", True, MAYBE),
    (b"FOO /x HT", True, MAYBE),
    (b"FOO /x HTTP/1.1\r\n", True, YES),
    (b"FOO /x\r\n", True, NO),
    (b"OPTIONS sip:a SIP/2.0\r\n", True, NO),
    (b"OPTIONS * HTTP/1.1\r\n", True, YES),
    (b"OPTIONS ", True, MAYBE),
    (b"DESCRIBE rtsp://h RTSP/1.0\r\n", True, NO),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", True, NO),
    (b"\x16\x03\x01", True, NO),
    (b"GET / HTTP/1.1\r\n", False, NO),
    (b"HTTP/1.1 200 OK\r\n", False, YES),
    (b"http/1.0 200", False, YES),
    (b"HTTP/1.", False, MAYBE),
    (b"HTTP/2 200", False, NO),
    (b"ICY 200 OK", False, NO),
]


@pytest.mark.parametrize(("data", "to_server", "expected"), PROBES)
def test_probe(data: bytes, to_server: bool, expected: int) -> None:
    assert HTTP.probe(data, to_server, 40000, 80) == expected
