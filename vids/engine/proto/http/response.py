"""Reads what a server says."""

from __future__ import annotations

import re
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.http.body import Intake, codings
from vids.engine.proto.http.head import Head
from vids.engine.proto.http.head_reader import HeadReader
from vids.engine.proto.http.line import HTTP_1_1, is_status_line, may_be_status_line, parse_status_line
from vids.engine.proto.http.number import content_length
from vids.engine.proto.http.parameter import content_range, parameter
from vids.engine.proto.http.request import short_name
from vids.engine.proto.http.side import (
    AFTER,
    CHUNK_LINE,
    FIELDS,
    FIRST_LINE,
    IDLE,
    LENGTH,
    LOST,
    REST,
    Side,
)
from vids.engine.proto.http.talk import HttpTalk
from vids.engine.proto.http.transaction import HEADERS, LINE, STARTED, HttpTransaction
from vids.engine.settings import Settings

PERHAPS: Final = 20  # a state beside those of side.py: a body was announced that should not be there

LF: Final = 0x0A
LINE_END: Final = re.compile(rb"[\r\n]")
EMPTY_LINES: Final = re.compile(rb"[\r\n]+")
BLANK_LINES: Final = re.compile(rb"(?:[ \t\x0b\x0c\0]*[\r\n]+)*")
BLANK_LINE_END: Final = re.compile(rb"[ \t\x0b\x0c\0]*[\r\n]+")
NOTHING: Final = b" \t\r\n\x0b\x0c\0"
NEXT_STATUS: Final = re.compile(rb"[\r\n](?=[ \t\0]*http)", re.IGNORECASE)
NEXT_RESPONSE: Final = re.compile(rb"[\r\n](?=HTTP/\d)")
VERSION_START: Final = b"HTTP/"
WEBSOCKET: Final = "websocket"
HTTP2: Final = "http2"
ANY: Final = "any"

FIELD_TOO_LONG: Final = "response_field_too_long"
BODY_UNEXPECTED: Final = "response_body_unexpected"
REQUEST_INCOMPLETE: Final = "request_line_incomplete"
CONTINUE_TWICE: Final = "100_continue_already_seen"
INVALID_CODING: Final = "invalid_transfer_encoding_value_in_response"
ABNORMAL_CODING: Final = "response_abnormal_transfer_encoding"
OLD_PROTOCOL: Final = "response_chunked_old_proto"
INVALID_LENGTH: Final = "invalid_content_length_field_in_response"
BYTERANGES: Final = "response_multipart_byteranges"
SWITCH_WITH_LENGTH: Final = "switching_proto_with_content_length"
RANGE_INVALID: Final = "range_invalid"


@final
class Responses(Side):
    """The server's direction."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(False, settings)
        self.is_answered = False  # the CONNECT at hand
        self.is_in_junk = False  # in a line that is no status line

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
        if state == PERHAPS:
            return self._take_perhaps(talk, data, at)
        if state == LOST:
            return self._find(data, at)
        return self.take_framing(talk, data, at)

    def _begin(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Step over empty lines before a response, and find out what it answers."""
        match = BLANK_LINES.match(data, at)
        if match is not None:
            at = match.end()
        if at >= len(data):
            return at
        tx = self.tx = talk.answered()
        tx.response_progress = STARTED
        if not tx.method and tx.uri_raw is None:
            tx.event(REQUEST_INCOMPLETE)
        self.intake = Intake(tx.response_body, False, self.settings)
        self.intake.file_name = self._path(tx)
        self.state = FIRST_LINE
        self.is_in_junk = self.is_long_line = False
        return at

    def _path(self, tx: HttpTransaction) -> bytes | None:
        target = tx.target
        return None if target is None or target.path is None else short_name(target.path, tx)

    def _take_first_line(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Take the status line; lines before it that are none are a body, as in HTTP/0.9."""
        if self.is_in_junk:
            return self._take_junk(talk, data, at)
        at = self._skip_blank_lines(data, at)
        if at >= len(data):
            return at
        start = self.line + data[at : at + 64] if self.line else data[at : at + 64]
        if not may_be_status_line(start):
            self._begin_junk(talk)
            return at
        end = self._line_end(data, at)
        if end < 0:
            return self.keep_line(data, at)
        line = self.take_line(data, at, end)
        if is_status_line(line):
            self._read_first_line(talk, line)
        else:
            self.take_body(talk, line)
        return end

    def _line_end(self, data: bytes, at: i64) -> i64:
        """Return what follows the line end that comes next: LF, CR LF or CR; -1 if it is not here."""
        if self.line.endswith(b"\r"):
            return at + 1 if data[at] == LF else at
        match = LINE_END.search(data, at)
        if match is None:
            return -1
        end: i64 = match.start() + 1
        if data[end - 1] == LF:
            return end
        if end == len(data):
            return -1
        return end + 1 if data[end] == LF else end

    def _skip_blank_lines(self, data: bytes, at: i64) -> i64:
        """Step over lines that hold nothing but blanks and NUL, unless a body has begun."""
        if self.intake is not None and self.intake.body.wire > 0:
            return at
        if self.line:
            if self.line.strip(NOTHING):
                return at
            if self.line[-1] not in b"\r\n":
                match = BLANK_LINE_END.match(data, at)
                if match is None:
                    return at
                at = match.end()
            self.line = b""
        match = BLANK_LINES.match(data, at)
        return at if match is None else match.end()

    def _begin_junk(self, talk: HttpTalk) -> None:
        """Begin a body that no status line announced."""
        self.is_in_junk = True
        line, self.line = self.line, b""
        if line:
            self.take_body(talk, line)
        if self.tx is not None and self.tx.is_short:
            self.state = REST

    def _take_junk(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Take bytes up to the line end before what looks like a status line."""
        match = NEXT_STATUS.search(data, at)
        if match is None and data[-1] not in b"\r\n":
            match = LINE_END.search(data, max(at, len(data) - 8))
        if match is None:
            self.is_in_junk = data[-1] not in b"\r\n"
            self.take_body(talk, data[at:])
            return len(data)
        self.is_in_junk = False
        end = match.end()
        self.take_body(talk, data[at:end])
        return end

    def _read_first_line(self, talk: HttpTalk, line: bytes) -> None:
        tx = self.tx
        if tx is None:
            return
        if self.is_long_line:
            tx.event(FIELD_TOO_LONG)
        parse_status_line(line, tx)
        if not 100 <= tx.status_number < 200:  # else another status may follow
            tx.response_progress = LINE
            talk.changed(tx, False)
        self.state = FIELDS
        self.reader = HeadReader(True, self.settings.http_max_headers)

    def _take_fields(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        reader = self.reader
        if reader is None:
            self.state = IDLE
            return at
        end = reader.feed(data, at)
        if end < 0:
            return len(data)
        self._read_fields(talk, reader)
        if talk.next_protocol:
            talk.rest_to_client = reader.behind + data[end:]
            return len(data)
        self.run(talk, reader.behind)
        return end

    def _read_fields(self, talk: HttpTalk, reader: HeadReader) -> None:
        """Find out from the fields what follows: a body, another response, another protocol."""
        tx = self.tx
        self.reader = None
        if tx is None:
            return
        self.note_oddities(tx, reader)
        head = reader.head
        if self._is_interim(tx, head):
            if tx.had_continue and tx.status_number == 100:
                tx.event(CONTINUE_TWICE)
            tx.had_continue = True
            tx.status_line = tx.response_protocol = tx.status = tx.message = None
            tx.status_number = 0
            self.state = FIRST_LINE
            return
        tx.response_head = head
        if 400 <= tx.status_number < 500 and (tx.request_head.value(b"expect") or b"").lower() == b"100-continue":
            talk.refuse_body(tx)
        self._begin_body(talk, tx, head)
        tx.response_progress = HEADERS
        talk.changed(tx, False)
        self._switch(talk, tx, head)

    def _is_interim(self, tx: HttpTransaction, head: Head) -> bool:
        """Return whether another response follows to the same request (RFC 9110, section 15.2)."""
        if not 100 <= tx.status_number < 200 or tx.status_number == 101:
            return False
        length = head.value(b"content-length")
        return head.get(b"transfer-encoding") is None and (length is None or content_length(length) <= 0)

    def _switch(self, talk: HttpTalk, tx: HttpTransaction, head: Head) -> None:
        """Go on with another protocol, if the response says so."""
        if tx.method == b"CONNECT":
            if 200 <= tx.status_number < 300:
                talk.next_protocol = ANY
                self.state = AFTER
            talk.answer_connect(tx)
        elif tx.status_number == 101:
            if self.state != AFTER:
                tx.event(SWITCH_WITH_LENGTH)
                return
            upgrade = (head.value(b"upgrade") or b"").lower()
            talk.next_protocol = HTTP2 if b"h2c" in upgrade else WEBSOCKET if b"websocket" in upgrade else ANY
        if talk.next_protocol:
            self.complete(talk)

    def _begin_body(self, talk: HttpTalk, tx: HttpTransaction, head: Head) -> None:
        """Decide how the body is framed (RFC 9112, section 6.3), as browsers do where it is said twice or wrongly."""
        coding = head.value(b"transfer-encoding")
        length = head.value(b"content-length")
        intake = self.intake
        if intake is None or tx.method == b"HEAD":
            self.state = AFTER
            return
        has_none = tx.status_number in (204, 304) or 100 <= tx.status_number < 200
        if has_none and coding is None and length is None:
            self.state = AFTER
            return
        value = head.value(b"content-encoding")
        if value is not None:
            intake.layers = codings(value, tx, self.settings, talk.n_bombs)
        self._name_file(tx, head, intake)
        self.state = REST
        if coding is not None and b"chunked" in coding.lower().replace(b"\0", b""):
            self.state = CHUNK_LINE
            if coding.lower() != b"chunked":
                tx.event(ABNORMAL_CODING)
            if tx.response_version < HTTP_1_1:
                tx.event(OLD_PROTOCOL)
        elif length is not None:
            self._take_length_field(tx, length)
        elif b"multipart/byteranges" in (head.value(b"content-type") or b"").lower():
            tx.event(BYTERANGES)
        if coding is not None and self.state != CHUNK_LINE:
            tx.event(INVALID_CODING)
        if has_none and self.state == LENGTH:
            self.state = PERHAPS

    def _take_length_field(self, tx: HttpTransaction, value: bytes) -> None:
        self.left = content_length(value)
        self.note_length(tx, value)
        if self.left < 0:
            tx.event(INVALID_LENGTH)
        else:
            self.state = LENGTH if self.left > 0 else AFTER

    def _name_file(self, tx: HttpTransaction, head: Head, intake: Intake) -> None:
        """Name the file that the body is: as the response says, else as it was asked for."""
        disposition = head.value(b"content-disposition")
        if disposition is not None:
            name = parameter(disposition, b"filename=")
            if name:
                intake.file_name = short_name(name, tx)
        value = head.value(b"content-range")
        if value is not None:
            part = content_range(value)
            if part is None or not part.is_part():
                tx.event(RANGE_INVALID)
            elif part.size > 0 and intake.file_name is not None and tx.host is not None:
                intake.part = part
                intake.part_key = tx.host + b" " + intake.file_name

    def _take_perhaps(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Tell a body behind a 204 or 304 from the next response: there should be none, some servers send it."""
        start = self.line + data[at : at + len(VERSION_START)]
        if len(start) < len(VERSION_START) and VERSION_START.startswith(start):
            self.line = start
            return len(data)
        held, self.line = self.line, b""
        if start.startswith(VERSION_START):
            self.complete(talk)
            self._begin(talk, VERSION_START, 0)
            self.line = held
            return at
        tx = self.tx
        if tx is not None:
            tx.event(BODY_UNEXPECTED)
        self.state = LENGTH
        if held:
            self.take_length(talk, held, 0)
        return at

    def _take_after(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Look at what follows a response at once: the next one, or bytes beyond its length, which are shown too."""
        match = EMPTY_LINES.match(data, at)
        if match is not None:
            return match.end()
        if may_be_status_line(data[at : at + 64]):
            self.complete(talk)
            return at
        tx = self.tx
        if tx is not None:
            tx.event(BODY_UNEXPECTED)
        match = NEXT_STATUS.search(data, at)
        end = len(data) if match is None else match.end()
        self.take_body(talk, data[at:end])
        return end

    def complete(self, talk: HttpTalk) -> None:
        tx = self.tx
        if tx is not None:
            if self.intake is not None:
                self.intake.close(talk, tx, self.is_cut())
            talk.end_response(tx)
        self.tx = None
        self.intake = None
        self.reader = None
        self.line = b""
        self.state = IDLE

    def _find(self, data: bytes, at: i64) -> i64:
        """Look for the next response behind a gap."""
        self.state = IDLE
        if data.startswith(VERSION_START, at):
            return at
        match = NEXT_RESPONSE.search(data, at)
        if match is not None:
            return match.end()
        self.state = LOST
        return len(data)

    def close(self, talk: HttpTalk, is_truncated: bool) -> None:
        """End what the server says."""
        tx = self.tx
        if tx is None:
            return
        if self.state == FIRST_LINE and self.line:
            if is_status_line(self.line):
                self._read_first_line(talk, self.line)
            else:
                self._begin_junk(talk)
        if self.state == FIELDS and self.reader is not None:
            reader = self.reader
            reader.close()
            self.note_oddities(tx, reader)
            tx.response_head = reader.head
            tx.response_progress = HEADERS
        if is_truncated and self.intake is not None:
            self.intake.close(talk, tx, True)
        self.complete(talk)
