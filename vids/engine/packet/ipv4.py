"""IPv4: header and fragment fields (RFC 791); its options are in ipv4_option.py."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.ipv4_option import check_options
from vids.engine.packet.packet import ICMPV6, Packet
from vids.engine.packet.transport import decode_transport

HEADER: Final = 20  # bytes, without options
MAX_DATAGRAM: Final = 65535  # bytes, header included

MORE_FRAGMENTS: Final = 0x2000  # in the 16 bits of flags and offset
OFFSET: Final = 0x1FFF  # in units of 8 bytes


def decode_ipv4(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the IPv4 packet at `data[at:end]`; what follows its length field's end is padding."""
    counts.ipv4 += 1
    data = packet.data
    if end - at < HEADER:
        return packet.malformed("ipv4.pkt_too_small")
    version_ihl = i64(data[at])
    if version_ihl >> 4 != 4:
        return packet.malformed("ipv4.wrong_ip_version")
    header = (version_ihl & 0x0F) << 2
    if header < HEADER:
        return packet.malformed("ipv4.hlen_too_small")
    length = i64(read_i16_be(data, at + 2)) & 0xFFFF
    if length < header:  # segmentation offload writes 0 for more than 65535: no receiver would take it either
        return packet.malformed("ipv4.iplen_smaller_than_hlen")
    if end - at < length:
        return packet.malformed("ipv4.trunc_pkt")
    end = at + length
    if not packet.enter():
        return False
    packet.ip_version = 4
    packet.ip_at = at
    packet.ip_end = end
    packet.ip_header_length = header
    packet.address_at = at + 12
    packet.tos = i64(data[at + 1])
    packet.ip_id = i64(read_i16_be(data, at + 4)) & 0xFFFF
    packet.ttl = i64(data[at + 8])
    if header > HEADER and not check_options(packet, at + HEADER, at + header):
        return False
    packet.protocol = i64(data[at + 9])
    fragment = i64(read_i16_be(data, at + 6)) & 0xFFFF
    packet.fragment_flags = fragment >> 13
    if fragment & (MORE_FRAGMENTS | OFFSET):
        return _take_fragment(packet, (fragment & OFFSET) << 3, at + header, end)
    if packet.protocol == ICMPV6:
        return packet.malformed("ipv4.icmpv6")
    return decode_transport(packet, counts, at + header, end)


def _take_fragment(packet: Packet, offset: i64, at: i64, end: i64) -> bool:
    """Note a part of a datagram, whose transport header only defragmentation can trust."""
    packet.is_fragment = True
    packet.fragment_offset = offset
    packet.fragment_at = at
    if offset + (end - at) > MAX_DATAGRAM:
        packet.event("ipv4.frag_pkt_too_large")
    return True
