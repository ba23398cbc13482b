"""PPP over Ethernet (RFC 2516): the discovery of a session, and the session."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet
from vids.engine.packet.ppp import is_protocol_there, read_protocol

HEADER: Final = 6  # bytes: version, code, session, length
TAG_HEADER: Final = 4  # bytes

END_OF_LIST: Final = 0x0000  # a tag; what follows it is padding

PADO: Final = 0x07  # codes of discovery
PADI: Final = 0x09
PADR: Final = 0x19
PADS: Final = 0x65
PADT: Final = 0xA7


def read_session(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the header at `data[at:end]`; return the EtherType of what is at `next_at`, -1 for none."""
    counts.pppoe += 1
    if not is_protocol_there(packet, at + HEADER, end):
        packet.malformed("pppoe.pkt_too_small")
        return -1
    if not packet.enter():
        return -1
    if read_i16_be(packet.data, at + 4) == 0:
        return -1
    return read_protocol(packet, at + HEADER, end)


def check_discovery(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Check the message at `data[at:end]`, which carries no packet."""
    counts.pppoe += 1
    data = packet.data
    if end - at < HEADER:
        return packet.malformed("pppoe.pkt_too_small")
    if data[at + 1] not in (PADI, PADO, PADR, PADS, PADT):
        return packet.malformed("pppoe.wrong_code")
    length = i64(read_i16_be(data, at + 4)) & 0xFFFF
    at += HEADER
    if length > end - at:
        return packet.malformed("pppoe.malformed_tags")
    end = at + length
    while end - at >= TAG_HEADER:
        if read_i16_be(data, at) == END_OF_LIST:
            return True
        length = i64(read_i16_be(data, at + 2)) & 0xFFFF
        at += TAG_HEADER + length
    if at != end:
        return packet.malformed("pppoe.malformed_tags")
    return True
