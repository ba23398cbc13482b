"""What a flow makes of its messages: each is a transaction of its own, on one side; the other has nothing to say."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.dns.message import Message, parse
from vids.engine.proto.dns.record import dns_object, mdns_object
from vids.engine.proto.transaction import COMPLETE, Transaction
from vids.engine.settings import Settings

MAX_MESSAGES: Final = 4096  # that arrive at once: a hole that is filled sets many free
MAX_SILENT: Final = 500  # requests without a record, whose responses are to have none either


class DnsTransaction(Transaction):
    """A message of DNS."""

    def __init__(self, number: i64, message: Message, is_request: bool, from_client: bool) -> None:
        super().__init__(number)
        self.message = message
        self.is_request = is_request  # the side that it is on
        self.from_client = from_client  # who sent it
        self.request_progress = COMPLETE
        self.response_progress = COMPLETE
        self.events += message.events

    def is_from_client(self) -> bool:
        """Return who sent it."""
        return self.from_client

    def is_told(self) -> bool:
        """Return whether it has a record: one without a question has none, as in the reference engine."""
        return not self.message.is_malformed and len(self.message.queries) > 0

    def record(self) -> dict[str, object]:
        """Return EVE's `dns`."""
        return dns_object(self.message, self.number)


@final
class MdnsTransaction(DnsTransaction):
    """A message of multicast DNS."""

    def is_told(self) -> bool:
        """Return whether it has a record."""
        return not self.message.is_malformed

    def record(self) -> dict[str, object]:
        """Return EVE's `mdns`."""
        return mdns_object(self.message)


class DnsConversation(Conversation):
    """DNS over UDP: each datagram is a message."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.has_begun = False
        self.is_reversed = False  # a response came first: the flow's client is the server
        self.silent: dict[int, bool] = {}  # ids of requests that rules wanted no record of, oldest first

    def feed(self, data: bytes, to_server: bool) -> None:
        """Take a datagram."""
        self.hear(parse(data, len(data)), to_server)

    def gap(self, length: i64, to_server: bool) -> None:
        """Do nothing: messages stand for themselves."""

    def close(self, to_server: bool, is_truncated: bool) -> None:
        """Do nothing: messages are complete when they come."""

    def hear(self, message: Message, to_server: bool) -> None:
        """Begin a transaction, on the side of what the message says to be: no direction hides a query."""
        is_request = not message.is_response() if message.is_possible else to_server != self.is_reversed
        if not self.has_begun:
            self.has_begun = True
            self.is_reversed = is_request != to_server
        is_odd = is_request != (to_server != self.is_reversed)
        if is_odd:
            message.events.append("not_response" if is_request else "not_request")
        tx = DnsTransaction(self.n_transactions, message, is_request, to_server)
        tx.is_silent = not is_request and self.silent.pop(message.id, False)
        self.tell(tx)
        if is_odd:
            self.changed(tx, not is_request)  # rules on the event ask for the direction

    def forget(self) -> None:
        """Let go of the messages; of a request remember whether it has no record."""
        for tx in self.transactions:
            if tx.is_silent and isinstance(tx, DnsTransaction) and tx.is_request:
                self.silent[tx.message.id] = True
                if len(self.silent) > MAX_SILENT:
                    del self.silent[next(iter(self.silent))]
        super().forget()

    def tell(self, tx: DnsTransaction) -> None:
        """Hand a transaction on, if there is room."""
        if len(self.transactions) >= MAX_MESSAGES:
            self.transactions[-1].event("too_many_transactions")
            return
        self.begin(tx)
        self.changed(tx, tx.is_request)
        if tx.is_told():
            self.due(tx)


@final
class MdnsConversation(DnsConversation):
    """Multicast DNS (RFC 6762): whoever hears it is the server."""

    def hear(self, message: Message, to_server: bool) -> None:
        """Begin a transaction."""
        self.tell(MdnsTransaction(self.n_transactions, message, True, to_server))
