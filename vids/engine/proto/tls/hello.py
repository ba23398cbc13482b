"""ClientHello and ServerHello (RFC 8446, sections 4.1.2 and 4.1.3), read in one pass, as far as they make sense.

Lists stay the bytes that they are on the wire: most flows are never asked for what is in them.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.proto.tls.version import TLS_1_2, UNKNOWN, is_early_draft, is_valid, lacks_session_id

RANDOM: Final = 32  # bytes
MAX_NAME: Final = 255  # bytes of a host name (RFC 6066, section 3; RFC 1035, section 2.3.4)
HOST_NAME: Final = 0  # the only type of a server name
NO_BYTES: Final = b""

SERVER_NAME: Final = 0  # extensions (IANA, TLS ExtensionType Values)
SUPPORTED_GROUPS: Final = 10
EC_POINT_FORMATS: Final = 11
SIGNATURE_ALGORITHMS: Final = 13
ALPN: Final = 16
SESSION_TICKET: Final = 35
EARLY_DATA: Final = 42
SUPPORTED_VERSIONS: Final = 43

INVALID_LENGTH: Final = "handshake_invalid_length"  # events
INVALID_NAME_TYPE: Final = "invalid_sni_type"
INVALID_NAME_LENGTH: Final = "invalid_sni_length"
SEVERAL_NAMES: Final = "multiple_sni_extensions"

# The random of a ServerHello that asks for another ClientHello (RFC 8446, section 4.1.3)
RETRY: Final = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


@final
class Hello:
    """What one side says of itself."""

    def __init__(self, is_client: bool) -> None:
        self.is_client = is_client
        self.version: i64 = UNKNOWN  # of the field of that name
        self.random = NO_BYTES  # 32 bytes, or none where the message ends before
        self.session_id = NO_BYTES
        self.ciphers = NO_BYTES  # two bytes each; of a server the one that it chose
        self.extensions = bytearray()  # their types in order, two bytes each
        self.has_name = False  # it has the extension of that name, whatever is in it
        self.name = NO_BYTES  # the host that the client asks for
        self.protocols = NO_BYTES  # ALPN: length and name of each
        self.groups = NO_BYTES  # two bytes each
        self.point_formats = NO_BYTES
        self.signature_algorithms = NO_BYTES  # two bytes each
        self.versions = NO_BYTES  # two bytes each; of a server the one that it chose
        self.has_ticket = False
        self.has_early_data = False
        self.events: list[str] = []
        self.ja3_string: bytes | None = None  # fingerprints, once they were asked for (fingerprint.py)
        self.ja4_hash: bytes | None = None

    def is_retry(self) -> bool:
        """Return whether the server asks for another ClientHello."""
        return self.random == RETRY

    def spoken_version(self) -> i64:
        """Return the version that the side means: the first that it supports, else the field's (of a draft: 0x7F01)."""
        versions = self.versions
        for at in range(0, len(versions) - 1, 2):
            version = u16(versions, at)
            if is_valid(version) or not self.is_client:
                return version
        return 0x7F01 if is_early_draft(self.version) else self.version

    def is_without_certificate(self) -> bool:
        """Return whether this is of a server whose certificate is encrypted (TLS 1.3)."""
        return lacks_session_id(self.version) or (len(self.versions) == 2 and u16(self.versions, 0) > TLS_1_2)

    def protocol_names(self) -> list[bytes]:
        """Return the application protocols of ALPN (RFC 7301), without empty ones."""
        found: list[bytes] = []
        data = self.protocols
        at: i64 = 0
        while at < len(data):
            end = at + 1 + data[at]
            if end > len(data):
                break
            if end > at + 1:
                found.append(data[at + 1 : end])
            at = end
        return found


def u16(data: bytes, at: i64) -> i64:
    """Return the number of two bytes at `at`, which must be there."""
    return i64(read_i16_be(data, at)) & 0xFFFF


def parse_hello(data: bytes, is_client: bool) -> Hello:
    """Return what is in the body of a hello; its `events` say what is wrong with it."""
    hello = Hello(is_client)
    at = _read_fields(hello, data)
    if at < 0 or not _read_extensions(hello, data, at):
        _note(hello, INVALID_LENGTH)
    return hello


def _note(hello: Hello, event: str) -> None:
    if event not in hello.events:
        hello.events.append(event)


def _read_fields(hello: Hello, data: bytes) -> i64:
    """Read what stands before the extensions; return where they begin, -1 where the message ends before."""
    size = len(data)
    if size < 2:
        return -1
    hello.version = u16(data, 0)
    if size < 2 + RANDOM:
        return -1
    hello.random = data[2 : 2 + RANDOM]
    at: i64 = 2 + RANDOM
    is_short = not hello.is_client and lacks_session_id(hello.version)
    if not is_short:
        if at >= size or at + 1 + data[at] > size:
            return -1
        end = at + 1 + data[at]
        hello.session_id = data[at + 1 : end]
        at = end
    if at + 2 > size:
        return -1
    if not hello.is_client:
        hello.ciphers = data[at : at + 2]
        at += 2 if is_short else 3
        return at if at <= size else -1
    end = at + 2 + u16(data, at)
    if end > size or (end - at) & 1:
        return -1
    hello.ciphers = data[at + 2 : end]
    if end >= size or end + 1 + data[end] > size:  # compression methods
        return -1
    return end + 1 + data[end]


def _read_extensions(hello: Hello, data: bytes, at: i64) -> bool:
    """Read the extensions, which may be missing altogether; False where a length leads out of them."""
    size = len(data)
    if at + 2 > size:
        return True
    end = at + 2 + u16(data, at)
    is_sound = end <= size
    end = min(end, size)
    at += 2
    while at < end:
        if at + 4 > end:
            return False
        stop = at + 4 + u16(data, at + 2)
        if stop > end:
            return False
        hello.extensions += data[at : at + 2]
        if not _read_extension(hello, u16(data, at), data, at + 4, stop):
            _note(hello, INVALID_LENGTH)
        at = stop
    return is_sound


def _read_extension(hello: Hello, kind: i64, data: bytes, at: i64, end: i64) -> bool:
    """Read one extension that says something of interest; False if it is malformed. An empty one says nothing."""
    if kind == SERVER_NAME:
        hello.has_name = True
        return at == end or _read_name(hello, data, at, end)
    if kind == SESSION_TICKET:
        hello.has_ticket = True
    elif kind == EARLY_DATA:
        hello.has_early_data = True
    if at == end:
        return True
    if kind == SUPPORTED_GROUPS:
        hello.groups = _list(data, at, end, 2)
        return len(hello.groups) > 0
    if kind == EC_POINT_FORMATS:
        stop = at + 1 + data[at]
        if stop > end:
            return False
        hello.point_formats = data[at + 1 : stop]
        return True
    if kind == SIGNATURE_ALGORITHMS:
        hello.signature_algorithms = _list(data, at, end, 2)
        return len(hello.signature_algorithms) > 0
    if kind == ALPN:
        hello.protocols = _list(data, at, end, 1)
        return len(hello.protocols) > 0 and _are_names(hello.protocols)
    if kind == SUPPORTED_VERSIONS:
        return _read_versions(hello, data, at, end)
    return True


def _list(data: bytes, at: i64, end: i64, unit: i64) -> bytes:
    """Return the items of a list behind its length in bytes; none where that leads out, or through an item."""
    if at + 2 > end:
        return NO_BYTES
    length = u16(data, at)
    if at + 2 + length > end or length % unit:
        return NO_BYTES
    return data[at + 2 : at + 2 + length]


def _are_names(data: bytes) -> bool:
    """Return whether a list of ALPN ends where its last name does."""
    at: i64 = 0
    while at < len(data):
        at += 1 + data[at]
    return at == len(data)


def _read_name(hello: Hello, data: bytes, at: i64, end: i64) -> bool:
    """Read the first server name (RFC 6066, section 3)."""
    if at + 3 > end:
        return False
    if data[at + 2] != HOST_NAME:
        _note(hello, INVALID_NAME_TYPE)
        return True
    if at + 5 > end:
        return False
    length = u16(data, at + 3)
    if length == 0 or length > MAX_NAME or at + 5 + length > end:
        _note(hello, INVALID_NAME_LENGTH)
    elif hello.name:
        _note(hello, SEVERAL_NAMES)
    else:
        hello.name = data[at + 5 : at + 5 + length]
    return True


def _read_versions(hello: Hello, data: bytes, at: i64, end: i64) -> bool:
    """Read the versions that a client supports, or the one that a server chose (RFC 8446, section 4.2.1)."""
    if not hello.is_client:
        hello.versions = data[at : at + 2]
        return at + 2 <= end
    stop = at + 1 + data[at]
    if stop > end or stop < at + 3:
        return False
    hello.versions = data[at + 1 : stop]
    return True
