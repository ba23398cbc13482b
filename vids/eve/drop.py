"""The record of a packet that does not go on."""

from __future__ import annotations

import struct
from typing import Final

from vids.engine.event import Drop
from vids.engine.packet.packet import ICMP, ICMPV6, TCP, UDP
from vids.eve.alert import RULE, rule_record
from vids.eve.header import PACKET, SIDE, Options, Record, packet_record
from vids.eve.shape import Fields
from vids.eve.verdict import VERDICT, verdict_record

TCP_FLAGS: Final = (("syn", 0x02), ("ack", 0x10), ("psh", 0x08), ("rst", 0x04), ("urg", 0x20), ("fin", 0x01))

HEADERS: Final[Fields] = {
    "len?": int, "tos?": int, "ttl?": int, "ipid?": int, "tc?": int, "hoplimit?": int, "flowlbl?": int,
    "tcpseq?": int, "tcpack?": int, "tcpwin?": int, **{f"{name}?": bool for name, _ in TCP_FLAGS}, "tcpres?": int,
    "tcpurgp?": int, "udplen?": int, "icmp_id?": int, "icmp_seq?": int, "reason": str,
}  # fmt: skip
DROP: Final[Fields] = {**PACKET, "direction?": SIDE, "drop": HEADERS, "verdict?": VERDICT, "alert?": RULE}


def drop_record(drop: Drop, options: Options) -> Record | None:
    """Return the headers of the packet and why it was dropped; None for one more of a flow that was reported."""
    wanted = options.log.types.drop
    if drop.is_repeated and wanted.flows == "start":
        return None
    record = packet_record(drop, "drop", options, [])
    if drop.has_direction:
        record["direction"] = "to_server" if drop.to_server else "to_client"
    fields = _ip(drop.header)
    fields.update(_transport(drop.protocol, drop.transport))
    fields["reason"] = drop.verdict.reason
    record["drop"] = fields
    if wanted.verdict:
        record["verdict"] = verdict_record(drop.verdict, drop.protocol)
    if wanted.alerts and drop.alert is not None:
        record["alert"] = rule_record(drop.alert, options)
    return record


def _ip(header: bytes) -> Record:
    """Return the fields of an IP header (RFC 791, RFC 8200); none without IP."""
    if len(header) == 20:
        _, tos, length, identification, _, ttl = struct.unpack_from(">BBHHHB", header)
        return {"len": length, "tos": tos, "ttl": ttl, "ipid": identification}
    if len(header) == 40:
        first, length, _, hop_limit = struct.unpack_from(">IHBB", header)
        return {"len": length, "tc": first >> 20 & 0xFF, "hoplimit": hop_limit, "flowlbl": first & 0xFFFFF}
    return {}


def _transport(protocol: int, header: bytes) -> Record:
    """Return the fields of a transport header, as far as it is there."""
    if protocol == TCP and len(header) == 20:
        _, seq, ack, offset, flags, window, _, urgent = struct.unpack(">IIIBBHHH", header)
        found: Record = {"tcpseq": seq, "tcpack": ack, "tcpwin": window}
        found.update({name: bool(flags & bit) for name, bit in TCP_FLAGS})
        found["tcpres"] = offset & 0x0F
        found["tcpurgp"] = urgent
        return found
    if protocol == UDP and len(header) >= 8:
        return {"udplen": struct.unpack_from(">H", header, 4)[0]}
    if protocol in (ICMP, ICMPV6) and len(header) >= 8:
        identification, sequence = struct.unpack_from(">HH", header, 4)
        return {"icmp_id": identification, "icmp_seq": sequence}
    return {}
