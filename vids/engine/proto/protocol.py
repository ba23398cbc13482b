"""What every application protocol says of itself: one object of a class of its own in proto/table.py."""

from __future__ import annotations

from typing import ClassVar, Final

from mypy_extensions import i64

from vids.engine.packet.packet import TCP, UDP
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.field import Field, NumberField
from vids.engine.settings import Settings

NO: Final = 0  # what a probe says: not this protocol,
MAYBE: Final = 1  # more bytes will tell,
YES: Final = 2  # this one

OVER_TCP: Final = (TCP,)
OVER_UDP: Final = (UDP,)
OVER_BOTH: Final = (TCP, UDP)


class Protocol:
    """Name, transports, events, buffers, probe and parser of a protocol."""

    name: ClassVar[str] = ""  # EVE's app_proto, and the word in a rule's header
    rule_names: ClassVar[tuple[str, ...]] = ()  # further words in a rule's header that mean it
    record_type: ClassVar[str] = ""  # EVE's event_type of its records, and the name of the object in them; "" has none
    record_shape: ClassVar[dict[str, object]] = {}  # of that object, as vids/eve/shape.py reads it
    transports: ClassVar[tuple[int, ...]] = OVER_TCP
    events: ClassVar[tuple[str, ...]] = ()  # names for app-layer-event, in lower case
    has_loud_events: ClassVar[bool] = False  # EVE writes their names in capitals
    request_states: ClassVar[dict[int, str]] = {}  # names of each side's progress, for alerts and hooks
    response_states: ClassVar[dict[int, str]] = {}
    fields: ClassVar[tuple[Field, ...]] = ()
    numbers: ClassVar[tuple[NumberField, ...]] = ()

    def over(self, transport: i64, settings: Settings) -> Protocol:
        """Return the same protocol as it is spoken over a transport, and as settings say."""
        return self

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        """Return NO, MAYBE or YES for what a side says first (a datagram whole); the ports are the sender's view."""
        raise NotImplementedError

    def converse(self, settings: Settings) -> Conversation:
        """Return a parser for one flow."""
        raise NotImplementedError
