"""TLS, and the SSL before it, as the table of protocols knows it."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.field import Field, NumberField
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.tls.conversation import TlsConversation
from vids.engine.proto.tls.eve import SHAPE
from vids.engine.proto.tls.fields import TLS_FIELDS, TLS_NUMBERS
from vids.engine.proto.tls.probe import probe
from vids.engine.proto.tls.transaction import CLIENT_STATES, SERVER_STATES
from vids.engine.settings import Settings

EVENTS: Final = (
    "invalid_sslv2_header", "invalid_tls_header", "invalid_record_version", "invalid_record_type",
    "invalid_record_length", "invalid_handshake_message", "handshake_invalid_length", "heartbeat_message",
    "invalid_heartbeat_message", "overflow_heartbeat_message", "dataleak_heartbeat_mismatch",
    "multiple_sni_extensions", "invalid_sni_type", "invalid_sni_length", "too_many_records_in_packet",
    "invalid_alert_message", "invalid_certificate", "certificate_invalid_length", "certificate_invalid_version",
    "certificate_invalid_serial", "certificate_invalid_algorithmidentifier", "certificate_invalid_x509name",
    "certificate_invalid_date", "certificate_invalid_extensions", "certificate_invalid_der",
    "certificate_invalid_subject", "certificate_invalid_issuer", "certificate_invalid_validity",
    "too_many_subject_alternative_names", "error_message_encountered", "invalid_ssl_record",
)  # fmt: skip


@final
class Tls(Protocol):
    """TLS over TCP."""

    name: ClassVar[str] = "tls"
    rule_names: ClassVar[tuple[str, ...]] = ("ssl",)
    record_type: ClassVar[str] = "tls"
    record_shape: ClassVar[dict[str, object]] = SHAPE
    events: ClassVar[tuple[str, ...]] = EVENTS
    has_loud_events: ClassVar[bool] = True
    request_states: ClassVar[dict[int, str]] = CLIENT_STATES
    response_states: ClassVar[dict[int, str]] = SERVER_STATES
    fields: ClassVar[tuple[Field, ...]] = TLS_FIELDS
    numbers: ClassVar[tuple[NumberField, ...]] = TLS_NUMBERS

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        """Return what the first record of a side says."""
        return probe(data, to_server)

    def converse(self, settings: Settings) -> Conversation:
        """Return a parser for one connection."""
        return TlsConversation(settings)
