"""DNS over TCP: messages behind their lengths (RFC 1035, section 4.2.2)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.dns.conversation import DnsConversation
from vids.engine.proto.dns.message import HEADER, Message, parse
from vids.engine.proto.dns.probe import BEGINNING, is_likely
from vids.engine.settings import Settings

PREFIX: Final = 2  # bytes of a length
MAX_FAULTS: Final = 16  # messages in a row whose header cannot be: it is no DNS any more
MAX_SEARCH: Final = 1 << 17  # bytes behind a gap in which the next message must begin


@final
class Side:
    """Bytes of one side, until they are messages."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.at: i64 = 0  # where the next message begins in it
        self.unseen: i64 = 0  # bytes still to come of a message that lost some to a gap
        self.is_lost = False  # nobody knows where the next message begins
        self.n_searched: i64 = 0  # bytes in which it does not
        self.n_faults: i64 = 0
        self.is_over = False  # given up

    def head(self) -> i64:
        """Return the length that is said of the next message; -1 if that did not come yet."""
        at = self.at
        return self.data[at] << 8 | self.data[at + 1] if len(self.data) - at >= PREFIX else -1

    def add(self, data: bytes) -> bool:
        """Take the next bytes; False: nobody wants them."""
        if self.is_over:
            return False
        del self.data[: self.at]
        self.at = 0
        self.data += data[self.unseen :]
        self.unseen = max(self.unseen - len(data), 0)
        return True

    def miss(self, length: i64) -> None:
        """Leave out the message in which bytes are missing; if more than it is missing, look for the next one."""
        if self.unseen == 0 and self.head() > 0 and not self.is_lost:
            self.unseen = PREFIX + self.head() - (len(self.data) - self.at)
        self.data.clear()
        self.at = 0
        self.is_lost = self.is_lost or length > self.unseen
        self.unseen = max(self.unseen - length, 0)

    def next(self) -> Message | None:
        """Return the next message that is whole, or an impossible one in the end; None: more bytes are needed."""
        if self.is_over:
            return None
        if self.is_lost and not self._find():
            return self._last(parse(b"", 0)) if self.is_over else None
        size: i64 = self.head()
        while size == 0:
            self.at += PREFIX
            size = self.head()
        start = self.at + PREFIX
        if size < 0 or len(self.data) - start < size:
            return None
        self.at = start + size
        message = parse(bytes(self.data[start : self.at]), size)
        self.n_faults = 0 if message.is_possible else self.n_faults + 1
        return message if self.n_faults < MAX_FAULTS else self._last(message)

    def _last(self, message: Message) -> Message:
        """Give up with this message."""
        message.events.append("too_much_malformed_data")
        self.is_over = True
        self.data.clear()
        self.at = 0
        return message

    def _find(self) -> bool:
        """Look for a beginning that can hardly be anything else; False: not in these bytes."""
        while len(self.data) - self.at >= PREFIX + HEADER and not self.is_over:
            start = self.at + PREFIX
            size = self.head()
            window = min(size, BEGINNING)
            if self.data[start + 4] == 0 and self.data[start + 5] == 1:  # one question: the cheap test first
                message = parse(bytes(self.data[start : start + window]), size)
                if is_likely(message):
                    self.is_lost = False
                    self.n_searched = 0
                    return True
                if message.is_possible and not message.queries and len(self.data) - start < window:
                    return False  # the question is not all there
            self.at += 1
            self.n_searched += 1
            self.is_over = self.n_searched > MAX_SEARCH
        return False


@final
class DnsStream(DnsConversation):
    """Both sides of a connection."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.request = Side()
        self.response = Side()

    def feed(self, data: bytes, to_server: bool) -> None:
        """Take the next bytes of a side."""
        side = self.request if to_server else self.response
        if side.add(data):
            message = side.next()
            while message is not None:
                self.hear(message, to_server)
                message = side.next()
            self.is_over = self.request.is_over and self.response.is_over

    def gap(self, length: i64, to_server: bool) -> None:
        """Go on at the next message, as far as it can be told."""
        (self.request if to_server else self.response).miss(length)
