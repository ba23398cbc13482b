"""One request with its response, and its record."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.http.body import Body
from vids.engine.proto.http.head import Head
from vids.engine.proto.http.parameter import content_range
from vids.engine.proto.http.target import Target
from vids.engine.proto.text import text
from vids.engine.proto.transaction import Transaction

STARTED: Final = 1  # progress of a side: something was said,
LINE: Final = 2  # its first line is known,
HEADERS: Final = 3  # its fields are known,
TRAILER: Final = 4  # its body is

NOT_SEEN: Final = b"/libhtp::request_uri_not_seen"  # the target of a request that nobody saw, as analysts know it

NO_HEAD: Final = Head()  # of a side that did not come so far
SHAPE: Final[dict[str, object]] = {  # of the record
    "hostname?": str, "http_port?": int, "url?": str, "http_user_agent?": str, "xff?": str, "http_content_type?": str,
    "content_range?": {"raw": str, "start?": int, "end?": int, "size?": int}, "http_refer?": str, "http_method?": str,
    "protocol?": str, "status?": int, "status_string?": str, "redirect?": str, "length": int,
}  # fmt: skip


@final
class HttpTransaction(Transaction):
    """A request and its response. What is None, or b"" for the method, was not said."""

    def __init__(self, number: i64) -> None:
        super().__init__(number)
        self.request_line = b""
        self.method = b""
        self.is_method_known = False
        self.uri_raw: bytes | None = None
        self.request_protocol: bytes | None = None
        self.request_version: i64 = 0
        self.is_short = False  # no version was named: HTTP/0.9, unless fields follow
        self.target: Target | None = None
        self.uri = b""  # normalised
        self.host: bytes | None = None  # in lower case, of the target or the Host field
        self.port: i64 = -1
        self.request_head = NO_HEAD
        self.request_body = Body()
        self.status_line: bytes | None = None
        self.response_protocol: bytes | None = None
        self.response_version: i64 = 0
        self.status: bytes | None = None
        self.status_number: i64 = 0  # 0 is none
        self.message: bytes | None = None
        self.response_head = NO_HEAD
        self.response_body = Body()
        self.had_continue = False  # an interim response came

    def head(self, to_server: bool) -> Head:
        """Return the fields of a side."""
        return self.request_head if to_server else self.response_head

    def record(self) -> dict[str, object]:
        found: dict[str, object] = {}
        if self.host is not None:
            found["hostname"] = text(self.host)
        if self.port >= 0:
            found["http_port"] = int(self.port)
        if self.uri_raw is not None:
            found["url"] = text(self.uri_raw)
        _put(found, "http_user_agent", self.request_head.value(b"user-agent"))
        _put(found, "xff", self.request_head.value(b"x-forwarded-for"))
        kind = self.response_head.value(b"content-type")
        if kind is not None:
            found["http_content_type"] = text(kind.partition(b";")[0])
        self._put_range(found)
        _put(found, "http_refer", self.request_head.value(b"referer"))
        _put(found, "http_method", self.method or None)
        _put(found, "protocol", self.request_protocol)
        if self.status_number > 0:
            found["status"] = int(self.status_number)
        else:
            _put(found, "status_string", self.status)
        _put(found, "redirect", self.response_head.value(b"location"))
        found["length"] = int(self.response_body.wire)
        return found

    def _put_range(self, found: dict[str, object]) -> None:
        value = self.response_head.value(b"content-range")
        if value is None:
            return
        part: dict[str, object] = {"raw": text(value)}
        parsed = content_range(value)
        if parsed is not None:
            for name, number in (("start", parsed.start), ("end", parsed.end), ("size", parsed.size)):
                if number >= 0:
                    part[name] = int(number)
        found["content_range"] = part


def _put(found: dict[str, object], name: str, value: bytes | None) -> None:
    if value is not None:
        found[name] = text(value)
