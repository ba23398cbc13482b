"""IPv6 extension headers (RFC 8200, section 4): from the fixed header to what is behind the last of them."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.packet import AH, Packet

HOP_BY_HOP: Final = 0  # next header numbers
ROUTING: Final = 43
FRAGMENT: Final = 44
NO_NEXT_HEADER: Final = 59
DESTINATION_OPTIONS: Final = 60
MOBILITY: Final = 135
HIP: Final = 139
SHIM6: Final = 140

ADDRESS: Final = 16  # bytes
FRAGMENT_HEADER: Final = 8  # bytes

SEEN_HOP_BY_HOP: Final = 1  # what was met on the way, a bit each
SEEN_ROUTING: Final = 2
SEEN_FRAGMENT: Final = 4
SEEN_DESTINATION: Final = 8
SEEN_DESTINATION_TWICE: Final = 16  # before and behind a routing header: both may be there
SEEN_AH: Final = 32

PAD1: Final = 0x00  # option types (IANA, Internet Protocol Version 6 Parameters)
PADN: Final = 0x01
ROUTER_ALERT: Final = 0x05
JUMBO: Final = 0xC2
HOME_ADDRESS: Final = 0xC9


def walk_extensions(packet: Packet, at: i64, end: i64) -> i64:
    """Return where the upper layer begins, its number in `packet.protocol`; -1 if a header is cut.

    A fragment ends the walk: the upper layer is read when the datagram is whole. A fragment header that
    splits nothing (RFC 6946) does not.
    """
    data = packet.data
    seen: i64 = 0
    kind = packet.protocol
    first = at
    named_at = packet.ip_at + 6
    while is_extension(kind):
        if end - at < 2 or _length(data, kind, at) > end - at:
            return _cut(packet)
        next_at = at + _length(data, kind, at)
        if kind == FRAGMENT:
            seen = _check_fragment(packet, seen, at, end)
            if packet.is_fragment:
                packet.fragment_named_at = named_at
                return next_at
        elif kind == ROUTING:
            seen = _check_routing(packet, seen, at, next_at)
        elif kind == AH:
            seen = _check_ah(packet, seen, at)
        elif kind in (HOP_BY_HOP, DESTINATION_OPTIONS):
            seen = _check_options_header(packet, seen, kind, at, next_at)
        kind = i64(data[at])
        packet.protocol = kind
        named_at = at
        at = next_at
    if at > first and end - at < 2 and kind != NO_NEXT_HEADER:
        return _cut(packet)
    return at


def _cut(packet: Packet) -> i64:
    """Note that a header is cut: what the packet carries is not known."""
    packet.malformed("ipv6.trunc_exthdr")
    packet.protocol = -1
    return -1


def is_extension(kind: i64) -> bool:
    """Return whether the header is one to step over."""
    return kind in (HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION_OPTIONS, MOBILITY, HIP, SHIM6)


def _length(data: bytes, kind: i64, at: i64) -> i64:
    """Return the header's length in bytes: each has its own unit."""
    if kind == FRAGMENT:
        return FRAGMENT_HEADER  # its second byte is reserved
    units = i64(data[at + 1])
    if kind == AH:
        return 12 + 4 * (units - 1) if units > 0 else 12  # RFC 4302, section 2.2
    return 8 + 8 * units


def _check_fragment(packet: Packet, seen: i64, at: i64, end: i64) -> i64:
    """Take the first fragment header's fields into the packet; return what was seen by now."""
    data = packet.data
    if data[at + 1] != 0:
        packet.event("ipv6.fh_non_zero_reserved_field")
    if seen & SEEN_FRAGMENT:
        packet.event("ipv6.exthdr_dupl_fh")
        return seen
    field = i64(read_i16_be(data, at + 2)) & 0xFFFF
    offset = field & 0xFFF8
    has_more = field & 1
    if offset == 0 and has_more == 0:
        packet.event("ipv6.exthdr_useless_fh")
        return seen | SEEN_FRAGMENT
    packet.is_fragment = True
    packet.fragment_offset = offset
    packet.fragment_flags = has_more
    length = end - at - FRAGMENT_HEADER
    if has_more and length & 7:
        packet.event("ipv6.frag_invalid_length")
    if offset + length > 65535:
        packet.event("ipv6.frag_pkt_too_large")
    return seen | SEEN_FRAGMENT


def _check_routing(packet: Packet, seen: i64, at: i64, end: i64) -> i64:
    """Check a routing header, and find the last address it names; return what was seen by now."""
    if seen & SEEN_ROUTING:
        packet.event("ipv6.exthdr_dupl_rh")
        return seen
    kind = i64(packet.data[at + 2])
    if kind == 0:
        packet.event("ipv6.rh_type_0")
    has_segments_left = packet.data[at + 3] != 0
    if has_segments_left and end - at >= 8 + ADDRESS:
        if kind in (0, 2):  # RFC 2460; RFC 6275, section 6.4
            packet.checksum_destination_at = at + 8 + ((end - at - 8) // ADDRESS - 1) * ADDRESS
        elif kind == 4:  # RFC 8754, section 2: the last segment is first
            packet.checksum_destination_at = at + 8
    return seen | SEEN_ROUTING


def _check_ah(packet: Packet, seen: i64, at: i64) -> i64:
    """Check an authentication header; return what was seen by now."""
    if read_i16_be(packet.data, at + 2) != 0:
        packet.event("ipv6.exthdr_ah_res_not_null")
    if seen & SEEN_AH:
        packet.event("ipv6.exthdr_dupl_ah")
    return seen | SEEN_AH


def _check_options_header(packet: Packet, seen: i64, kind: i64, at: i64, end: i64) -> i64:
    """Check hop-by-hop or destination options; return what was seen by now."""
    is_hop_by_hop = kind == HOP_BY_HOP
    if is_hop_by_hop:
        if seen & SEEN_HOP_BY_HOP:
            packet.event("ipv6.exthdr_dupl_hh")
            return seen
        seen |= SEEN_HOP_BY_HOP
    elif seen & SEEN_DESTINATION_TWICE:
        packet.event("ipv6.exthdr_dupl_dh")
        return seen
    elif seen & SEEN_DESTINATION:
        seen |= SEEN_DESTINATION_TWICE
    else:
        seen |= SEEN_DESTINATION
    _check_options(packet, is_hop_by_hop, at + 2, end)
    return seen


def _check_options(packet: Packet, is_hop_by_hop: bool, at: i64, end: i64) -> None:
    """Check the options of one header; padding alone may be a hidden channel."""
    data = packet.data
    has_padding = False
    has_option = False
    while at < end:
        option = i64(data[at])
        if option == PAD1:
            has_padding = True
            at += 1
            continue
        if end - at < 2 or i64(data[at + 1]) > end - at - 2:
            packet.defect("ipv6.exthdr_invalid_optlen")
            break
        length = i64(data[at + 1])
        if length < _least_length(option):
            packet.defect("ipv6.exthdr_invalid_optlen")
            break
        if option == PADN:
            has_padding = True
            if length == 0:
                packet.event("ipv6.zero_len_padn")
        elif option != JUMBO:
            has_option = True
            if option == HOME_ADDRESS:
                packet.checksum_source_at = at + 2
            elif option != ROUTER_ALERT:
                packet.event("ipv6.hopopts_unknown_opt" if is_hop_by_hop else "ipv6.dstopts_unknown_opt")
        at += 2 + length
    if has_padding and not has_option:
        packet.event("ipv6.hopopts_only_padding" if is_hop_by_hop else "ipv6.dstopts_only_padding")


def _least_length(option: i64) -> i64:
    """Return how many bytes of data the option must have."""
    if option == ROUTER_ALERT:
        return 2
    if option == JUMBO:
        return 4
    return ADDRESS if option == HOME_ADDRESS else 0
