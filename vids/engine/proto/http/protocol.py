"""HTTP/1 as the table of protocols knows it."""

from __future__ import annotations

import re
from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.field import Field
from vids.engine.proto.filefield import FILE_FIELDS
from vids.engine.proto.http.conversation import HttpConversation
from vids.engine.proto.http.fields import HTTP_FIELDS
from vids.engine.proto.http.head_reader import REQUEST_EVENTS, RESPONSE_EVENTS
from vids.engine.proto.http.line import METHODS
from vids.engine.proto.http.transaction import HEADERS, LINE, SHAPE, STARTED, TRAILER
from vids.engine.proto.protocol import MAYBE, NO, YES, Protocol
from vids.engine.proto.transaction import COMPLETE
from vids.engine.settings import Settings

REQUEST: Final = re.compile(rb"([A-Za-z][A-Za-z_-]{0,31})[ \t]+([^\r\n]*)(\r?\n)?")
VERSION: Final = re.compile(rb".*[ \t]([A-Za-z]+)/\d[\d.]*[ \t]*", re.DOTALL)  # of whatever protocol
RESPONSE: Final = re.compile(rb"HTTP/(?:0\.9|1\.[01])[ \t]", re.IGNORECASE)
WORD: Final = re.compile(rb"[A-Za-z][A-Za-z_-]{0,31}")
RESPONSES: Final = (b"http/0.9 ", b"http/1.0 ", b"http/1.1 ")
SHARED: Final = frozenset((b"OPTIONS", b"UPDATE"))  # methods that other protocols have too

EVENTS: Final = (
    *dict.fromkeys((*REQUEST_EVENTS, *RESPONSE_EVENTS)),
    "100_continue_already_seen", "abnormal_ce_header", "compression_bomb", "compression_bomb_limit_reached",
    "content_length_extra_data_end", "content_length_extra_data_start", "double_encoded_uri", "failed_protocol_change",
    "file_name_too_long", "gzip_decompression_failed", "host_header_ambiguous", "invalid_authority_port",
    "invalid_content_length_field_in_request", "invalid_content_length_field_in_response", "invalid_gap",
    "invalid_request_chunk_len", "invalid_response_chunk_len", "invalid_server_port_in_request",
    "invalid_transfer_encoding_value_in_request", "invalid_transfer_encoding_value_in_response",
    "lzma_memlimit_reached", "method_delim_non_compliant", "missing_host_header", "multipart_generic_error",
    "multipart_invalid_header", "multipart_no_filedata", "protocol_contains_extra_data", "range_invalid",
    "request_auth_unrecognized", "request_body_unexpected", "request_chunk_extension", "request_header_host_invalid",
    "request_line_incomplete", "request_line_invalid", "request_line_leading_whitespace",
    "request_line_missing_protocol", "request_line_unknown_method", "request_line_unknown_method_invalid_protocol",
    "request_line_unknown_method_no_protocol", "request_server_port_tcp_port_mismatch", "request_uri_host_invalid",
    "response_abnormal_transfer_encoding", "response_body_unexpected", "response_chunk_extension",
    "response_chunked_old_proto", "response_header_invalid", "response_invalid_protocol", "response_invalid_status",
    "response_line_invalid_protocol", "response_line_invalid_response_status", "response_multipart_byteranges",
    "switching_proto_with_content_length", "too_many_encoding_layers", "too_many_transactions", "too_many_warnings",
    "unable_to_match_response_to_request", "unknown_error", "uri_delim_non_compliant",
)  # fmt: skip

EMPTY_LINES: Final = b"\r\n"  # in front of a message count for nothing (RFC 9112, section 2.2)


@final
class HttpProtocol(Protocol):
    """HTTP/0.9, 1.0 and 1.1."""

    name: ClassVar[str] = "http"
    rule_names: ClassVar[tuple[str, ...]] = ("http1",)
    record_type: ClassVar[str] = "http"
    record_shape: ClassVar[dict[str, object]] = SHAPE
    events: ClassVar[tuple[str, ...]] = EVENTS
    has_loud_events: ClassVar[bool] = True
    request_states: ClassVar[dict[int, str]] = {
        0: "request_not_started", STARTED: "request_line", LINE: "request_headers", HEADERS: "request_body",
        TRAILER: "request_trailer", COMPLETE: "request_complete",
    }  # fmt: skip
    response_states: ClassVar[dict[int, str]] = {
        0: "response_not_started", STARTED: "response_line", LINE: "response_headers", HEADERS: "response_body",
        TRAILER: "response_trailer", COMPLETE: "response_complete",
    }  # fmt: skip
    fields: ClassVar[tuple[Field, ...]] = (*HTTP_FIELDS, *FILE_FIELDS)

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        data = data.lstrip(EMPTY_LINES)
        if not data:
            return MAYBE
        return _probe_request(data) if to_server else _probe_response(data)

    def converse(self, settings: Settings) -> Conversation:
        return HttpConversation(settings)


def _probe_request(data: bytes) -> i64:
    """A request is known by its method, whatever follows; other words by the version at the end of the line."""
    match = REQUEST.match(data)
    if match is None:
        return MAYBE if WORD.fullmatch(data) is not None else NO
    method = match[1].upper()
    is_line = match[3] is not None
    version = VERSION.fullmatch(match[2]) if is_line else None
    if version is not None:
        return YES if version[1].upper() == b"HTTP" and method != b"PRI" else NO
    if method in METHODS:
        return YES if is_line or method not in SHARED else MAYBE
    return NO if is_line else MAYBE


def _probe_response(data: bytes) -> i64:
    if RESPONSE.match(data) is not None:
        return YES
    start = data[:9].lower()
    return MAYBE if any(text.startswith(start) for text in RESPONSES) else NO
