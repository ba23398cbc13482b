"""Reads what a client says."""

from __future__ import annotations

import re
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.http.body import Intake, codings
from vids.engine.proto.http.form import MAX_BOUNDARY, Form
from vids.engine.proto.http.head_reader import HeadReader
from vids.engine.proto.http.line import (
    HTTP_1_1,
    is_request_line,
    may_be_request_line,
    parse_request_line,
)
from vids.engine.proto.http.number import content_length
from vids.engine.proto.http.parameter import parameter
from vids.engine.proto.http.side import (
    AFTER,
    CHUNK_LINE,
    FIELDS,
    FIRST_LINE,
    IDLE,
    LENGTH,
    LOST,
    Side,
)
from vids.engine.proto.http.talk import HttpTalk
from vids.engine.proto.http.target import (
    normal_uri,
    parse_connect_target,
    parse_target,
    port_number,
    split_host,
)
from vids.engine.proto.http.transaction import HEADERS, LINE, HttpTransaction
from vids.engine.settings import Settings

SHORT: Final = 20  # states beside those of side.py: behind the line of HTTP/0.9
CONNECTING: Final = 21  # until a CONNECT is answered

MAX_HELD: Final = 64 << 10  # bytes that a client sends before its CONNECT is answered
MAX_SHORT_REST: Final = 16  # blanks that may follow a request of HTTP/0.9

BLANK_LINES: Final = re.compile(rb"[\r\n]*(?:[ \t]+\r?\n[\r\n]*)*")
SPACES: Final = b" \t\r\n\x0b\x0c"
NEXT_REQUEST: Final = re.compile(
    rb"\n(?=[ \t]*(?:(?:HEAD|GET|PUT|POST|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|MKCOL|COPY|MOVE)[ \t]"
    rb"|[A-Za-z_-]{1,32}[ \t]+\S[^\r\n]{0,4096}[ \t]HTTP/\d))"
)

MISSING_PROTOCOL: Final = "request_line_missing_protocol"
FIELD_TOO_LONG: Final = "request_field_too_long"
BODY_UNEXPECTED: Final = "request_body_unexpected"
INVALID_CODING: Final = "invalid_transfer_encoding_value_in_request"
INVALID_LENGTH: Final = "invalid_content_length_field_in_request"
HOST_MISSING: Final = "missing_host_header"
HOST_AMBIGUOUS: Final = "host_header_ambiguous"
HOST_INVALID: Final = "request_header_host_invalid"
TARGET_HOST_INVALID: Final = "request_uri_host_invalid"
UNKNOWN_AUTHORIZATION: Final = "request_auth_unrecognized"
DOUBLE_ENCODED: Final = "double_encoded_uri"
NAME_TOO_LONG: Final = "file_name_too_long"
MAX_NAME: Final = 4096  # bytes of a file's name


@final
class Requests(Side):
    """The client's direction."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(True, settings)
        self.held = b""  # behind a CONNECT that is not answered
        self.had_short = False  # a request of HTTP/0.9: the connection ends with its response

    def step(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        state = self.state
        if state == IDLE:
            return self._begin(talk, data, at)
        if state == FIRST_LINE:
            return self._take_first_line(talk, data, at)
        if state == FIELDS:
            return self._take_fields(talk, data, at)
        if state == AFTER:
            return self._take_after(talk, data, at)
        if state == LOST:
            return self._find(data, at)
        if state == SHORT:
            return self._take_behind_short(data, at)
        if state == CONNECTING:
            self.held += data[at : at + MAX_HELD - len(self.held)]
            return len(data)
        return self.take_framing(talk, data, at)

    def _begin(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Step over empty lines before a request (RFC 9112, section 2.2)."""
        if data[at] in b"\r\n \t":
            match = BLANK_LINES.match(data, at)
            if match is not None:
                at = match.end()
        if at < len(data):
            self.tx = talk.begin_request()
            self.state = FIRST_LINE
            self.is_long_line = False
        return at

    def _take_first_line(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        end = data.find(b"\n", at) + 1
        if end == 0:
            return self.keep_line(data, at)
        self._read_first_line(talk, self.take_line(data, at, end))
        tx = self.tx
        if tx is not None and tx.is_short:
            self._decide_version(talk, tx, data[end : end + MAX_SHORT_REST + 1])
        return end

    def _read_first_line(self, talk: HttpTalk, line: bytes) -> None:
        tx = self.tx
        if tx is None:
            return
        if self.is_long_line:
            tx.event(FIELD_TOO_LONG)
        parse_request_line(line, tx)
        if tx.uri_raw is not None:
            self._read_target(tx, tx.uri_raw)
        tx.request_progress = LINE
        talk.changed(tx, True)
        self.state = FIELDS
        self.reader = HeadReader(False, self.settings.http_max_headers)

    def _read_target(self, tx: HttpTransaction, text: bytes) -> None:
        is_valid = True
        if tx.method == b"CONNECT":
            tx.target = parse_connect_target(text)
            is_valid = split_host(text)[2]
        else:
            target = tx.target = parse_target(text)
            if target.host is not None:
                whole = target.host if target.port is None else target.host + b":" + target.port
                is_valid = split_host(whole)[2]
            tx.uri, is_double = normal_uri(target, self.settings)
            if is_double:
                tx.event(DOUBLE_ENCODED)
        if not is_valid:
            tx.event(TARGET_HOST_INVALID)

    def _decide_version(self, talk: HttpTalk, tx: HttpTransaction, following: bytes) -> None:
        """Tell HTTP/0.9, which is over with its line, from a line that misses its version."""
        if following.strip(SPACES) or len(following) > MAX_SHORT_REST:
            tx.is_short = False
            tx.event(MISSING_PROTOCOL)
            return
        self.had_short = True
        tx.request_progress = HEADERS
        self.complete(talk)
        self.state = SHORT

    def _take_behind_short(self, data: bytes, at: i64) -> i64:
        """Look for a request behind one of HTTP/0.9: there should be nothing."""
        if is_request_line(data[at : at + 256]):
            self.state = IDLE
            return at
        return len(data)

    def _take_fields(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        reader = self.reader
        if reader is None:
            self.state = IDLE
            return at
        end = reader.feed(data, at)
        if end < 0:
            return len(data)
        self._read_fields(talk, reader)
        self.run(talk, reader.behind)
        return end

    def _read_fields(self, talk: HttpTalk, reader: HeadReader) -> None:
        """Find out from the fields which host is meant, and what body follows."""
        tx = self.tx
        self.reader = None
        if tx is None:
            return
        tx.request_head = reader.head
        self.note_oddities(tx, reader)
        self._find_host(tx)
        authorization = tx.request_head.value(b"authorization")
        if authorization is not None and not authorization.lower().startswith((b"basic", b"digest", b"bearer")):
            tx.event(UNKNOWN_AUTHORIZATION)
        self._begin_body(talk, tx)
        tx.request_progress = HEADERS
        talk.changed(tx, True)
        if tx.method == b"CONNECT" and self.state == AFTER:
            self.state = CONNECTING
            self.held = b""

    def _find_host(self, tx: HttpTransaction) -> None:
        target = tx.target
        if target is not None:
            tx.host = target.host
            if target.port is not None:
                tx.port = port_number(target.port)
        value = tx.request_head.value(b"host")
        if value is None:
            if tx.request_version >= HTTP_1_1:
                tx.event(HOST_MISSING)
            return
        host, port, is_valid = split_host(value)
        if not is_valid and value:
            tx.event(HOST_INVALID)
        if host is None:
            if tx.host is not None:
                tx.event(HOST_AMBIGUOUS)
            return
        number = -1 if port is None else port_number(port)
        if tx.host is None:
            tx.host = host.lower()
            tx.port = number
        elif tx.host != host.lower() or (tx.port >= 0 and port is not None and tx.port != number):
            tx.event(HOST_AMBIGUOUS)

    def _begin_body(self, talk: HttpTalk, tx: HttpTransaction) -> None:
        """Decide how the body is framed (RFC 9112, section 6.3)."""
        head = tx.request_head
        intake = self.intake = Intake(tx.request_body, True, self.settings)
        coding = head.value(b"transfer-encoding")
        length = head.value(b"content-length")
        self.state = AFTER
        if coding is not None:
            if b"chunked" in coding.lower().replace(b"\0", b""):
                self.state = CHUNK_LINE
            if tx.request_version < HTTP_1_1 or self.state == AFTER:
                tx.event(INVALID_CODING)
        if self.state == AFTER and length is not None:
            self.left = content_length(length)
            self.note_length(tx, length)
            if self.left > 0:
                self.state = LENGTH
            elif self.left < 0:
                tx.event(INVALID_LENGTH)
        if self.state == AFTER:
            return
        encoding = head.value(b"content-encoding")
        if encoding is not None:
            intake.layers = codings(encoding, tx, self.settings, talk.n_bombs)
        if tx.method in (b"POST", b"PUT"):
            self._prepare_files(tx, intake)

    def _prepare_files(self, tx: HttpTransaction, intake: Intake) -> None:
        """Make an upload's body a file, or, if it is a form, look for files in it."""
        kind = tx.request_head.value(b"content-type")
        boundary = None if kind is None or tx.method != b"POST" else parameter(kind, b"boundary=")
        if boundary and len(boundary) <= MAX_BOUNDARY:
            intake.form = Form(boundary, intake.limit)
            return
        target = tx.target
        if target is not None and target.path is not None:
            intake.file_name = short_name(target.path, tx)

    def _take_after(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Look at what follows a request at once: the next one, or bytes that nothing announced, which are its body."""
        match = BLANK_LINES.match(data, at)
        if match is not None and match.end() > at:
            return match.end()
        end = data.find(b"\n", at) + 1
        is_request = is_request_line(data[at:end]) if end > 0 else may_be_request_line(data[at : at + 4096])
        if is_request:
            self.complete(talk)
            return at
        tx = self.tx
        if tx is not None:
            tx.event(BODY_UNEXPECTED)
        following = NEXT_REQUEST.search(data, at)
        end = len(data) if following is None else following.end()
        self.take_body(talk, data[at:end])
        return end

    def complete(self, talk: HttpTalk) -> None:
        tx = self.tx
        if tx is not None:
            if self.intake is not None:
                self.intake.close(talk, tx, self.is_cut())
            talk.end_request(tx)
        self.tx = None
        self.intake = None
        self.reader = None
        self.line = b""
        self.state = IDLE

    def _find(self, data: bytes, at: i64) -> i64:
        """Look for the next request behind a gap."""
        if is_request_line(data[at : at + 4096]):
            self.state = IDLE
            return at
        match = NEXT_REQUEST.search(data, at)
        if match is None:
            return len(data)
        self.state = IDLE
        return match.end()

    def answer(self, talk: HttpTalk, tx: HttpTransaction, is_tunnel: bool) -> bytes:
        """Go on behind a CONNECT; return what the client said since, which is the tunnel's if there is one."""
        held = self.held
        self.held = b""
        if self.state != CONNECTING or self.tx is not tx:
            return b""
        self.complete(talk)
        return held

    def skip_body(self, talk: HttpTalk, tx: HttpTransaction) -> None:
        """End a request whose body the server refused before it began."""
        intake = self.intake
        if self.tx is tx and self.state == LENGTH and intake is not None and intake.body.wire == 0:
            self.complete(talk)

    def close(self, talk: HttpTalk, is_truncated: bool) -> None:
        """End what the client says."""
        tx = self.tx
        if tx is None:
            return
        if self.state == FIRST_LINE and self.line:
            self._read_first_line(talk, self.line)
        if self.state == FIELDS and self.reader is not None:
            reader = self.reader
            reader.close()
            self._read_fields(talk, reader)
            self.state = AFTER
        if is_truncated and self.intake is not None:
            self.intake.close(talk, tx, True)
        self.complete(talk)


def short_name(name: bytes, tx: HttpTransaction) -> bytes:
    """Return the name of a file, cut where it is too long."""
    if len(name) > MAX_NAME:
        tx.event(NAME_TOO_LONG)
        return name[:MAX_NAME]
    return name
