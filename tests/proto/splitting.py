"""What a conversation makes of bytes, in a form that can be compared: however they were cut, it must be the same."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Sequence
from types import BuiltinFunctionType, FunctionType, ModuleType

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.field import Field, NumberField
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER, Transaction
from vids.engine.settings import Settings

Turn = tuple[bool, bytes]  # to_server, what that side says next
Values = list[tuple[bool, object]]  # of one field: (to_server, each instance), on the sides that it is read from


def sides(field: Field | NumberField) -> list[bool]:
    """Return the sides that a field is read from, that of the request first."""
    return [to_server for to_server, bit in ((True, TO_SERVER), (False, TO_CLIENT)) if field.sides & bit]


class Ear:
    """One conversation, and the caller that the engine is to it: it takes what is new after each piece, and forgets.

    Each value that a field calls final is kept: one that changes afterwards fails the test.
    """

    def __init__(self, protocol: Protocol, settings: Settings | None = None) -> None:
        self.protocol = protocol
        self.conversation: Conversation = protocol.converse(settings or Settings())
        self.transactions: dict[int, Transaction] = {}  # all that ever were, by number
        self.recorded: list[int] = []  # numbers, in the order in which their records fell due
        self.ended_files: list[tuple[int, bytes, str]] = []
        self.final: dict[tuple[int, str, bool], object] = {}

    def hear(self, data: bytes, to_server: bool) -> None:
        """Feed a piece; nothing is fed to a conversation that is over."""
        if data and not self.conversation.is_over:
            self.conversation.feed(data, to_server)
            self.take()

    def miss(self, length: int, to_server: bool) -> None:
        """Tell of bytes that nobody saw."""
        if not self.conversation.is_over:
            self.conversation.gap(length, to_server)
            self.take()

    def end(self, to_server: bool, is_truncated: bool = False) -> None:
        """Tell that a side says no more."""
        if not self.conversation.is_over:
            self.conversation.close(to_server, is_truncated)
            self.take()

    def take(self) -> None:
        """Take what the last piece brought about, as the engine does after each packet."""
        conversation = self.conversation
        for tx in [*conversation.transactions, *conversation.news, *conversation.records]:
            assert self.transactions.setdefault(tx.number, tx) is tx, "two transactions of one number"
        for tx in conversation.news:
            assert tx.has_request_news or tx.has_response_news
            tx.has_request_news = tx.has_response_news = False
            tx.has_more_request = tx.has_more_response = False
            self._look(tx)
        self.recorded += [tx.number for tx in conversation.records]
        self.ended_files += [(tx.number, file.name, file.state) for tx, file in conversation.ended_files]
        conversation.news.clear()
        conversation.records.clear()
        conversation.ended_files.clear()
        conversation.forget()

    def _look(self, tx: Transaction) -> None:
        for field in self.protocol.fields:
            for to_server in sides(field):
                if field.is_final(tx.progress(to_server)):
                    value = field.read(tx, to_server)
                    before = self.final.setdefault((tx.number, field.name, to_server), value)
                    assert before == value, f"{field.name} of transaction {tx.number} changed once it was final"

    def last(self) -> Transaction | None:
        """Return the last transaction that began; None if there was none."""
        return self.transactions[max(self.transactions)] if self.transactions else None

    def seen(self) -> dict[str, object]:
        """Return all that rules and records could know of what was said."""
        conversation = self.conversation
        return {
            "transactions": [self._seen(tx) for _, tx in sorted(self.transactions.items())],
            "recorded": self.recorded,
            "ended files": self.ended_files,
            "is over": conversation.is_over,
            "is secret": conversation.is_secret,
            "next": (conversation.next_protocol, conversation.n_transactions),
        }

    def _seen(self, tx: Transaction) -> dict[str, object]:
        return {
            "number": tx.number,
            "progress": (tx.request_progress, tx.response_progress),
            "events": tx.events,
            "record": tx.record(),
            "files": [(f.name, f.to_server, f.state, f.size, bytes(f.data)) for f in tx.files],
            "values": {f.name: values(f, tx) for f in (*self.protocol.fields, *self.protocol.numbers)},
        }


def values(field: Field | NumberField, tx: Transaction) -> Values:
    """Return a field's instances, side by side."""
    return [(to_server, field.read(tx, to_server)) for to_server in sides(field)]


def flat(field: Field | NumberField, tx: Transaction | None) -> tuple[object, ...]:
    """Return a field's instances as a case lists them: those of the request first."""
    return tuple(value for side in sides(field) for value in field.read(tx, side)) if tx else ()


def listen(protocol: Protocol, turns: Iterable[Turn], settings: Settings | None = None, is_closed: bool = True) -> Ear:
    """Return what is left of a conversation in which this was said."""
    ear = Ear(protocol, settings)
    for to_server, data in turns:
        ear.hear(data, to_server)
    if is_closed:
        ear.end(True)
        ear.end(False)
    return ear


def check_every_split(protocol: Protocol, turns: Sequence[Turn], settings: Settings | None = None) -> dict[str, object]:
    """Return what a stream protocol sees of `turns`, said whole; byte by byte and at every cut it sees the same."""
    whole = listen(protocol, turns, settings).seen()
    single = [(side, data[i : i + 1]) for side, data in turns for i in range(len(data))]
    assert listen(protocol, single, settings).seen() == whole, "byte by byte"
    for n, (side, data) in enumerate(turns):
        for cut in range(1, len(data)):
            parts = [*turns[:n], (side, data[:cut]), (side, data[cut:]), *turns[n + 1 :]]
            assert listen(protocol, parts, settings).seen() == whole, f"turn {n} cut at {cut}"
    return whole


def held_bytes(conversation: Conversation) -> int:
    """Return the memory that a conversation holds, with all that it refers to; settings and code are shared."""
    shared = (type, ModuleType, FunctionType, BuiltinFunctionType, Settings, Protocol, Field, NumberField)
    seen = {id(conversation)}
    waiting: list[object] = [conversation]
    total = 0
    while waiting:
        item = waiting.pop()
        total += sys.getsizeof(item)
        for inner in gc.get_referents(item):
            if id(inner) not in seen and not isinstance(inner, shared):
                seen.add(id(inner))
                waiting.append(inner)
    return total
