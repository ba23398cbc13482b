"""QUIC over UDP: Initial packets, opened with the keys that anybody can work out, up to both hellos."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.quic.frame import Crypto, read_frames
from vids.engine.proto.quic.header import GOOGLE, INITIAL, RETRY, SHORT, Header, read_header
from vids.engine.proto.quic.keys import Keys, salt
from vids.engine.proto.quic.transaction import QuicTransaction
from vids.engine.proto.tls.handshake import CLIENT_HELLO, SERVER_HELLO
from vids.engine.proto.tls.hello import parse_hello
from vids.engine.proto.tls.record import MESSAGE
from vids.engine.settings import Settings

MAX_DATAGRAMS: Final = 32  # of a side that are looked into; with its hello they end, too
MAX_OPENED: Final = 16  # packets of a side that are decrypted

FAILED: Final = "failed_decrypt"  # events
MALFORMED: Final = "error_on_data"
TOO_LONG: Final = "crypto_frag_too_long"


@final
class Side:
    """How far one side was heard."""

    def __init__(self) -> None:
        self.crypto = Crypto()
        self.keys: Keys | None = None
        self.n_datagrams: i64 = 0
        self.n_opened: i64 = 0
        self.is_done = False  # its hello was read, or is not waited for any more


@final
class QuicConversation(Conversation):
    """Both sides of one connection."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.client = Side()
        self.server = Side()
        self.connection_id = b""  # that the client chose for the server in its first Initial: keys follow from it
        self.has_retried = False

    def feed(self, data: bytes, to_server: bool) -> None:
        """Take a datagram: one packet or several."""
        side = self.client if to_server else self.server
        if side.is_done:
            return
        side.n_datagrams += 1
        is_told = False  # a packet without frames is one transaction, of a datagram with several
        at: i64 = 0
        while at < len(data) and not side.is_done:
            header = read_header(data, at)
            if header is None or header.kind == SHORT:
                break
            if header.kind == INITIAL:
                self._take_initial(side, data, header, to_server)
            elif not is_told:
                is_told = True
                self._add(QuicTransaction(self.n_transactions, header, to_server))
            if header.kind == RETRY and not to_server:
                self._retry()
            at = header.end
        if side.n_datagrams >= MAX_DATAGRAMS:
            side.is_done = True
        if self.client.is_done and self.server.is_done:
            self.is_over = True

    def gap(self, length: i64, to_server: bool) -> None:
        """Go on: each datagram stands for itself."""

    def close(self, to_server: bool, is_truncated: bool) -> None:
        """Do nothing: each packet was complete when it was there."""

    def _add(self, tx: QuicTransaction) -> None:
        self.begin(tx)
        self.changed(tx, tx.is_client)
        self.due(tx)

    def _retry(self) -> None:
        """Begin anew, with another connection id: once (RFC 9000, section 17.2.5.2)."""
        if not self.has_retried:
            self.has_retried = True
            self.client = Side()
            self.connection_id = b""

    def _take_initial(self, side: Side, data: bytes, header: Header, to_server: bool) -> None:
        """Make a transaction of an Initial packet, with the hello if it is complete with it."""
        tx = QuicTransaction(self.n_transactions, header, to_server)
        if header.payload_at < header.end:
            frames = data[header.payload_at : header.end] if int(header.version) in GOOGLE else b""
            if salt(header.version):
                frames = self._open(side, tx, data, header, to_server)
            if frames:
                self._take_frames(side, tx, frames)
        self._add(tx)

    def _open(self, side: Side, tx: QuicTransaction, data: bytes, header: Header, to_server: bool) -> bytes:
        """Return the frames of a packet, none where it cannot be opened."""
        if not self.connection_id:
            if not to_server:
                return b""  # of a client that nobody heard
            self.connection_id = header.destination
        if side.n_opened >= MAX_OPENED:
            tx.event(TOO_LONG)
            side.is_done = True
            return b""
        side.n_opened += 1
        keys = side.keys
        if keys is None or keys.version != header.version:
            keys = Keys(header.version, self.connection_id, to_server)
        frames = keys.open(data, header)
        if frames is None and to_server and header.destination != keys.connection_id:
            # What came first was none of the client's, or was not taken for one
            keys = Keys(header.version, header.destination, True)
            side.n_opened += 1
            frames = keys.open(data, header)
        if frames is None:
            tx.event(FAILED)
            return b""
        side.keys = keys
        if to_server:
            self.connection_id = keys.connection_id
        return frames

    def _take_frames(self, side: Side, tx: QuicTransaction, frames: bytes) -> None:
        crypto = side.crypto
        if not read_frames(frames, crypto, tx.google_hellos):
            tx.event(MALFORMED)
        crypto.join()
        if tx.google_hellos:
            side.is_done = True
        kind: i64 = CLIENT_HELLO if tx.is_client else SERVER_HELLO
        if len(crypto.data) >= MESSAGE:
            length = crypto.data[1] << 16 | crypto.data[2] << 8 | crypto.data[3]
            if crypto.data[0] != kind:
                tx.event(MALFORMED)
                side.is_done = True
            elif MESSAGE + length <= len(crypto.data):
                tx.hello = parse_hello(bytes(crypto.data[MESSAGE : MESSAGE + length]), tx.is_client)
                side.is_done = True
        if crypto.is_full and not side.is_done:
            tx.event(TOO_LONG)
            side.is_done = True
        if side.is_done:
            side.crypto = Crypto()
