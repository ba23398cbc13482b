"""Handshake messages (RFC 8446, section 4; RFC 5246, section 7.4), taken out of the records that hold parts of them."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.proto.tls.hello import INVALID_LENGTH, SEVERAL_NAMES, parse_hello
from vids.engine.proto.tls.record import MAX_MESSAGE, MESSAGE, Side
from vids.engine.proto.tls.transaction import CERTIFICATE, HELLO, SERVER_HELLO_DONE, TlsTransaction

HELLO_REQUEST: Final = 0  # types of messages (IANA, TLS HandshakeType)
CLIENT_HELLO: Final = 1
SERVER_HELLO: Final = 2
NEW_SESSION_TICKET: Final = 4
CERTIFICATES: Final = 11
SERVER_KEY_EXCHANGE: Final = 12
CERTIFICATE_REQUEST: Final = 13
HELLO_DONE: Final = 14
CERTIFICATE_VERIFY: Final = 15
CLIENT_KEY_EXCHANGE: Final = 16
FINISHED: Final = 20
CERTIFICATE_URL: Final = 21
CERTIFICATE_STATUS: Final = 22

ANYBODY: Final = 0  # who says a message
CLIENT: Final = 1
SERVER: Final = 2
SPEAKERS: Final[dict[int, int]] = {  # of messages that can be said in the clear
    HELLO_REQUEST: ANYBODY, NEW_SESSION_TICKET: ANYBODY, CERTIFICATES: ANYBODY, CERTIFICATE_VERIFY: ANYBODY,
    FINISHED: ANYBODY, CERTIFICATE_URL: ANYBODY, CERTIFICATE_STATUS: ANYBODY,
    CLIENT_HELLO: CLIENT, CLIENT_KEY_EXCHANGE: CLIENT,
    SERVER_HELLO: SERVER, SERVER_KEY_EXCHANGE: SERVER, CERTIFICATE_REQUEST: SERVER, HELLO_DONE: SERVER,
}  # fmt: skip

CUT_HEADER: Final = "invalid_ssl_record"  # events
INVALID_MESSAGE: Final = "invalid_handshake_message"


def take_messages(tx: TlsTransaction, side: Side, data: bytes, at: i64, end: i64, to_server: bool) -> None:
    """Take the messages, or parts of them, in the record at `data[at:end]`."""
    while at < end:
        if side.message_skipped > 0:
            step = min(side.message_skipped, end - at)
            side.message_skipped -= step
            at += step
        elif side.message_needed > 0:
            step = min(side.message_needed - len(side.message), end - at)
            side.message += data[at : at + step]
            at += step
            if len(side.message) == side.message_needed:
                message = bytes(side.message)
                side.message.clear()
                side.message_needed = 0
                if len(message) == MESSAGE + _length(message, 0):
                    _take(tx, message, to_server)
                else:
                    at = _begin(tx, side, message, at, end, to_server)
        elif end - at < MESSAGE:
            # It may be cut there, and never is: peers write the header of a message at once
            tx.event(CUT_HEADER)
            side.message += data[at:end]
            side.message_needed = MESSAGE
            at = end
        else:
            behind = at + MESSAGE + _length(data, at)
            if behind <= end:
                _take(tx, data[at:behind], to_server)
                at = behind
            else:
                at = _begin(tx, side, data[at : at + MESSAGE], at + MESSAGE, end, to_server)


def _length(data: bytes, at: i64) -> i64:
    return i64(data[at + 1]) << 16 | i64(data[at + 2]) << 8 | i64(data[at + 3])


def _is_due(kind: i64, to_server: bool) -> bool:
    """Return whether that side says such messages."""
    speaker = SPEAKERS.get(int(kind), -1)
    return speaker == ANYBODY or speaker == (CLIENT if to_server else SERVER)


def _begin(tx: TlsTransaction, side: Side, header: bytes, at: i64, end: i64, to_server: bool) -> i64:
    """Begin to collect a message whose body stands at `at`, and goes on in another record; return where to go on."""
    length = _length(header, 0)
    if not _is_due(header[0], to_server):
        tx.event(INVALID_MESSAGE)
        return min(at + length, end)  # a length that makes no sense does not hide what is in other records
    if length > MAX_MESSAGE:
        tx.event(INVALID_LENGTH)
        side.message_skipped = length
    else:
        side.message += header
        side.message_needed = MESSAGE + length
    return at


def _take(tx: TlsTransaction, message: bytes, to_server: bool) -> None:
    """Take a whole message."""
    kind = message[0]
    if not _is_due(kind, to_server):
        tx.event(INVALID_MESSAGE)
    elif kind in (CLIENT_HELLO, SERVER_HELLO):
        _take_hello(tx, message[MESSAGE:], to_server)
    elif kind == CERTIFICATES:
        _take_certificates(tx, message[MESSAGE:], to_server)
    elif kind in (SERVER_KEY_EXCHANGE, CLIENT_KEY_EXCHANGE):
        tx.peer(to_server).has_exchanged_key = True
    elif kind == CERTIFICATE_REQUEST:
        tx.wants_client_certificate = True
    elif kind == HELLO_DONE:
        tx.is_server_done = True
        tx.reach(to_server, SERVER_HELLO_DONE)


def _take_hello(tx: TlsTransaction, body: bytes, to_server: bool) -> None:
    """Take a hello. The first of each side counts, even one that asks for another one of the client."""
    peer = tx.peer(to_server)
    hello = parse_hello(body, to_server)
    for event in hello.events:
        tx.event(event)
    if peer.hello is not None:
        if hello.name and hello.name != peer.hello.name:
            tx.event(SEVERAL_NAMES)  # one for us, and another one for the server
    elif tx.progress(to_server) >= HELLO:
        tx.event(INVALID_MESSAGE)  # too late for it
    else:
        peer.hello = hello
        peer.version = hello.spoken_version()
    peer.n_hellos += 1
    tx.reach(to_server, HELLO)


def _take_certificates(tx: TlsTransaction, body: bytes, to_server: bool) -> None:
    """Take the list of a side's certificates (RFC 5246, section 7.4.2)."""
    length = i64(body[0]) << 16 | i64(body[1]) << 8 | i64(body[2]) if len(body) >= 3 else -1
    if tx.progress(to_server) >= CERTIFICATE:
        tx.event(INVALID_MESSAGE)
    elif length < 0 or length > len(body) - 3:
        tx.event(INVALID_LENGTH)
    else:
        event = tx.peer(to_server).take_certificates(body[3 : 3 + length])
        if event:
            tx.event(event)
    tx.reach(to_server, CERTIFICATE)
