"""Tunnels in UDP: which ports carry them. The next one is one setting and one line."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.geneve import find_geneve
from vids.engine.packet.gtp import find_gtp
from vids.engine.packet.packet import Packet
from vids.engine.packet.teredo import find_teredo
from vids.engine.packet.vxlan import find_vxlan
from vids.engine.settings import Settings

TEREDO: Final = 1  # tunnels, a bit each
GENEVE: Final = 2
VXLAN: Final = 4
GTP: Final = 8


@final
class UdpTunnels:
    """The ports of each tunnel, and what to do with a datagram to or from one of them."""

    def __init__(self, settings: Settings) -> None:
        ports = bytearray(65536)
        for tunnel, chosen in (
            (TEREDO, settings.teredo_ports),
            (GENEVE, settings.geneve_ports),
            (VXLAN, settings.vxlan_ports),
            (GTP, settings.gtp_ports),
        ):
            for port in chosen:
                ports[port] |= tunnel
        self.by_port = bytes(ports)

    def find(self, packet: Packet, counts: Counters) -> None:
        """Find the packet inside a UDP datagram, if it is a tunnel's."""
        to = i64(self.by_port[packet.destination_port])  # VXLAN answers to the same port, not from it
        tunnels = to | i64(self.by_port[packet.source_port])
        if tunnels == 0 or packet.transport_at < 0:
            return
        if tunnels & TEREDO and find_teredo(packet):
            return
        if tunnels & GENEVE and find_geneve(packet, counts):
            return
        if to & VXLAN and find_vxlan(packet, counts):
            return
        if tunnels & GTP:
            find_gtp(packet)
