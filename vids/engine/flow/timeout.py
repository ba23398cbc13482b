"""How long a flow lives without packets, by protocol and state."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.flow.flow import CLOSED, NEW, Flow
from vids.engine.packet.packet import ICMP, ICMPV6, TCP, UDP
from vids.engine.settings import Settings


@final
class Timeouts:
    """The timeouts of the settings, in seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def of(self, flow: Flow) -> i64:
        """Return the timeout of a flow as it is now."""
        settings = self._settings
        is_new = flow.state == NEW
        protocol = flow.protocol
        if protocol == TCP:
            if flow.state == CLOSED:
                return settings.timeout_tcp_closed_s
            return settings.timeout_tcp_new_s if is_new else settings.timeout_tcp_established_s
        if protocol == UDP:
            return settings.timeout_udp_new_s if is_new else settings.timeout_udp_established_s
        if protocol in (ICMP, ICMPV6):
            return settings.timeout_icmp_new_s if is_new else settings.timeout_icmp_established_s
        return settings.timeout_new_s if is_new else settings.timeout_established_s

    def shortest(self) -> i64:
        """Return the shortest timeout of all: no flow is due earlier than this after it was last seen."""
        settings = self._settings
        shortest = min(settings.timeout_new_s, settings.timeout_established_s)
        shortest = min(shortest, settings.timeout_tcp_new_s, settings.timeout_tcp_established_s)
        shortest = min(shortest, settings.timeout_tcp_closed_s)
        shortest = min(shortest, settings.timeout_udp_new_s, settings.timeout_udp_established_s)
        return min(shortest, settings.timeout_icmp_new_s, settings.timeout_icmp_established_s)
