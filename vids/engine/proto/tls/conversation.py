"""TLS over a stream: record by record, until all is encrypted and nobody wants to know more."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.tls import ssl2
from vids.engine.proto.tls.handshake import take_messages
from vids.engine.proto.tls.heartbeat import Heartbeats
from vids.engine.proto.tls.hello import u16
from vids.engine.proto.tls.record import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    HEADER,
    HEARTBEAT,
    MAX_RECORD,
    SSL_2_HEADER,
    Side,
)
from vids.engine.proto.tls.transaction import CLIENT_DONE, HELLO, SERVER_DONE, TlsTransaction
from vids.engine.proto.tls.version import SSL_2, TLS_1_0, TLS_1_1, is_valid
from vids.engine.proto.transaction import COMPLETE
from vids.engine.settings import Settings

FATAL: Final = 2  # level of an alert (RFC 8446, section 6)
ALERT_LENGTH: Final = 2  # bytes of one that is not encrypted

FULL: Final = "full"  # what becomes of encrypted traffic (encryption-handling)
BYPASS: Final = "bypass"

INVALID_TYPE: Final = "invalid_record_type"  # events
INVALID_VERSION: Final = "invalid_record_version"
INVALID_LENGTH: Final = "invalid_record_length"
INVALID_ALERT: Final = "invalid_alert_message"
INVALID_SSL_2: Final = "invalid_sslv2_header"
INVALID_RECORD: Final = "invalid_ssl_record"
ERROR_MESSAGE: Final = "error_message_encountered"


@final
class TlsConversation(Conversation):
    """Both sides of one connection."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.client = Side()
        self.server = Side()
        self.heartbeats = Heartbeats()
        self.transaction: TlsTransaction | None = None

    def feed(self, data: bytes, to_server: bool) -> None:
        """Take the next bytes of a side."""
        side = self.client if to_server else self.server
        size = len(data)
        at = side.skipped
        if at >= size:
            side.skipped -= size
            return
        side.skipped = 0
        if side.is_lost or self.is_over:
            return
        if side.pending:
            side.pending += data
            if len(side.pending) < side.needed:
                return
            data = bytes(side.pending)
            size = len(data)
            side.pending.clear()
        tx = self._only_transaction()
        while at < size and not self.is_over:
            following = self._take_record(tx, side, data, at, to_server)
            if following < 0:
                side.pending += data[at:]
                return
            at = following
        side.skipped = max(at - size, 0)

    def gap(self, length: i64, to_server: bool) -> None:
        """Go on behind missing bytes, as long as it is known where the next record begins."""
        side = self.client if to_server else self.server
        if side.pending and side.needed > HEADER:
            side.skipped = side.needed - len(side.pending)
            side.pending.clear()
            side.message.clear()
            side.message_needed = side.message_skipped = 0
        if side.skipped >= length:
            side.skipped -= length
            return
        side.skipped = 0
        self._lose(side, to_server)

    def close(self, to_server: bool, is_truncated: bool) -> None:
        """Note that a side says no more."""
        self._lose(self.client if to_server else self.server, to_server)

    def _lose(self, side: Side, to_server: bool) -> None:
        """Follow a side no further."""
        side.let_go()
        tx = self.transaction
        if tx is not None:
            self._advance(tx, to_server, COMPLETE)
        if self.client.is_lost and self.server.is_lost:
            self.is_over = True

    def _only_transaction(self) -> TlsTransaction:
        if self.transaction is None:
            self.transaction = TlsTransaction(self.n_transactions, self.settings, self.previous)
            self.begin(self.transaction)
        return self.transaction

    def _take_record(self, tx: TlsTransaction, side: Side, data: bytes, at: i64, to_server: bool) -> i64:
        """Take the record at `at`; return where the next one begins, -1 where more of it must be there."""
        if data[at] & SSL_2_HEADER and tx.client.hello is None and tx.server.hello is None:
            return self._take_ssl2(tx, side, data, at, to_server)
        if len(data) - at < HEADER:
            side.needed = HEADER
            return -1
        kind: i64 = data[at]
        length = u16(data, at + 3)
        if not self._is_sound(tx, side, kind, u16(data, at + 1), length, to_server):
            return at + HEADER + length
        following = at + HEADER + length
        if kind == APPLICATION_DATA:
            self._take_application_data(tx, to_server)
            return following
        if kind == CHANGE_CIPHER_SPEC:
            side.has_changed_cipher = True
            if to_server and tx.client.n_hellos > 0:
                self._advance(tx, True, CLIENT_DONE)
            return following
        if kind == HANDSHAKE and self._is_encrypted(tx, side, to_server):
            return following
        if following > len(data):
            side.needed = HEADER + length
            return -1
        if kind == HANDSHAKE:
            self._take_handshake(tx, side, data, at + HEADER, following, to_server)
        elif kind == ALERT:
            self._take_alert(tx, data[at + HEADER : following], to_server)
        elif kind == HEARTBEAT:
            is_encrypted = self.client.has_changed_cipher or self.server.has_changed_cipher
            event = self.heartbeats.take(data[at + HEADER : following], to_server, is_encrypted)
            if event:
                self._note(tx, event)
        return following

    def _is_sound(self, tx: TlsTransaction, side: Side, kind: i64, version: i64, length: i64, to_server: bool) -> bool:
        """Return whether a record can be read; where it cannot even be stepped over the conversation ends."""
        peer = tx.peer(to_server)
        if not CHANGE_CIPHER_SPEC <= kind <= HEARTBEAT:
            # TLS 1.0 and 1.1 ignore what they do not know (RFC 4346, section 6)
            self._note(tx, INVALID_TYPE)
            if length > MAX_RECORD or (side.version != TLS_1_0 and side.version != TLS_1_1):
                self._finish(tx)
            return False
        if length == 0 or length > MAX_RECORD:
            self._note(tx, INVALID_LENGTH)
            if length > 0:
                self._finish(tx)
            return False
        if peer.n_hellos == 0:
            if not is_valid(version):
                self._note(tx, INVALID_VERSION)
                self._finish(tx)
                return False
            peer.version = version
        side.version = version
        return True

    def _is_encrypted(self, tx: TlsTransaction, side: Side, to_server: bool) -> bool:
        """Return whether a side's handshake messages cannot be read any more.

        In TLS 1.3 ChangeCipherSpec means nothing (RFC 8446, appendix D.4): a hello may still come, if it was asked for.
        """
        n_expected = 2 if tx.is_retried() else 1
        return side.has_changed_cipher and tx.peer(to_server).n_hellos >= n_expected

    def _take_handshake(self, tx: TlsTransaction, side: Side, data: bytes, at: i64, end: i64, to_server: bool) -> None:
        n_events = len(tx.events)
        before = tx.progress(to_server)
        take_messages(tx, side, data, at, end, to_server)
        if len(tx.events) > n_events:
            self._tell(tx)
        if tx.progress(to_server) > before:
            self._move(tx, to_server)
        if tx.is_told():
            self._advance(tx, True, CLIENT_DONE)
            self._advance(tx, False, SERVER_DONE)

    def _take_alert(self, tx: TlsTransaction, alert: bytes, to_server: bool) -> None:
        if len(alert) < ALERT_LENGTH:
            self._note(tx, INVALID_ALERT)
        elif len(alert) == ALERT_LENGTH and alert[0] == FATAL:
            self._finish(tx)

    def _take_application_data(self, tx: TlsTransaction, to_server: bool) -> None:
        """Note that a side encrypts what it says from here on: not before the server said hello.

        What comes earlier is early data of TLS 1.3, or the middle of a connection; or somebody only says so.
        """
        if tx.server.n_hellos == 0:
            return
        self._advance(tx, to_server, CLIENT_DONE if to_server else SERVER_DONE)
        handling = self.settings.tls_encryption_handling
        if handling != FULL:
            self.is_secret = True
            if handling == BYPASS:
                self.is_bypass = True
                self._finish(tx)

    def _take_ssl2(self, tx: TlsTransaction, side: Side, data: bytes, at: i64, to_server: bool) -> i64:
        """Take a record of SSL 2.0, as `_take_record` does."""
        header = ssl2.header(data[at])
        if len(data) - at <= header:
            side.needed = header + 1
            return -1
        kind: i64 = data[at + header]
        length = ssl2.length(data, at)
        following = at + header + length
        if length == 0 or kind > ssl2.LAST_TYPE:
            self._note(tx, INVALID_SSL_2)
            self._finish(tx)
        elif kind == ssl2.CLIENT_HELLO and to_server:
            if length <= ssl2.LEAST_HELLO:
                self._note(tx, INVALID_RECORD)
                self._finish(tx)
            elif len(data) < at + header + 3:
                side.needed = header + 3
                return -1
            else:
                self._say_hello(tx, u16(data, at + header + 1), True)
        elif kind == ssl2.SERVER_HELLO and not to_server:
            self._say_hello(tx, SSL_2, False)
        elif kind == ssl2.ERROR:
            self._note(tx, ERROR_MESSAGE)
        elif kind == ssl2.MASTER_KEY and tx.server.n_hellos > 0:
            self._take_application_data(tx, True)
            self._finish(tx)
        return following

    def _say_hello(self, tx: TlsTransaction, version: i64, to_server: bool) -> None:
        peer = tx.peer(to_server)
        peer.version = version
        peer.n_hellos += 1
        self._advance(tx, to_server, HELLO)

    def _note(self, tx: TlsTransaction, event: str) -> None:
        tx.event(event)
        self._tell(tx)

    def _tell(self, tx: TlsTransaction) -> None:
        """Let rules on events look: of either side, for an event is of the connection."""
        self.changed(tx, True)
        self.changed(tx, False)

    def _finish(self, tx: TlsTransaction) -> None:
        """End the conversation: nothing more is to be learned."""
        self._advance(tx, True, COMPLETE)
        self._advance(tx, False, COMPLETE)
        self.is_over = True
        self.client.let_go()
        self.server.let_go()

    def _advance(self, tx: TlsTransaction, to_server: bool, progress: i64) -> None:
        """Bring a side forward."""
        if progress > tx.progress(to_server):
            tx.reach(to_server, progress)
            self._move(tx, to_server)

    def _move(self, tx: TlsTransaction, to_server: bool) -> None:
        """Let rules look at a side that moved; the record is due when nothing more is said in the clear."""
        self.changed(tx, to_server)
        if tx.request_progress >= CLIENT_DONE and tx.response_progress >= SERVER_DONE and tx.is_worth_a_record():
            self.due(tx)
