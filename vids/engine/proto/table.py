"""The table of application protocols: a new one is one line here."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.dns.protocol import Dns, Mdns
from vids.engine.proto.field import Field, NumberField
from vids.engine.proto.http.protocol import HttpProtocol
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.quic.protocol import Quic
from vids.engine.proto.smb import Smb
from vids.engine.proto.tls.protocol import Tls

PROTOCOLS: Final[tuple[Protocol, ...]] = (  # in the order in which their probes are asked
    HttpProtocol(),
    Dns([53]),
    Mdns(),
    Tls(),
    Quic(),
    Smb(),
)

BY_NAME: Final[dict[str, Protocol]] = {protocol.name: protocol for protocol in PROTOCOLS}
FIELDS: Final[dict[str, dict[str, Field]]] = {  # by protocol, then by name
    protocol.name: {field.name: field for field in protocol.fields} for protocol in PROTOCOLS
}
NUMBERS: Final[dict[str, dict[str, NumberField]]] = {
    protocol.name: {number.name: number for number in protocol.numbers} for protocol in PROTOCOLS
}


def protocols_of(word: str) -> list[Protocol]:
    """Return the protocols that a word in a rule's header means."""
    return [protocol for protocol in PROTOCOLS if word == protocol.name or word in protocol.rule_names]
