"""The record layer (RFC 8446, section 5.1; RFC 5246, section 6.2): headers, and one side's place between them."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.tls.version import UNKNOWN

HEADER: Final = 5  # bytes: type, version, length
MAX_RECORD: Final = (1 << 14) + 1024  # bytes: of TLS 1.2, compressed, the longest of all (RFC 5246, section 6.2.2)

CHANGE_CIPHER_SPEC: Final = 20  # types (IANA, TLS ContentType)
ALERT: Final = 21
HANDSHAKE: Final = 22
APPLICATION_DATA: Final = 23
HEARTBEAT: Final = 24

MESSAGE: Final = 4  # bytes of the header of a handshake message: type, length
MAX_MESSAGE: Final = 131_396  # bytes of one that is read: what OpenSSL takes of a ClientHello, the longest of all

SSL_2_HEADER: Final = 0xC0  # bits of the first byte of a record: one of both is set in SSL 2.0, none in a type of TLS


@final
class Side:
    """How far the bytes of one side were taken apart. It holds at most one record and one handshake message."""

    def __init__(self) -> None:
        self.pending = bytearray()  # the begin of a record
        self.needed: i64 = 0  # its length, or that of its header, in bytes
        self.skipped: i64 = 0  # bytes to come of a record that nothing looks into
        self.message = bytearray()  # the begin of a handshake message that goes on in another record
        self.message_needed: i64 = 0  # its length, header included; that of the header while it is not there
        self.message_skipped: i64 = 0  # bytes to come of one that is not read
        self.version: i64 = UNKNOWN  # of the last record that made sense
        self.has_changed_cipher = False
        self.is_lost = False  # nobody knows where the next record begins

    def let_go(self) -> None:
        """Hold nothing any more."""
        self.pending.clear()
        self.message.clear()
        self.is_lost = True
