"""IPv4 options: each is checked against its own format; none is acted upon."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.packet.packet import Packet

END: Final = 0x00  # option types (IANA, IP Option Numbers)
NOP: Final = 0x01
RECORD_ROUTE: Final = 0x07
QUICK_START: Final = 0x19  # RFC 4782
TIMESTAMP: Final = 0x44
SECURITY: Final = 0x82  # RFC 1108
LOOSE_ROUTE: Final = 0x83
EXTENDED_SECURITY: Final = 0x85
CIPSO: Final = 0x86  # FIPS 188
STREAM_ID: Final = 0x88
STRICT_ROUTE: Final = 0x89
ROUTER_ALERT: Final = 0x94  # RFC 2113

CIPSO_TAGS: Final = 6  # bytes before the first tag: type, length, domain of interpretation


def check_options(packet: Packet, at: i64, end: i64) -> bool:
    """Check the options at `data[at:end]`; False if the length of one leads out of them."""
    data = packet.data
    seen: i64 = 0  # a bit for each type's number (its low five bits)
    if (end - at) & 7:
        packet.event("ipv4.opt_pad_required")
    while at < end:
        option = i64(data[at])
        if option == END:
            return True
        if option == NOP:
            at += 1
            continue
        if end - at < 2:
            packet.event("ipv4.opt_eol_required")
            return True
        length = i64(data[at + 1])
        if length < 2 or length > end - at:
            return packet.malformed("ipv4.opt_invalid_len")
        if not is_known(option):
            packet.event("ipv4.opt_invalid")
        elif seen & (i64(1) << (option & 0x1F)):
            packet.event("ipv4.opt_duplicate")
        elif _check_option(packet, option, at, at + length):
            seen |= i64(1) << (option & 0x1F)
        at += length
    return True


def is_known(option: i64) -> bool:
    """Return whether the option's format is known; no two that are share the number in the low five bits."""
    return is_route(option) or option in (TIMESTAMP, CIPSO) or _least_length(option) > 0


def is_route(option: i64) -> bool:
    """Return whether the option is a list of addresses."""
    return option in (RECORD_ROUTE, LOOSE_ROUTE, STRICT_ROUTE)


def _least_length(option: i64) -> i64:
    """Return how long an option without inner structure must be, in bytes; 0 for all others."""
    if option == QUICK_START:
        return 8
    if option in (STREAM_ID, ROUTER_ALERT):
        return 4
    return 3 if option in (SECURITY, EXTENDED_SECURITY) else 0


def _check_option(packet: Packet, option: i64, at: i64, end: i64) -> bool:
    """Check one known option, type and length included; False says that it has a defect."""
    if is_route(option):
        return _check_route(packet, at, end)
    if option == TIMESTAMP:
        return _check_timestamp(packet, at, end)
    if option == CIPSO:
        return _check_cipso(packet, at, end)
    length = end - at
    if length < _least_length(option) or (option in (STREAM_ID, ROUTER_ALERT) and length != 4):
        packet.defect("ipv4.opt_invalid_len")
        return False
    return True


def _check_route(packet: Packet, at: i64, end: i64) -> bool:
    """Check that the pointer, counted from 1, is at one of the 4-byte addresses or right behind the last."""
    if end - at < 3:
        packet.defect("ipv4.opt_invalid_len")
        return False
    pointer = i64(packet.data[at + 2])
    if pointer < 4 or pointer & 3 or pointer > end - at + 1:
        packet.defect("ipv4.opt_malformed")
        return False
    return True


def _check_timestamp(packet: Packet, at: i64, end: i64) -> bool:
    """Check that the pointer is at a record's start: 4 bytes of time, or 8 with an address (flag 1 or 3)."""
    if end - at < 5:
        packet.defect("ipv4.opt_invalid_len")
        return False
    pointer = i64(packet.data[at + 2])
    flag = i64(packet.data[at + 3]) & 0x0F
    record: i64 = 8 if flag in (1, 3) else 4
    if pointer < 5 or (pointer - 5) % record or pointer > end - at + 1:
        packet.defect("ipv4.opt_malformed")
        return False
    return True


def _check_cipso(packet: Packet, at: i64, end: i64) -> bool:
    """Check that the tags fill the option, and that each is of a standard type with its alignment octet 0."""
    data = packet.data
    if end - at < 10:
        packet.defect("ipv4.opt_invalid_len")
        return False
    at += CIPSO_TAGS
    while at < end:
        if end - at < 4:
            packet.defect("ipv4.opt_malformed")
            return False
        tag = i64(data[at])
        length = i64(data[at + 1])
        is_type = tag in (1, 2, 5, 6, 7)
        if not is_type or length < 4 or length > end - at or (tag != 7 and data[at + 2] != 0):
            packet.defect("ipv4.opt_malformed")
            return False
        at += length
    return True
