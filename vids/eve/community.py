"""Community ID: one name for a flow in the tools of many makers (Community ID flow hashing specification, v1)."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1
from typing import Final

from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import ICMP, ICMPV6, SCTP, TCP, UDP

# A request's type and its answer's: the two ends of one exchange, as ports would be.
PAIRS: Final = {
    ICMP: ((8, 0), (13, 14), (15, 16), (17, 18), (10, 9)),
    ICMPV6: ((128, 129), (133, 134), (135, 136), (130, 131), (139, 140), (144, 145)),
}
COUNTERPART: Final = {
    (protocol, one): other for protocol, pairs in PAIRS.items() for pair in pairs for one, other in (pair, pair[::-1])
}


def community_id(flow: Flow, seed: int) -> str:
    """Return "1:" and the base64 of a SHA-1 that both directions of the flow share."""
    source, destination = flow.source, flow.destination
    source_port, destination_port, is_one_way = _ports(flow)
    if not is_one_way and (destination, destination_port) < (source, source_port):
        source, destination = destination, source
        source_port, destination_port = destination_port, source_port
    data = seed.to_bytes(2) + source + destination + bytes((flow.protocol, 0))
    if source_port >= 0:
        data += source_port.to_bytes(2) + destination_port.to_bytes(2)
    return "1:" + b64encode(sha1(data, usedforsecurity=False).digest()).decode("ascii")


def _ports(flow: Flow) -> tuple[int, int, bool]:
    """Return both ports, -1 where there are none, and whether the exchange has but one direction."""
    if flow.protocol in (TCP, UDP, SCTP):
        return flow.source_port, flow.destination_port, False
    if flow.protocol in (ICMP, ICMPV6) and flow.icmp_type >= 0:
        counterpart = COUNTERPART.get((flow.protocol, flow.icmp_type))
        if counterpart is None:
            return flow.icmp_type, flow.icmp_code, True
        return flow.icmp_type, counterpart, False
    return -1, -1, False
