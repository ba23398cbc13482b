"""ARP for IPv4 over Ethernet (RFC 826), which has no flow: its header is checked, and that is all."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

FIXED: Final = 8  # bytes: hardware and protocol, their address sizes, operation
MESSAGE: Final = 28  # bytes, with two Ethernet and two IPv4 addresses

HARDWARE_ETHERNET: Final = 1
PROTOCOL_IPV4: Final = 0x0800
REQUEST: Final = 1
REVERSE_REPLY: Final = 4  # reply and reverse request are between (RFC 903)


def decode_arp(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Check the message at `data[at:end]`."""
    counts.arp += 1
    data = packet.data
    if end - at < FIXED:
        return packet.malformed("arp.pkt_too_small")
    if i64(read_i16_be(data, at)) != HARDWARE_ETHERNET:
        return packet.malformed("arp.unsupported_hardware")
    if i64(read_i16_be(data, at + 2)) != PROTOCOL_IPV4:
        return packet.malformed("arp.unsupported_protocol")
    if end - at < MESSAGE:
        return packet.malformed("arp.invalid_pkt")
    if data[at + 4] != 6:
        return packet.malformed("arp.invalid_hardware_size")
    if data[at + 5] != 4:
        return packet.malformed("arp.invalid_protocol_size")
    operation = i64(read_i16_be(data, at + 6))
    if operation < REQUEST or operation > REVERSE_REPLY:
        return packet.malformed("arp.unsupported_opcode")
    return True
