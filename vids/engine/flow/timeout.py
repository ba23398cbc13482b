"""How long a flow lives without packets, by protocol and state; shorter while there is no room for more."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.flow import CLOSED, NEW, Flow
from vids.engine.packet.packet import ICMP, ICMPV6, TCP, UDP
from vids.engine.settings import Settings

TCP_ROW: Final = 3  # where a protocol's timeouts begin, of a new, an established and a closed flow
UDP_ROW: Final = 6
ICMP_ROW: Final = 9


@final
class Timeouts:
    """The timeouts of the settings, in seconds."""

    def __init__(self, settings: Settings) -> None:
        self.is_emergency = False
        self._usual: list[i64] = [
            settings.timeout_new_s,
            settings.timeout_established_s,
            settings.timeout_established_s,
            settings.timeout_tcp_new_s,
            settings.timeout_tcp_established_s,
            settings.timeout_tcp_closed_s,
            settings.timeout_udp_new_s,
            settings.timeout_udp_established_s,
            settings.timeout_udp_established_s,
            settings.timeout_icmp_new_s,
            settings.timeout_icmp_established_s,
            settings.timeout_icmp_established_s,
        ]
        shorter: list[i64] = [
            settings.emergency_new_s,
            settings.emergency_established_s,
            settings.emergency_established_s,
            settings.emergency_tcp_new_s,
            settings.emergency_tcp_established_s,
            settings.emergency_tcp_closed_s,
            settings.emergency_udp_new_s,
            settings.emergency_udp_established_s,
            settings.emergency_udp_established_s,
            settings.emergency_icmp_new_s,
            settings.emergency_icmp_established_s,
            settings.emergency_icmp_established_s,
        ]
        self._emergency = [min(self._usual[row], shorter[row]) for row in range(len(shorter))]

    def of(self, flow: Flow) -> i64:
        """Return the timeout of a flow as it is now."""
        protocol = flow.protocol
        row: i64 = 0
        if protocol == TCP:
            row = TCP_ROW
        elif protocol == UDP:
            row = UDP_ROW
        elif protocol in (ICMP, ICMPV6):
            row = ICMP_ROW
        if flow.state == CLOSED:
            row += 2
        elif flow.state != NEW:
            row += 1
        return self._emergency[row] if self.is_emergency else self._usual[row]

    def shortest(self) -> i64:
        """Return the shortest timeout of all: no flow is due earlier than this after it was last seen."""
        return min(self._usual)
