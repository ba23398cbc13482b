"""What a protocol makes of one flow: bytes of both sides in, transactions out. No I/O, no clock, no exceptions."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.proto.file import File, Orders
from vids.engine.proto.files import MAX_FILES, Files
from vids.engine.proto.transaction import Transaction
from vids.engine.settings import Settings

NO_BYTES: Final = b""


class Conversation:
    """The base of every protocol's parser; one object follows both sides of a flow.

    `feed` takes bytes in order, as they come (a datagram whole); `gap` says that some are missing; `close` that a
    side says no more, because it ended or because the rest is too deep in the stream. None of them raises. What they
    bring about is left in `transactions`, `news` and `records`, which the caller takes.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.transactions: list[Transaction] = []  # that live, oldest first
        self.n_transactions: i64 = 0  # ever: the number of the next one
        self.news: list[Transaction] = []  # that changed since the caller looked
        self.records: list[Transaction] = []  # whose record is due, in order
        self.files: Files | None = None  # what all files share; none: of a parser by itself
        self.ended_files: list[tuple[Transaction, File]] = []  # in order
        self.moved_files: list[File] = []  # with bytes for the store, if files may be stored
        self.orders: Orders | None = None  # rules that want files stored which are yet to come
        self.is_over = False  # nothing more is to be learned: bytes are not wanted any more
        self.is_secret = False  # what follows is encrypted: the raw stream need not be inspected either
        self.is_bypass = False  # nor need any packet of the flow be looked at
        self.previous = ""  # the protocol that the flow spoke before, by name; "" where it began with this one
        self.next_protocol = ""  # the flow speaks another protocol from here on (its name, or "any" to find out)
        self.rest_to_server = NO_BYTES  # bytes of each side that belong to that one
        self.rest_to_client = NO_BYTES

    def feed(self, data: bytes, to_server: bool) -> None:
        """Take the next bytes of a side."""
        raise NotImplementedError

    def gap(self, length: i64, to_server: bool) -> None:
        """Go on behind `length` bytes of a side that nobody saw."""
        raise NotImplementedError

    def close(self, to_server: bool, is_truncated: bool) -> None:
        """Note that a side says no more; `is_truncated` if it does, but we do not follow it there (depth)."""
        raise NotImplementedError

    def begin(self, transaction: Transaction) -> None:
        """Add a transaction, made with the number `n_transactions`."""
        self.n_transactions += 1
        self.transactions.append(transaction)

    def changed(self, transaction: Transaction, to_server: bool) -> None:
        """Let detection look at a side of a transaction."""
        if not transaction.has_request_news and not transaction.has_response_news:
            self.news.append(transaction)
        if to_server:
            transaction.has_request_news = True
        else:
            transaction.has_response_news = True

    def unlook(self) -> None:
        """Forget what detection was to look at: no rule will."""
        for transaction in self.news:
            transaction.has_request_news = transaction.has_response_news = False
        self.news = []

    def due(self, transaction: Transaction) -> None:
        """Ask for the transaction's record, once."""
        if not transaction.is_recorded:
            transaction.is_recorded = True
            self.records.append(transaction)

    def open_file(self, transaction: Transaction, name: bytes, to_server: bool, limit: i64) -> File:
        """Return a new file of a transaction; rules look into its first `limit` bytes."""
        shared = self.files
        if shared is None:
            file = File(name, to_server, limit)
        elif len(transaction.files) >= MAX_FILES:
            return shared.refuse(name, to_server)
        else:
            file = shared.open(name, to_server, limit, self.moved_files)
            for orders in (self.orders, transaction.orders):
                if orders is not None:
                    orders.apply(file)
        transaction.files.append(file)
        self.look_into(transaction, file)
        return file

    def part_of(self, file: File, key: bytes, start: i64, end: i64, total: i64) -> None:
        """Say, before its first byte, that a file is the bytes `start` to `end` of a larger one, found by `key`."""
        file.start = start
        file.end = end
        if self.files is not None and not file.has_ended():
            file.part = self.files.part(file, key, total, self.moved_files)

    def grown(self, transaction: Transaction, file: File) -> None:
        """Let rules look into a file that has grown, if that is worth it."""
        if file.is_due():
            self.look_into(transaction, file)

    def look_into(self, transaction: Transaction, file: File) -> None:
        """Let rules look into a file."""
        if file.to_server:
            transaction.has_more_request = True
        else:
            transaction.has_more_response = True
        self.changed(transaction, file.to_server)

    def end_file(self, transaction: Transaction, file: File, state: str) -> None:
        """End a file (states of file.py); once it has ended this does nothing."""
        if file.has_ended():
            return
        file.close(state)
        self.ended_files.append((transaction, file))
        if file.part is not None and self.files is not None:
            whole = self.files.ranges.finish(file.part)
            file.part = None
            if whole is not None:
                transaction.files.append(whole)
                self.ended_files.append((transaction, whole))
        self.look_into(transaction, file)

    def forget(self) -> None:
        """Let go of transactions that are over: they were looked at and recorded."""
        if self.transactions and self.transactions[0].is_over():
            self.transactions = [tx for tx in self.transactions if not tx.is_over()]
