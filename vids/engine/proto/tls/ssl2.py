"""SSL 2.0, met for its ClientHello: clients offered later versions in it (RFC 5246, appendix E.2)."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

ERROR: Final = 0  # types of messages
CLIENT_HELLO: Final = 1
MASTER_KEY: Final = 2
SERVER_HELLO: Final = 4
CLIENT_CERTIFICATE: Final = 8
LAST_TYPE: Final = 8

SHORT: Final = 0x80  # of the first byte: the header has no padding length
LEAST_HELLO: Final = 6  # bytes behind its type: version, lengths of ciphers and session id


def header(first: i64) -> i64:
    """Return how long the header of a record is, in bytes, by its first byte; the type of the message follows."""
    return 2 if first & SHORT else 3


def length(data: bytes, at: i64) -> i64:
    """Return the length of the record at `at`, without its header."""
    mask = 0x7F if data[at] & SHORT else 0x3F
    return (i64(data[at]) & mask) << 8 | i64(data[at + 1])
