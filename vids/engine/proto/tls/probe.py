"""What TLS looks like at first, on any port."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.proto.protocol import MAYBE, NO, YES
from vids.engine.proto.tls import ssl2
from vids.engine.proto.tls.hello import u16
from vids.engine.proto.tls.record import ALERT, APPLICATION_DATA, HANDSHAKE, HEADER, MAX_RECORD
from vids.engine.proto.tls.version import SSL_2, SSL_3, TLS_1_3

CLIENT_HELLO: Final = 9  # bytes behind the length of one of SSL 2.0: type, version, three lengths
SERVER_HELLO: Final = 5  # type, session id, kind of certificate, version
CHALLENGES: Final = (16, 32)  # bytes of the shortest and the longest
CIPHER: Final = 3  # bytes
SESSION_IDS: Final = (0, 16)  # bytes


def probe(data: bytes, to_server: bool) -> i64:
    """Return whether a side that begins with `data` speaks SSL or TLS."""
    if not data:
        return MAYBE
    if data[0] & ssl2.SHORT:
        return _probe_ssl2_client(data) if to_server else _probe_ssl2_server(data)
    # A server that sends an alert or data first may have said the rest before we came
    if data[0] != HANDSHAKE and (to_server or not ALERT <= data[0] <= APPLICATION_DATA):
        return NO
    if len(data) < 3:
        return MAYBE if data[1:] in (b"", b"\x03") else NO
    if not SSL_3 <= u16(data, 1) <= TLS_1_3:
        return NO
    if len(data) < HEADER:
        return MAYBE
    return YES if 0 < u16(data, 3) <= MAX_RECORD else NO


def _probe_ssl2_client(data: bytes) -> i64:
    """Return whether this is a ClientHello of SSL 2.0 (RFC 5246, appendix E.2)."""
    if len(data) < 2 + CLIENT_HELLO:
        return MAYBE if len(data) < 3 or data[2] == ssl2.CLIENT_HELLO else NO
    version, ciphers, session_id, challenge = [u16(data, at) for at in (3, 5, 7, 9)]
    is_hello = data[2] == ssl2.CLIENT_HELLO and (version == SSL_2 or SSL_3 <= version <= TLS_1_3)
    is_long = ssl2.length(data, 0) == CLIENT_HELLO + ciphers + session_id + challenge
    is_listed = ciphers > 0 and ciphers % CIPHER == 0 and session_id in SESSION_IDS
    return YES if is_hello and is_long and is_listed and CHALLENGES[0] <= challenge <= CHALLENGES[1] else NO


def _probe_ssl2_server(data: bytes) -> i64:
    """Return whether this is a ServerHello of SSL 2.0."""
    if len(data) < 2 + SERVER_HELLO:
        return MAYBE if len(data) < 3 or data[2] == ssl2.SERVER_HELLO else NO
    is_hello = data[2] == ssl2.SERVER_HELLO and data[3] <= 1 and data[4] <= 1
    return YES if is_hello and u16(data, 5) == SSL_2 else NO
