"""A packet with other bytes in its payload, as rules with `replace` ask for where packets pass through."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.packet.checksum import transport_checksum
from vids.engine.packet.packet import ICMP, ICMPV6, TCP, UDP, Packet

CHECKSUM_AT: Final[dict[int, int]] = {TCP: 16, UDP: 6, ICMP: 2, ICMPV6: 2}  # in the transport header


@final
class Rewrite:
    """Bytes to put into the payload of a packet."""

    def __init__(self, at: i64, data: bytes) -> None:
        self.at = at  # offset in the payload
        self.data = data


def can_rewrite(packet: Packet) -> bool:
    """Return whether a packet is the one that came: not one out of a tunnel, nor one put together from fragments."""
    return packet.depth == 0 and not packet.is_reassembled and packet.payload_at >= 0


def rewritten(packet: Packet, rewrites: list[Rewrite]) -> bytes:
    """Return the frame with the bytes in its payload, and the checksum of the transport that goes with them.

    A checksum that was wrong is right then; that of UDP stays 0 where it was never computed (RFC 768).
    """
    frame = bytearray(packet.frame())
    for rewrite in rewrites:
        at = packet.payload_at - packet.frame_at + rewrite.at
        frame[at : at + len(rewrite.data)] = rewrite.data
    place = CHECKSUM_AT.get(int(packet.protocol))
    if place is not None and packet.transport_at >= 0:
        at = packet.transport_at - packet.frame_at + place
        is_uncomputed = packet.protocol == UDP and packet.ip_version == 4 and frame[at] == 0 and frame[at + 1] == 0
        if not is_uncomputed:
            frame[at : at + 2] = b"\0\0"
            frame[at : at + 2] = transport_checksum(packet, bytes(frame)).to_bytes(2, "big")
    return bytes(frame)
