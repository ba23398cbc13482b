"""What rules can ask about HTTP: its sticky buffers."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.field import BOTH, Field, Values
from vids.engine.proto.http.transaction import HEADERS, LINE, HttpTransaction
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER, Transaction

GUIDE: Final = "Suricata user guide, rules, http keywords"
LAST: Final = 4  # rank of buffers that hold one of a few words

GET: Final = (
    b"GET /a/./b%20c?d=%41 HTTP/1.1\r\nHost: Ex.COM:8080\r\nUser-Agent: curl\r\nAccept: */*\r\n"
    b"Accept-Encoding: gzip\r\nAccept-Language: de\r\n"
    b"Referer: /r\r\nCookie: c=1\r\nConnection: close\r\nX: 1\r\nX:  2\r\n\r\n"
)
PLAIN: Final = b"GET / HTTP/1.0\r\n\r\n"
POST: Final = b"POST /up HTTP/1.1\r\nHost: h\r\nContent-Type: text/x\r\nContent-Length: 5\r\n\r\na\0b\xffc"
OK: Final = (
    b"HTTP/1.1 200 All fine\r\nServer: s/1\r\nSet-Cookie: k=v\r\nConnection: close\r\nContent-Type: text/html\r\n"
    b"Content-Length: 5\r\n\r\nhello"
)
MOVED: Final = b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"
BARE: Final = b"HTTP/1.0 204\r\n\r\n"


def _http(transaction: Transaction) -> HttpTransaction:
    assert isinstance(transaction, HttpTransaction)
    return transaction


def _one(value: bytes | None) -> list[bytes]:
    return [] if value is None else [value]


def _uri(transaction: Transaction, to_server: bool) -> list[bytes]:
    uri = _http(transaction).uri
    return [uri] if uri else []


def _uri_raw(transaction: Transaction, to_server: bool) -> list[bytes]:
    tx = _http(transaction)
    return _one(tx.uri_raw) if tx.method else []


def _method(transaction: Transaction, to_server: bool) -> list[bytes]:
    method = _http(transaction).method
    return [method] if method else []


def _protocol(transaction: Transaction, to_server: bool) -> list[bytes]:
    tx = _http(transaction)
    return _one(tx.request_protocol if to_server else tx.response_protocol)


def _request_line(transaction: Transaction, to_server: bool) -> list[bytes]:
    line = _http(transaction).request_line
    return [line] if line else []


def _response_line(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _one(_http(transaction).status_line)


def _stat_code(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _one(_http(transaction).status)


def _stat_msg(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _one(_http(transaction).message)


def _request_body(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).request_body.values()


def _response_body(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).response_body.values()


def _header(transaction: Transaction, to_server: bool) -> list[bytes]:
    lines = _http(transaction).head(to_server).lines()
    return [lines] if lines else []


def _header_raw(transaction: Transaction, to_server: bool) -> list[bytes]:
    raw = _http(transaction).head(to_server).raw
    return [raw] if raw else []


def _header_names(transaction: Transaction, to_server: bool) -> list[bytes]:
    names = _http(transaction).head(to_server).names()
    return [names] if names else []


def _start(transaction: Transaction, to_server: bool) -> list[bytes]:
    tx = _http(transaction)
    line = tx.request_line if to_server else tx.status_line
    return [tx.head(to_server).start(line)] if line else []


def _each_header(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).head(to_server).listed()


def _cookie(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).head(to_server).values(b"cookie" if to_server else b"set-cookie")


def _host(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _one(_http(transaction).host)


def _host_raw(transaction: Transaction, to_server: bool) -> list[bytes]:
    tx = _http(transaction)
    if tx.target is not None and tx.target.host is not None:
        return [tx.target.host]
    value = tx.request_head.value(b"host")
    return [value] if value else []


def _user_agent(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).request_head.values(b"user-agent")


def _accept(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).request_head.values(b"accept")


def _accept_enc(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).request_head.values(b"accept-encoding")


def _accept_lang(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).request_head.values(b"accept-language")


def _referer(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).request_head.values(b"referer")


def _connection(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).head(to_server).values(b"connection")


def _content_len(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).head(to_server).values(b"content-length")


def _content_type(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).head(to_server).values(b"content-type")


def _location(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).response_head.values(b"location")


def _server(transaction: Transaction, to_server: bool) -> list[bytes]:
    return _http(transaction).response_head.values(b"server")


def _field_of(name: str, header: str, sides: int, read: Values, *values: bytes) -> Field:
    """Return the buffer of one header; its other spelling has an underscore. `values` are those of GET and OK."""
    return Field(
        f"http.{name}", f"Look into the value of the {header} header; of one that came again, all values, joined.",
        sides, HEADERS, read, f"{GUIDE}, http.{name}", (f"http_{name}",), takes_side=sides == BOTH,
        cases=((GET, OK, values), (PLAIN, BARE, ())),
    )  # fmt: skip


HTTP_FIELDS: Final[tuple[Field, ...]] = (
    Field(
        "http.uri", "Look into path, query and fragment of the request's target, with encodings and dots undone.",
        TO_SERVER, LINE, _uri, f"{GUIDE}, http.uri", modifiers=("http_uri",), cases=(
            (GET, OK, (b"/a/b c?d=A",)), (b"GET http://h:80/%2e/x#%41 HTTP/1.1\r\n\r\n", b"", (b"/x#A",)),
            (b"GET /a/..%c0%af..%5cb//c/%u2215 HTTP/1.0\r\n\r\n", b"", (b"/b/c/",)),
            (b"CONNECT h:443 HTTP/1.1\r\n\r\n", b"", ()), (b"", OK, ()),
        ),
    ),
    Field(
        "http.uri.raw", "Look into the request's target as it was sent.",
        TO_SERVER, LINE, _uri_raw, f"{GUIDE}, http.uri.raw", modifiers=("http_raw_uri",), cases=(
            (GET, OK, (b"/a/./b%20c?d=%41",)), (b"CONNECT h:443 HTTP/1.1\r\n\r\n", b"", (b"h:443",)), (b"", OK, ()),
        ),
    ),
    Field(
        "http.method", "Look into the method of the request.",
        TO_SERVER, LINE, _method, f"{GUIDE}, http.method", modifiers=("http_method",), rank=LAST,
        cases=((GET, OK, (b"GET",)), (b"\r\nfoo / HTTP/1.1\r\n\r\n", b"", (b"foo",)), (b"", OK, ())),
    ),
    Field(
        "http.protocol", "Look into the version in the first line, such as HTTP/1.1.",
        BOTH, LINE, _protocol, f"{GUIDE}, http.protocol", ("http_protocol",), takes_side=True, rank=LAST, cases=(
            (GET, BARE, (b"HTTP/1.1", b"HTTP/1.0")), (b"GET /\r\n", b"hello", ()),
        ),
    ),
    Field(
        "http.request_line", "Look into the first line of the request, without its end.",
        TO_SERVER, LINE, _request_line, f"{GUIDE}, http.request_line", ("http_request_line",),
        cases=((PLAIN, b"", (b"GET / HTTP/1.0",)), (b"", OK, ())),
    ),
    Field(
        "http.response_line", "Look into the first line of the response, without its end.",
        TO_CLIENT, LINE, _response_line, f"{GUIDE}, http.response_line", ("http_response_line",),
        cases=((GET, OK, (b"HTTP/1.1 200 All fine",)), (GET, b"", ())),
    ),
    Field(
        "http.request_body", "Look into the beginning of the request's body, with transfer and content codings undone.",
        TO_SERVER, HEADERS, _request_body, f"{GUIDE}, http.request_body", modifiers=("http_client_body",),
        is_growing=True, cases=(
            (POST, OK, (b"a\0b\xffc",)), (GET, OK, ()),
            (b"PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n1\r\nc\r\n0\r\n\r\n", OK, (b"abc",)),
        ),
    ),
    Field(
        "http.response_body",
        "Look into the beginning of the response's body, with transfer and content codings undone.",
        TO_CLIENT, HEADERS, _response_body, f"{GUIDE}, http.response_body", modifiers=("http_server_body",),
        is_growing=True, cases=(
            (GET, OK, (b"hello",)), (GET, b"HTTP/1.0 200 OK\r\n\r\nto the end", (b"to the end",)), (GET, MOVED, ()),
            (
                GET, b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 7\r\n\r\n\xcbH\xcd\xc9\xc9\7\0",
                (b"hello",),
            ),
        ),
    ),
    Field(
        "http.header", "Look into all headers but cookies, one a line, in the form `Name: value`.",
        BOTH, HEADERS, _header, f"{GUIDE}, http.header", modifiers=("http_header",), takes_side=True, cases=(
            (b"GET / HTTP/1.1\nHost:h\nX: 1\n  2\nCookie: c\nx:3\n\n", BARE, (b"Host: h\r\nX: 1  2, 3\r\n",)),
            (PLAIN, MOVED, (b"Location: /y\r\nContent-Length: 0\r\n",)), (PLAIN, BARE, ()),
        ),
    ),
    Field(
        "http.header.raw", "Look into all headers as they were sent, with the empty line behind them.",
        BOTH, HEADERS, _header_raw, f"{GUIDE}, http.header.raw", modifiers=("http_raw_header",), takes_side=True,
        cases=((b"GET / HTTP/1.1\nHost:  h\n\n", BARE, (b"Host:  h\n\n", b"\r\n")), (b"GET /\r\n", b"hello", ())),
    ),
    Field(
        "http.header_names", "Look into the names of all headers, one a line, behind and before an empty line.",
        BOTH, HEADERS, _header_names, f"{GUIDE}, http.header_names", ("http_header_names",), takes_side=True, cases=(
            (POST, b"HTTP/1.1 302\r\nA:b\r\n\r\n", (
                b"\r\nHost\r\nContent-Type\r\nContent-Length\r\n\r\n", b"\r\nA\r\n\r\n",
            )),
            (PLAIN, BARE, ()),
        ),
    ),
    Field(
        "http.start", "Look into the first line and all headers, one a line, with the empty line behind them.",
        BOTH, HEADERS, _start, f"{GUIDE}, http.start", ("http_start",), takes_side=True, cases=(
            (b"GET / HTTP/1.1\r\nHost:h\r\nCookie: c\r\n\r\n", BARE, (
                b"GET / HTTP/1.1\r\nHost: h\r\nCookie: c\r\n\r\n", b"HTTP/1.0 204\r\n\r\n",
            )),
            (b"", b"hello", ()),
        ),
    ),
    Field(
        "http.request_header", "Look into each header of the request, in the form `Name: value`.",
        TO_SERVER, HEADERS, _each_header, f"{GUIDE}, http.request_header", is_multi=True, cases=(
            (POST, OK, (b"Host: h", b"Content-Type: text/x", b"Content-Length: 5")), (PLAIN, OK, ()),
        ),
    ),
    Field(
        "http.response_header", "Look into each header of the response, in the form `Name: value`.",
        TO_CLIENT, HEADERS, _each_header, f"{GUIDE}, http.response_header", is_multi=True, cases=(
            (GET, MOVED, (b"Location: /y", b"Content-Length: 0")), (GET, BARE, ()),
        ),
    ),
    Field(
        "http.cookie", "Look into the value of the Cookie header of a request, or Set-Cookie of a response.",
        BOTH, HEADERS, _cookie, f"{GUIDE}, http.cookie", modifiers=("http_cookie",), takes_side=True,
        cases=((GET, OK, (b"c=1", b"k=v")), (POST, MOVED, ())),
    ),
    Field(
        "http.user_agent", "Look into the value of the User-Agent header.",
        TO_SERVER, HEADERS, _user_agent, f"{GUIDE}, http.user_agent", modifiers=("http_user_agent",),
        cases=((GET, OK, (b"curl",)), (POST, OK, ())),
    ),
    Field(
        "http.host",
        "Look into the host that is asked, of the target or the Host header, in lower case, without a port.",
        TO_SERVER, HEADERS, _host, f"{GUIDE}, http.host", modifiers=("http_host",), cases=(
            (GET, OK, (b"ex.com",)), (b"GET http://u:p@A.b.:1/ HTTP/1.1\r\nHost: c\r\n\r\n", b"", (b"a.b",)),
            (b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", b"", (b"[::1]",)), (PLAIN, OK, ()),
        ),
    ),
    Field(
        "http.host.raw", "Look into the host of the target, else the value of the Host header, with its port.",
        TO_SERVER, HEADERS, _host_raw, f"{GUIDE}, http.host.raw", modifiers=("http_raw_host",),
        cases=((GET, OK, (b"Ex.COM:8080",)), (PLAIN, OK, ())),
    ),
    _field_of("accept", "Accept", TO_SERVER, _accept, b"*/*"),
    _field_of("accept_enc", "Accept-Encoding", TO_SERVER, _accept_enc, b"gzip"),
    _field_of("accept_lang", "Accept-Language", TO_SERVER, _accept_lang, b"de"),
    _field_of("referer", "Referer", TO_SERVER, _referer, b"/r"),
    _field_of("connection", "Connection", BOTH, _connection, b"close", b"close"),
    _field_of("content_len", "Content-Length", BOTH, _content_len, b"5"),
    _field_of("content_type", "Content-Type", BOTH, _content_type, b"text/html"),
    _field_of("server", "Server", TO_CLIENT, _server, b"s/1"),
    Field(
        "http.location", "Look into the value of the Location header of a response.",
        TO_CLIENT, HEADERS, _location, f"{GUIDE}, http.location", cases=((GET, MOVED, (b"/y",)), (GET, OK, ())),
    ),
    Field(
        "http.stat_code", "Look into the status code of the response.",
        TO_CLIENT, LINE, _stat_code, f"{GUIDE}, http.stat_code", modifiers=("http_stat_code",), rank=LAST,
        cases=((GET, OK, (b"200",)), (GET, b"HTTP/1.1 2XX\r\n\r\n", (b"2XX",)), (GET, b"", ())),
    ),
    Field(
        "http.stat_msg", "Look into the text behind the status code of the response.",
        TO_CLIENT, LINE, _stat_msg, f"{GUIDE}, http.stat_msg", modifiers=("http_stat_msg",), rank=3,
        cases=((GET, OK, (b"All fine",)), (GET, b"HTTP/1.1\r\n\r\n", ())),
    ),
)  # fmt: skip
