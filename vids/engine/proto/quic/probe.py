"""What QUIC looks like at first, on any port."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.proto.protocol import NO, YES
from vids.engine.proto.quic.header import FIXED, GOOGLE_NAME, LONG, MAX_ID, NEGOTIATION, Reader
from vids.engine.proto.quic.keys import salt

OF_GOOGLE: Final = 0x09  # bits of the first byte of a client up to Q043: it names a version and an id
RESERVED: Final = 0x0F0F0F0F  # bits of versions that are there to be refused (RFC 9000, section 15)
RESERVED_VALUE: Final = 0x0A0A0A0A
LEAST: Final = 1200  # bytes of a client's first datagram (RFC 9000, section 14.1)
VERSION: Final = 4  # bytes


def probe(data: bytes, to_server: bool) -> i64:
    """Return whether a datagram is one of QUIC, by the version in its first packet."""
    if len(data) < 7:
        return NO
    if not data[0] & LONG:
        is_google = to_server and data[0] & OF_GOOGLE == OF_GOOGLE and not data[0] & FIXED
        return YES if is_google and GOOGLE_NAME.fullmatch(data[9:13]) else NO
    if GOOGLE_NAME.fullmatch(data[1:5]):
        return YES
    version: i64 = int.from_bytes(data[1:5], "big")
    reader = Reader(data, 5, len(data))
    longest: i64 = 0
    for _ in range(2):
        length = reader.byte()
        longest = max(longest, length)
        reader.take(length)
    if reader.is_short or longest > MAX_ID:
        return NO
    if version == NEGOTIATION:
        return _probe_versions(data[reader.at :], to_server)
    if salt(version):
        return YES if data[0] & FIXED else NO
    return YES if version & RESERVED == RESERVED_VALUE and to_server and len(data) >= LEAST else NO


def _probe_versions(versions: bytes, to_server: bool) -> i64:
    """Return whether this is a list of versions, of which one is known."""
    if to_server or not versions or len(versions) % VERSION:
        return NO
    for at in range(0, len(versions), VERSION):
        version: i64 = int.from_bytes(versions[at : at + VERSION], "big")
        if salt(version) or GOOGLE_NAME.fullmatch(versions[at : at + VERSION]):
            return YES
    return NO
