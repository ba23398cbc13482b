"""What a tunnel carries: the first header of an inner packet, by the EtherType that stands for it."""

from __future__ import annotations

from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.erspan import read_erspan
from vids.engine.packet.ethernet import read_ethernet
from vids.engine.packet.network import decode_network
from vids.engine.packet.packet import Packet
from vids.engine.packet.ppp import read_ppp


def decode_carried(packet: Packet, counts: Counters, kind: i64, at: i64, end: i64) -> bool:
    """Decode what is at `data[at:end]`; False where it cannot be read."""
    if kind == ether_type.BRIDGE:
        kind = read_ethernet(packet, counts, at, end)
    elif kind == ether_type.PPP:
        kind = read_ppp(packet, counts, at, end)
    elif kind in (ether_type.ERSPAN, ether_type.ERSPAN_3):
        kind = read_erspan(packet, counts, at, end)
    else:
        packet.next_at = at
    return kind >= 0 and decode_network(packet, counts, kind, packet.next_at, end)
