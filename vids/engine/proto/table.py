"""The table of application protocols: a new one is one line here."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.dns.protocol import Dns, DnsOverTcp, Mdns
from vids.engine.proto.protocol import Protocol

PROTOCOLS: Final[tuple[Protocol, ...]] = (  # in the order in which their probes are asked
    Dns(),
    DnsOverTcp(),
    Mdns(),
)
BY_NAME: Final[dict[str, Protocol]] = {protocol.name: protocol for protocol in PROTOCOLS}
