"""First lines of requests and responses (RFC 9112, sections 3 and 4), as servers and browsers read them."""

from __future__ import annotations

import re
from typing import Final

from mypy_extensions import i64

from vids.engine.proto.http.transaction import HttpTransaction

SPACES: Final = b" \t\r\n\x0b\x0c"
REQUEST_LINE: Final = re.compile(rb"[ \t\r\n\x0b\x0c]*([^ \t\r\n\x0b\x0c]*)([ \t\r\n\x0b\x0c]*)")
OTHER_SPACE: Final = re.compile(rb"[\t\r\n\x0b\x0c]")
LAST_SPACE: Final = re.compile(rb"(.*)[ \t\r\n\x0b\x0c](.*)", re.DOTALL)
STATUS_LINE: Final = re.compile(
    rb"[ \t\r\n\x0b\x0c\0]*([^ \t\r\n\x0b\x0c]+)"
    rb"(?:[ \t\r\n\x0b\x0c]+(?:([^ \t\r\n\x0b\x0c]+)([ \t\r\n\x0b\x0c]*)(.*))?)?",
    re.DOTALL,
)
VERSION: Final = re.compile(rb"\s*HTTP(\s*)/([\s0]*)(\.9|1\.0|1\.1)\s*", re.IGNORECASE)
HTTP_START: Final = re.compile(rb"[ \t\r\n\x0b\x0c\0]*http", re.IGNORECASE)
LOOKS_LIKE_REQUEST: Final = re.compile(rb"[A-Za-z_-]{1,32}[ \t]+\S.*[ \t]HTTP/\d", re.DOTALL)
MAY_BE_REQUEST: Final = re.compile(rb"[A-Z_-]{1,32}(?:[ \t]+(?:/[^\r\n]*)?)?")

NO_VERSION: Final = 0  # versions as numbers
HTTP_0_9: Final = 9
HTTP_1_0: Final = 100
HTTP_1_1: Final = 101
VERSIONS: Final[dict[bytes, int]] = {b".9": HTTP_0_9, b"1.0": HTTP_1_0, b"1.1": HTTP_1_1}

METHODS: Final = frozenset(
    (
        b"HEAD", b"GET", b"PUT", b"POST", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH", b"PROPFIND",
        b"PROPPATCH", b"MKCOL", b"COPY", b"MOVE", b"LOCK", b"UNLOCK", b"VERSION-CONTROL", b"CHECKOUT", b"UNCHECKOUT",
        b"CHECKIN", b"UPDATE", b"LABEL", b"REPORT", b"MKWORKSPACE", b"MKACTIVITY", b"BASELINE-CONTROL", b"MERGE",
        b"INVALID",
    )
)  # fmt: skip

LEADING_SPACE: Final = "request_line_leading_whitespace"
METHOD_DELIMITER: Final = "method_delim_non_compliant"
TARGET_DELIMITER: Final = "uri_delim_non_compliant"
UNKNOWN_METHOD: Final = "request_line_unknown_method"
UNKNOWN_NO_PROTOCOL: Final = "request_line_unknown_method_no_protocol"
UNKNOWN_INVALID_PROTOCOL: Final = "request_line_unknown_method_invalid_protocol"
EXTRA_IN_VERSION: Final = "protocol_contains_extra_data"
INVALID_PROTOCOL: Final = "response_line_invalid_protocol"
INVALID_STATUS: Final = "response_line_invalid_response_status"


def parse_request_line(line: bytes, tx: HttpTransaction) -> None:
    """Read method, target and version; without a version it is HTTP/0.9, so far."""
    line = line.rstrip(b"\r\n")
    tx.request_line = line
    parts = line.split(b" ")
    if len(parts) == 3 and parts[2] == b"HTTP/1.1" and parts[0] in METHODS and OTHER_SPACE.search(parts[1]) is None:
        tx.method, tx.uri_raw, tx.request_protocol = parts
        tx.request_version = HTTP_1_1
        tx.is_method_known = True
        return
    _parse_odd_request_line(line, tx)


def _parse_odd_request_line(line: bytes, tx: HttpTransaction) -> None:
    if line[:1] in SPACES and line:
        tx.event(LEADING_SPACE)
    match = REQUEST_LINE.match(line)
    if match is None:
        return
    tx.method, spaces = match[1], match[2]
    tx.is_method_known = tx.method in METHODS
    if spaces.strip(b" "):
        tx.event(METHOD_DELIMITER)
    rest = line[match.end() :].strip(SPACES)
    if not rest:
        tx.is_short = True
        tx.request_version = HTTP_0_9
        if not tx.is_method_known:
            tx.event(UNKNOWN_METHOD)
        return
    target, space, protocol = rest.rpartition(b" ")
    if not space:
        target, protocol = rest, b""
    target = target.rstrip(SPACES)
    if OTHER_SPACE.search(target) is not None:
        tx.event(TARGET_DELIMITER)
        if not space:
            odd = LAST_SPACE.match(rest)
            if odd is not None:
                target, protocol = odd[1].strip(SPACES), odd[2]
    tx.uri_raw = target
    if not protocol:
        tx.is_short = True
        tx.request_version = HTTP_0_9
        if not tx.is_method_known:
            tx.event(UNKNOWN_NO_PROTOCOL)
        return
    tx.request_protocol = protocol
    tx.request_version = version(protocol, tx)
    if tx.request_version == NO_VERSION and not tx.is_method_known:
        tx.event(UNKNOWN_INVALID_PROTOCOL)


def parse_status_line(line: bytes, tx: HttpTransaction) -> None:
    """Read version, status and message."""
    line = line.rstrip(b"\r\n")
    tx.status_line = line
    tx.response_protocol = tx.status = tx.message = None
    tx.status_number = 0
    match = STATUS_LINE.match(line)
    if match is None:
        tx.event(INVALID_PROTOCOL)
        return
    tx.response_protocol = match[1]
    tx.response_version = HTTP_1_1 if match[1] == b"HTTP/1.1" else version(match[1], tx)
    if tx.response_version == NO_VERSION:
        tx.event(INVALID_PROTOCOL)
    tx.status = match[2]
    if match[2] is not None:
        if match[2].isdigit() and len(match[2]) == 3 and match[2][0] != 0x30:
            tx.status_number = int(match[2])
        tx.message = match[4]
    if tx.status_number == 0:
        tx.event(INVALID_STATUS)


def version(protocol: bytes, tx: HttpTransaction) -> i64:
    """Return the version that a protocol names, NO_VERSION for none."""
    match = VERSION.fullmatch(protocol)
    if match is None:
        return NO_VERSION
    if match[1] or match[2]:
        tx.event(EXTRA_IN_VERSION)
    return VERSIONS[match[3]]


def is_status_line(data: bytes) -> bool:
    """Return whether browsers would take this for the first line of a response."""
    return HTTP_START.match(data) is not None


def may_be_status_line(data: bytes) -> bool:
    """Return whether this could begin the first line of a response, or does."""
    rest = data.lstrip(b" \t\r\n\x0b\x0c\0")[:4].lower()
    return b"http".startswith(rest)


def is_request_line(line: bytes) -> bool:
    """Return whether a line, or what is here of it, looks like a request: by a known method, or by its version."""
    line = line.lstrip(SPACES)
    method = line.split(b" ", 1)[0].split(b"\t", 1)[0].rstrip(b"\r\n")
    return method in METHODS or LOOKS_LIKE_REQUEST.match(line) is not None


def may_be_request_line(line: bytes) -> bool:
    """Return whether the start of a line could still become a request."""
    if is_request_line(line):
        return True
    word = line.lstrip(SPACES)
    return MAY_BE_REQUEST.fullmatch(word) is not None or any(method.startswith(word) for method in METHODS)
