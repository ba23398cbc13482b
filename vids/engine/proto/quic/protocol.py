"""QUIC, as the table of protocols knows it."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.field import Field
from vids.engine.proto.protocol import OVER_UDP, Protocol
from vids.engine.proto.quic.conversation import QuicConversation
from vids.engine.proto.quic.eve import SHAPE
from vids.engine.proto.quic.fields import QUIC_FIELDS
from vids.engine.proto.quic.probe import probe
from vids.engine.settings import Settings

EVENTS: Final = ("failed_decrypt", "error_on_data", "error_on_header", "crypto_frag_too_long")


@final
class Quic(Protocol):
    """QUIC over UDP."""

    name: ClassVar[str] = "quic"
    record_type: ClassVar[str] = "quic"
    record_shape: ClassVar[dict[str, object]] = SHAPE
    transports: ClassVar[tuple[int, ...]] = OVER_UDP
    events: ClassVar[tuple[str, ...]] = EVENTS
    fields: ClassVar[tuple[Field, ...]] = QUIC_FIELDS

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        """Return YES or NO for a datagram."""
        return probe(data, to_server)

    def converse(self, settings: Settings) -> Conversation:
        """Return a parser for one connection."""
        return QuicConversation(settings)
