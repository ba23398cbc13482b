"""DNS over UDP and TCP, and multicast DNS, as the table of protocols knows them."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.packet.packet import TCP
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.dns.conversation import DnsConversation, MdnsConversation
from vids.engine.proto.dns.field import DNS_FIELDS, DNS_NUMBERS, MDNS_FIELDS
from vids.engine.proto.dns.message import HEADER, parse
from vids.engine.proto.dns.probe import is_likely, is_sound
from vids.engine.proto.dns.record import DNS_SHAPE, MDNS_SHAPE
from vids.engine.proto.dns.stream import PREFIX, DnsStream
from vids.engine.proto.field import Field, NumberField
from vids.engine.proto.protocol import MAYBE, NO, OVER_BOTH, OVER_UDP, YES, Protocol
from vids.engine.settings import Settings

MDNS: Final = 5353  # ports
OTHERS: Final = (137, MDNS, 5355)  # the same messages, of other protocols: NetBIOS, multicast DNS, LLMNR

SHORT: Final = 1000  # bytes of a message that is waited for, to be told by all of it; a longer one by its beginning

EVENTS: Final = (
    "malformed_data", "not_request", "not_response", "z_flag_set", "invalid_opcode", "name_too_long", "infinite_loop",
    "too_many_labels", "invalid_additionals", "invalid_authorities", "too_many_transactions",
    "too_much_malformed_data",
)  # fmt: skip


class Dns(Protocol):
    """DNS; this object over UDP."""

    name: ClassVar[str] = "dns"
    record_type: ClassVar[str] = "dns"
    record_shape: ClassVar[dict[str, object]] = DNS_SHAPE
    transports: ClassVar[tuple[int, ...]] = OVER_BOTH
    events: ClassVar[tuple[str, ...]] = EVENTS
    fields: ClassVar[tuple[Field, ...]] = DNS_FIELDS
    numbers: ClassVar[tuple[NumberField, ...]] = DNS_NUMBERS

    def __init__(self, ports: list[int]) -> None:
        self.ports = ports  # where what is malformed is DNS, too

    def over(self, transport: i64, settings: Settings) -> Protocol:
        """Return DNS over UDP or TCP."""
        return DnsOverTcp(settings.dns_tcp_ports) if transport == TCP else Dns(settings.dns_udp_ports)

    def is_at_home(self, source_port: i64, destination_port: i64) -> bool:
        """Return whether this is where DNS is expected."""
        return source_port in self.ports or destination_port in self.ports

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        """Return YES or NO for a datagram."""
        message = parse(data, len(data))
        if self.is_at_home(source_port, destination_port):
            return YES if message.is_possible else NO
        if source_port in OTHERS or destination_port in OTHERS:
            return NO
        return YES if is_sound(message, len(data)) else NO

    def converse(self, settings: Settings) -> Conversation:
        """Return a parser for one flow."""
        return DnsConversation(settings)


@final
class DnsOverTcp(Dns):
    """DNS over TCP."""

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        """Return what the first message, or its beginning, says."""
        size = data[0] << 8 | data[1] if len(data) >= PREFIX else HEADER
        if len(data) < PREFIX + HEADER:
            return MAYBE if size >= HEADER else NO
        message = parse(data[PREFIX : PREFIX + size], size)
        if self.is_at_home(source_port, destination_port):
            return YES if message.is_possible else NO
        if not message.is_possible or (message.queries and not is_likely(message)):
            return NO
        if len(data) < PREFIX + min(size, SHORT):
            return MAYBE
        return YES if (is_sound(message, size) if size <= SHORT else is_likely(message)) else NO

    def converse(self, settings: Settings) -> Conversation:
        """Return a parser for one flow."""
        return DnsStream(settings)


@final
class Mdns(Protocol):
    """Multicast DNS (RFC 6762)."""

    name: ClassVar[str] = "mdns"
    record_type: ClassVar[str] = "mdns"
    record_shape: ClassVar[dict[str, object]] = MDNS_SHAPE
    transports: ClassVar[tuple[int, ...]] = OVER_UDP
    events: ClassVar[tuple[str, ...]] = EVENTS
    fields: ClassVar[tuple[Field, ...]] = MDNS_FIELDS

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        """Return YES for a message on its port: nothing else tells it from DNS."""
        if MDNS not in (source_port, destination_port):
            return NO
        return YES if parse(data, len(data)).is_possible else NO

    def converse(self, settings: Settings) -> Conversation:
        """Return a parser for one flow."""
        return MdnsConversation(settings)
