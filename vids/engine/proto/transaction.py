"""A transaction: a request with its response, as rules and records see it."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.file import File, Orders

COMPLETE: Final = 100  # progress of a side that is done; a protocol's own states are smaller, and grow

TO_SERVER: Final = 1  # sides of a field, as bits
TO_CLIENT: Final = 2

MAX_ODDITIES: Final = 16  # of one transaction; an attacker chooses how much is odd


@final
class Asked:
    """What detection remembers of one side of a transaction between two looks at it."""

    def __init__(self) -> None:
        self.scanned: set[int] = set()  # groups of rules whose buffer was searched, and does not change any more
        self.waiting: set[int] = set()  # rules that came into question, and are not decided
        self.done: set[int] = set()  # rules that matched: told once
        self.n_events: i64 = 0  # of the transaction, that were asked about
        self.has_begun = False


class Transaction:
    """What all transactions share. A protocol's own class adds its fields and its record.

    `progress` of a side only grows; fields that become known at some progress do not change from there on, but
    those that are marked as growing (bodies, files).
    """

    def __init__(self, number: i64) -> None:
        self.number = number  # EVE's tx_id: 0, 1, 2 ... in its flow
        self.request_progress: i64 = 0
        self.response_progress: i64 = 0
        self.has_request_news = False  # something changed since detection looked
        self.has_response_news = False
        self.has_more_request = False  # a growing field has grown enough for another look
        self.has_more_response = False
        self.request_asked: Asked | None = None
        self.response_asked: Asked | None = None
        self.events: list[str] = []  # what is odd about it, by the names of app-layer-event
        self.n_reported: i64 = 0  # of them, as anomalies
        self.has_more_events = False  # than are kept
        self.files: list[File] = []  # that it carries, both ways
        self.orders: Orders | None = None  # rules that want files stored which are yet to come
        self.is_recorded = False  # its record was asked for
        self.is_silent = False  # a rule wants no record of it
        self.bits: set[int] | None = None  # xbits of rules that track transactions

    def progress(self, to_server: bool) -> i64:
        """Return how far a side has come."""
        return self.request_progress if to_server else self.response_progress

    def has_news(self, to_server: bool) -> bool:
        """Return whether something changed on a side since detection looked."""
        return self.has_request_news if to_server else self.has_response_news

    def clear_news(self, to_server: bool) -> None:
        """Note that detection looks at a side now."""
        if to_server:
            self.has_request_news = False
        else:
            self.has_response_news = False

    def asked(self, to_server: bool) -> Asked:
        """Return detection's memory of a side, made now if there is none."""
        memory = self.request_asked if to_server else self.response_asked
        if memory is None:
            memory = Asked()
            if to_server:
                self.request_asked = memory
            else:
                self.response_asked = memory
        return memory

    def is_complete(self) -> bool:
        """Return whether both sides are done."""
        return self.request_progress >= COMPLETE and self.response_progress >= COMPLETE

    def is_from_client(self) -> bool:
        """Return whether its record has the client as source: all do, but for what a server says by itself."""
        return True

    def is_over(self) -> bool:
        """Return whether both sides are done, and detection has looked at them."""
        return self.is_complete() and not self.has_request_news and not self.has_response_news

    def event(self, name: str) -> bool:
        """Note what is odd, once each; False when there are too many already."""
        if name in self.events:
            return True
        if len(self.events) >= MAX_ODDITIES:
            self.has_more_events = True
            return False
        self.events.append(name)
        return True

    def record(self) -> dict[str, object]:
        """Return the protocol's EVE object as things stand: values of JSON, text that is valid UTF-8."""
        raise NotImplementedError
