"""The application protocol of one flow: found by what both sides say first, then followed by its parser."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.application import Application
from vids.engine.packet.packet import UDP
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.files import Files
from vids.engine.proto.protocol import MAYBE, NO, YES, Protocol
from vids.engine.proto.table import BY_NAME
from vids.engine.settings import Settings

MAX_START: Final = 1024  # bytes of a side, kept until the protocol is known; what nothing knows by then is unknown
MAX_DATAGRAMS: Final = 4  # of a side, that nothing knows, before the side is given up
MAX_CHANGES: Final = 4  # of the protocol of one flow: CONNECT in CONNECT in CONNECT

FAILED: Final = "failed"
ANY: Final = "any"  # Conversation.next_protocol: find out

MISMATCH: Final = "applayer_mismatch_protocol_both_directions"  # events, by the reference engine's names
ONE_SIDED: Final = "applayer_detect_protocol_only_one_direction"
UNEXPECTED: Final = "applayer_unexpected_protocol"
EVENTS: Final = (
    MISMATCH, ONE_SIDED, UNEXPECTED, "applayer_wrong_direction_first_data", "applayer_proto_detection_skipped",
    "applayer_no_tls_after_starttls",
)  # fmt: skip


@final
class Opening:
    """What one side said before its protocol was known."""

    def __init__(self) -> None:
        self.data = b""
        self.skipped: i64 = 0  # bytes behind it that were not kept
        self.n_datagrams: i64 = 0
        self.has_failed = False  # nothing knows it
        self.is_closed = False  # the side says no more

    def add(self, data: bytes) -> None:
        """Add bytes: all of them, for if they tell the protocol its parser wants them; call `trim` if they do not."""
        if self.skipped == 0:
            self.data += data
        else:
            self.skipped += len(data)

    def trim(self) -> None:
        """Keep no more than there is room for."""
        excess = len(self.data) - MAX_START
        if excess > 0:
            self.data = self.data[:MAX_START]
            self.skipped += excess


@final
class Dialogue(Application):
    """Finds the protocol, and hands bytes on to its parser."""

    def __init__(
        self,
        settings: Settings,
        protocols: list[Protocol],
        over: i64,
        client_port: i64,
        server_port: i64,
        files: Files | None = None,
    ) -> None:
        super().__init__()
        self.files = files  # what all files share
        self.settings = settings
        self.protocols = protocols  # that may be spoken here
        self.is_datagrams = over == UDP
        self.client_port = client_port
        self.server_port = server_port
        self.protocol: Protocol | None = None
        self.conversation: Conversation | None = None
        self.request = Opening()
        self.response = Opening()
        self.has_overflow = False  # detection could not look at all of its news at once
        self.may_be_reversed = False  # nobody saw the beginning: who is the client is a guess
        self.wants_reversal = False  # the guess was wrong
        self.server_began = False  # the server spoke first
        self.has_begun = False
        self.found_to_server = False  # which side it was found by
        self.is_checked = False  # the other side was compared with it
        self._unchecked = b""  # what that side said so far, until then
        self.n_earlier: i64 = 0  # transactions of the protocols before this one
        self.n_changes: i64 = 0
        self._n_reported = 0

    def feed(self, data: bytes, to_server: bool) -> None:
        """Take the next bytes of a side: a run of a stream, or one datagram."""
        if not self.has_begun:
            self.has_begun = True
            self.server_began = not to_server
        if self.conversation is None:
            self._find(data, to_server)
            return
        if not self.is_checked:
            self._check(data, to_server)
        self.conversation.feed(data, to_server)
        self._follow()

    def gap(self, length: i64, to_server: bool) -> None:
        """Go on behind bytes that nobody saw."""
        if self.conversation is not None:
            self._settle(to_server)
            self.conversation.gap(length, to_server)
            self._follow()
            return
        opening = self._opening(to_server)
        opening.skipped += length
        self._give_up(opening)

    def close(self, to_server: bool, is_truncated: bool) -> None:
        """Note that a side says no more, once."""
        opening = self._opening(to_server)
        if opening.is_closed:
            return
        opening.is_closed = True
        if self.conversation is None:
            self._give_up(opening)
        else:
            self._settle(to_server)
            self.conversation.close(to_server, is_truncated)
            self._follow()

    def _opening(self, to_server: bool) -> Opening:
        return self.request if to_server else self.response

    def _find(self, data: bytes, to_server: bool) -> None:
        """Ask all protocols about what a side said so far."""
        opening = self._opening(to_server)
        if opening.has_failed:
            opening.add(data)
            opening.trim()
            return
        if self.is_datagrams:
            opening.data = data
            opening.n_datagrams += 1
            answer = self._ask(data, to_server)
        else:
            opening.add(data)
            answer = self._ask(opening.data[:MAX_START], to_server)
            opening.trim()
        if answer == NO and to_server and self.may_be_reversed and self._looks_reversed(opening.data[:MAX_START]):
            self.wants_reversal = True
            return
        if answer == NO or (answer == MAYBE and opening.skipped > 0):
            if not self.is_datagrams or opening.n_datagrams >= MAX_DATAGRAMS:
                self._give_up(opening)

    def _looks_reversed(self, data: bytes) -> bool:
        """Return whether what the client seems to say is what a server says."""
        for protocol in self.protocols:
            if protocol.probe(data, False, self.client_port, self.server_port) == YES:
                return True
        return False

    def reverse(self) -> None:
        """Take the client for the server, and hear again what was said: the flow was reversed."""
        self.wants_reversal = self.may_be_reversed = False
        self.client_port, self.server_port = self.server_port, self.client_port
        self.request, self.response = self.response, self.request
        self.server_began = not self.server_began
        said = self.response.data
        self.response.data = b""
        self.feed(said, False)

    def _ask(self, data: bytes, to_server: bool) -> i64:
        """Return the most hopeful answer; the first YES begins a conversation."""
        best: i64 = NO
        for protocol in self.protocols:
            answer = self._probe(protocol, data, to_server)
            if answer == YES:
                self._begin(protocol, to_server)
                return YES
            best = max(best, answer)
        return best

    def _probe(self, protocol: Protocol, data: bytes, to_server: bool) -> i64:
        if to_server:
            return protocol.probe(data, True, self.client_port, self.server_port)
        return protocol.probe(data, False, self.server_port, self.client_port)

    def _begin(self, protocol: Protocol, to_server: bool) -> None:
        """Follow this protocol from here on, with what both sides said so far."""
        self.protocol = protocol
        self.name = protocol.name
        self.conversation = protocol.converse(self.settings)
        self.conversation.previous = self.original
        self.conversation.files = self.files
        self._name_side(to_server, protocol.name)
        self.found_to_server = to_server
        other = self.response if to_server else self.request
        self.is_checked = self.is_datagrams
        first = not self.server_began
        if other.data and not self.is_checked:
            self._check(other.data, not to_server)
        self._catch_up(first)
        self._catch_up(not first)

    def _catch_up(self, to_server: bool) -> None:
        """Hand on what a side said before its protocol was known."""
        opening = self._opening(to_server)
        data, skipped = opening.data, opening.skipped
        opening.data = b""
        opening.skipped = 0
        conversation = self.conversation
        if conversation is None:
            return
        if data:
            conversation.feed(data, to_server)
        if skipped > 0 or opening.is_closed:
            self._settle(to_server)
        if skipped > 0:
            conversation.gap(skipped, to_server)
        if opening.is_closed:
            conversation.close(to_server, False)
        self._follow()

    def _check(self, data: bytes, to_server: bool) -> None:
        """Compare what the other side says first, once that is enough, with the protocol that was found."""
        found = self.protocol
        if found is None or to_server == self.found_to_server:
            return
        self._unchecked = (self._unchecked + data)[:MAX_START]
        self._compare(found, self._unchecked, to_server)
        if self.is_checked:
            self._unchecked = b""

    def _compare(self, found: Protocol, said: bytes, to_server: bool) -> None:
        """Name the other side by what it said so far, and find out whether more would tell something else."""
        answer = self._probe(found, said, to_server)
        if answer != NO:
            self.is_checked = answer == YES or len(said) == MAX_START
            self._name_side(to_server, found.name)
            return
        self._name_side(to_server, FAILED)
        for protocol in self.protocols:
            other = self._probe(protocol, said, to_server) if protocol is not found else NO
            if other == YES:
                self.is_checked = True
                self._name_side(to_server, protocol.name)
                self.events.append(MISMATCH)
                return
            answer = max(answer, other)
        if answer == NO or len(said) == MAX_START:
            self._settle(to_server)

    def _settle(self, to_server: bool) -> None:
        """Compare no more: what the other side said first ends here."""
        if self.is_checked or to_server == self.found_to_server or not self._unchecked:
            return
        self.is_checked = True
        if (self.name_to_server if to_server else self.name_to_client) == FAILED:
            self.events.append(ONE_SIDED)

    def _name_side(self, to_server: bool, name: str) -> None:
        if to_server:
            self.name_to_server = name
        else:
            self.name_to_client = name

    def _give_up(self, opening: Opening) -> None:
        """Note that nothing knows what a side says; of both sides, and the flow is given up."""
        opening.has_failed = True
        self._name_side(opening is self.request, FAILED)
        if self.request.has_failed and self.response.has_failed:
            self.name = FAILED
            self.is_over = True
            self.request.data = self.response.data = b""

    def _follow(self) -> None:
        """Do what the conversation asks for: end, or change to another protocol."""
        conversation = self.conversation
        if conversation is None:
            return
        self.n_transactions = self.n_earlier + conversation.n_transactions
        if conversation.is_over:
            self.is_over = True

    def has_odd_news(self) -> bool:
        """Return whether there are events of the flow as a whole that were not reported."""
        return len(self.events) > self._n_reported

    def news(self) -> list[str]:
        """Return the events of the flow as a whole that were not reported; they are now."""
        found = self.events[self._n_reported :]
        self._n_reported = len(self.events)
        return found

    def wants_change(self) -> bool:
        """Return whether the flow speaks another protocol from here on."""
        return self.conversation is not None and self.conversation.next_protocol != "" and not self.is_over

    def change(self) -> bool:
        """Go on with the protocol that the conversation named, once its transactions were taken; False if it cannot."""
        old = self.conversation
        if old is None or not old.next_protocol:
            return True
        self.n_changes += 1
        wanted = BY_NAME.get(old.next_protocol)
        if self.n_changes > MAX_CHANGES or (wanted is None and old.next_protocol != ANY):
            self.is_over = True
            return self.n_changes <= MAX_CHANGES
        self.original = self.name
        self.name_to_server = self.name_to_client = ""
        self.n_earlier += old.n_transactions
        self.name = ""
        self.protocol = None
        self.conversation = None
        self.has_begun = False
        self.is_checked = False
        self._unchecked = b""
        self.request, self.response = _reopened(self.request), _reopened(self.response)
        if wanted is not None:
            self.protocols = [wanted]
        for data, to_server in ((old.rest_to_server, True), (old.rest_to_client, False)):
            if data:
                self.feed(data, to_server)
        return True


def _reopened(opening: Opening) -> Opening:
    new = Opening()
    new.is_closed = opening.is_closed
    return new
