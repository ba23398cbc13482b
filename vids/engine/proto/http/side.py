"""What reading requests and responses has in common: how bodies are framed (RFC 9112, sections 6 and 7)."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.proto.http.body import Intake
from vids.engine.proto.http.head_reader import REQUEST_EVENTS, RESPONSE_EVENTS, HeadReader
from vids.engine.proto.http.number import CHUNK_BLANKS, EMPTY, HEX_DIGITS, INVALID, chunk_length
from vids.engine.proto.http.talk import HttpTalk
from vids.engine.proto.http.transaction import TRAILER, HttpTransaction
from vids.engine.settings import Settings

MAX_LINE: Final = 18_000  # bytes of a first line, or of a chunk's

IDLE: Final = 0  # states: between messages
FIRST_LINE: Final = 1
FIELDS: Final = 2
LENGTH: Final = 3  # in a body of known length
CHUNK_LINE: Final = 4
CHUNK: Final = 5
CHUNK_END: Final = 6
TRAILERS: Final = 7
REST: Final = 8  # in a body that ends with the connection
AFTER: Final = 9  # behind a message, in the same run of bytes
LOST: Final = 10  # behind a gap: looking for the next message

INVALID_LENGTH: Final = ("invalid_response_chunk_len", "invalid_request_chunk_len")
EXTENSION: Final = ("response_chunk_extension", "request_chunk_extension")
EXTRA_START: Final = "content_length_extra_data_start"
EXTRA_END: Final = "content_length_extra_data_end"
INVALID_GAP: Final = "invalid_gap"


class Side:
    """One direction. What it reads goes to `tx`, the transaction at hand, by way of `intake` if it is of the body."""

    def __init__(self, to_server: bool, settings: Settings) -> None:
        self.to_server = to_server
        self.settings = settings
        self.look_step: i64 = settings.http_request_look if to_server else settings.http_response_look
        self.state: i64 = IDLE
        self.line = b""  # the start of a line that is not all here
        self.is_long_line = False
        self.reader: HeadReader | None = None
        self.tx: HttpTransaction | None = None
        self.intake: Intake | None = None
        self.left: i64 = 0  # bytes of the body, or chunk, that are missing

    def feed(self, talk: HttpTalk, data: bytes) -> None:
        """Take the next bytes."""
        self.run(talk, data)
        if self.state == AFTER:
            self.complete(talk)

    def run(self, talk: HttpTalk, data: bytes) -> None:
        """Take bytes, and do not yet end the message that may be complete with them."""
        at: i64 = 0
        end: i64 = len(data)
        while at < end and not talk.next_protocol:
            at = self.step(talk, data, at)

    def step(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Take one thing from `data[at:]`; return what follows it."""
        raise NotImplementedError

    def complete(self, talk: HttpTalk) -> None:
        """End the message at hand."""
        raise NotImplementedError

    def take_line(self, data: bytes, at: i64, end: i64) -> bytes:
        """Return a whole line, with what was kept of it; at most MAX_LINE bytes."""
        line = data[at:end]
        if self.line:
            line = self.line + line
            self.line = b""
        if len(line) > MAX_LINE:
            self.is_long_line = True
            line = line[:MAX_LINE]
        return line

    def keep_line(self, data: bytes, at: i64) -> i64:
        """Keep the start of a line, as far as it is wanted; return the end of `data`."""
        room = MAX_LINE + 1 - len(self.line)
        if room > 0:
            self.line += data[at : at + room]
        return len(data)

    def note_oddities(self, tx: HttpTransaction, reader: HeadReader) -> None:
        """Make events of what is odd about fields."""
        names = REQUEST_EVENTS if self.to_server else RESPONSE_EVENTS
        for oddity in reader.oddities:
            tx.event(names[oddity])

    def note_length(self, tx: HttpTransaction, value: bytes) -> None:
        """Make events of what stands around a length."""
        text = value.strip(b" \t")
        if not text.isdigit():
            if not text[:1].isdigit():
                tx.event(EXTRA_START)
            if not text[-1:].isdigit():
                tx.event(EXTRA_END)

    def take_body(self, talk: HttpTalk, data: bytes) -> None:
        """Take bytes of the body, unframed, and let rules look where there is enough that is new."""
        tx, intake = self.tx, self.intake
        if tx is None or intake is None:
            return
        intake.feed(talk, tx, data)
        if intake.was_bomb:
            intake.was_bomb = False
            talk.n_bombs += 1
        if self.settings.is_inline or intake.has_grown(self.look_step):
            if self.to_server:
                tx.has_more_request = True
            else:
                tx.has_more_response = True
            talk.changed(tx, self.to_server)

    def take_length(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Take what is here of a body, or chunk, of known length."""
        here = min(len(data) - at, self.left)
        self.take_body(talk, data if here == len(data) else data[at : at + here])
        self.left -= here
        if self.left == 0:
            self.state = CHUNK_END if self.state == CHUNK else AFTER
        return at + here

    def take_framing(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Take one thing of a body, whatever its framing."""
        state = self.state
        if state in (LENGTH, CHUNK):
            return self.take_length(talk, data, at)
        if state == REST:
            self.take_body(talk, data[at:] if at > 0 else data)
            return len(data)
        if state == CHUNK_LINE:
            return self.take_chunk_line(talk, data, at)
        if state == CHUNK_END:
            end = data.find(b"\n", at) + 1
            if end > 0:
                self.state = CHUNK_LINE
            else:
                end = len(data)
            self.count_framing(end - at)
            return end
        return self.take_trailers(talk, data, at)

    def take_chunk_line(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Take the line before a chunk; what is none begins a body without framing."""
        end = data.find(b"\n", at) + 1
        if end == 0:
            self.keep_line(data, at)
            start = self.line.lstrip(CHUNK_BLANKS)
            if start and start[:1] not in HEX_DIGITS:
                self.break_chunks(talk, self.line)
            elif not start:
                self.count_framing(len(self.line))
                self.line = b""
            return len(data)
        line = self.take_line(data, at, end)
        length = chunk_length(line)
        if length == INVALID:
            self.break_chunks(talk, line)
            return end
        self.count_framing(len(line))
        if length == EMPTY:
            return end
        tx = self.tx
        if tx is not None and b";" in line:
            tx.event(EXTENSION[self.to_server])
        self.left = length
        self.state = CHUNK if length > 0 else TRAILERS
        return end

    def break_chunks(self, talk: HttpTalk, line: bytes) -> None:
        """Go on as browsers do where chunks are none: what follows is the body as it is."""
        if self.tx is not None:
            self.tx.event(INVALID_LENGTH[self.to_server])
        self.line = b""
        self.state = REST
        self.take_body(talk, line)

    def take_trailers(self, talk: HttpTalk, data: bytes, at: i64) -> i64:
        """Take the fields behind the last chunk: they are read for what is odd about them, and left."""
        reader = self.reader
        if reader is None:
            reader = self.reader = HeadReader(not self.to_server, self.settings.http_max_headers)
            self.set_progress(TRAILER)
        end = reader.feed(data, at)
        if end < 0:
            return len(data)
        if self.tx is not None:
            self.note_oddities(self.tx, reader)
        self.reader = None
        self.state = AFTER
        self.run(talk, reader.behind)
        return end

    def count_framing(self, length: i64) -> None:
        """Count bytes of the body that frame it."""
        if self.intake is not None:
            self.intake.body.wire += length

    def set_progress(self, progress: i64) -> None:
        """Note how far this side of the transaction has come."""
        if self.tx is not None:
            if self.to_server:
                self.tx.request_progress = progress
            else:
                self.tx.response_progress = progress

    def gap(self, talk: HttpTalk, length: i64) -> None:
        """Go on behind bytes that nobody saw: within a body if they are of it, else with the next message."""
        tx, intake = self.tx, self.intake
        if tx is not None and intake is not None:
            if self.state == REST:
                intake.gap(talk, tx, length)
                return
            if self.state in (LENGTH, CHUNK):
                intake.gap(talk, tx, min(length, self.left))
                if length < self.left:
                    self.left -= length
                    return
                if length == self.left:
                    self.left = 0
                    if self.state == CHUNK:
                        self.state = CHUNK_END
                    else:
                        self.complete(talk)
                    return
        if tx is not None:
            tx.event(INVALID_GAP)
            self.close(talk, True)
        self.line = b""
        self.state = LOST

    def close(self, talk: HttpTalk, is_truncated: bool) -> None:
        """End what this side says; `is_truncated` if that was not all."""
        raise NotImplementedError

    def is_cut(self) -> bool:
        """Return whether an end of the connection now leaves a body incomplete."""
        return self.state in (LENGTH, CHUNK_LINE, CHUNK, CHUNK_END)
