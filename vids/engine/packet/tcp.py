"""TCP: the header and its options (RFC 9293, section 3.1)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be, read_i32_be
from mypy_extensions import i64

from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

HEADER: Final = 20  # bytes, without options

END: Final = 0  # option kinds (IANA, TCP Parameters)
NOP: Final = 1
MSS: Final = 2
WINDOW_SCALE: Final = 3
SACK_PERMITTED: Final = 4
SACK: Final = 5
TIMESTAMPS: Final = 8
MD5: Final = 19  # RFC 2385
AO: Final = 29  # RFC 5925
FAST_OPEN: Final = 34  # RFC 7413
EXPERIMENT_1: Final = 253  # RFC 4727
EXPERIMENT_2: Final = 254

EXPERIMENT_FAST_OPEN: Final = 0xF989  # Fast Open before it had its own kind

SEEN_FAST_OPEN: Final = 1  # options that leave no field in the packet, a bit each
SEEN_SACK: Final = 2


def decode_tcp(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the segment at `data[at:end]`."""
    counts.tcp += 1
    data = packet.data
    if end - at < HEADER:
        return packet.malformed("tcp.pkt_too_small")
    header = (i64(data[at + 12]) >> 4) << 2
    if header > end - at:
        return packet.malformed("tcp.hlen_too_small")
    if header < HEADER:
        return packet.malformed("tcp.invalid_optlen")
    packet.transport_at = at
    packet.source_port = i64(read_i16_be(data, at)) & 0xFFFF
    packet.destination_port = i64(read_i16_be(data, at + 2)) & 0xFFFF
    packet.tcp_seq = i64(read_i32_be(data, at + 4)) & 0xFFFFFFFF
    packet.tcp_ack = i64(read_i32_be(data, at + 8)) & 0xFFFFFFFF
    packet.tcp_flags = i64(data[at + 13])
    packet.tcp_window = i64(read_i16_be(data, at + 14)) & 0xFFFF
    packet.payload_at = at + header
    packet.payload_end = end
    if header > HEADER:
        _read_options(packet, at + HEADER, at + header)
    return True


def _read_options(packet: Packet, at: i64, end: i64) -> None:
    """Read the options at `data[at:end]`; where a length leads out of them, the rest is unreadable."""
    data = packet.data
    seen: i64 = 0
    while at < end:
        kind = i64(data[at])
        if kind == NOP:
            at += 1
            continue
        if kind == END or end - at < 2:
            return
        length = i64(data[at + 1])
        if length < 2 or length > end - at:
            packet.defect("tcp.opt_invalid_len")
            return
        if kind == TIMESTAMPS:
            _take_timestamps(packet, at, length)
        elif kind == MSS:
            _take_mss(packet, at, length)
        elif kind == WINDOW_SCALE:
            _take_window_scale(packet, at, length)
        elif kind == SACK_PERMITTED:
            _take_sack_permitted(packet, length)
        else:
            seen = _check_option(packet, seen, kind, at, length)
        at += length


def _take_timestamps(packet: Packet, at: i64, length: i64) -> None:
    if length != 10:
        packet.event("tcp.opt_invalid_len")
    elif packet.tcp_ts_value >= 0:
        packet.event("tcp.opt_duplicate")
    else:
        packet.tcp_ts_value = i64(read_i32_be(packet.data, at + 2)) & 0xFFFFFFFF
        packet.tcp_ts_echo = i64(read_i32_be(packet.data, at + 6)) & 0xFFFFFFFF


def _take_mss(packet: Packet, at: i64, length: i64) -> None:
    if length != 4:
        packet.event("tcp.opt_invalid_len")
    elif packet.tcp_mss >= 0:
        packet.event("tcp.opt_duplicate")
    else:
        packet.tcp_mss = i64(read_i16_be(packet.data, at + 2)) & 0xFFFF


def _take_window_scale(packet: Packet, at: i64, length: i64) -> None:
    if length != 3:
        packet.event("tcp.opt_invalid_len")
    elif packet.tcp_wscale >= 0:
        packet.event("tcp.opt_duplicate")
    else:
        packet.tcp_wscale = i64(packet.data[at + 2])


def _take_sack_permitted(packet: Packet, length: i64) -> None:
    if length != 2:
        packet.event("tcp.opt_invalid_len")
    elif packet.tcp_sack_ok:
        packet.event("tcp.opt_duplicate")
    else:
        packet.tcp_sack_ok = True


def _check_option(packet: Packet, seen: i64, kind: i64, at: i64, length: i64) -> i64:
    """Check an option that is only checked; return which of them were seen by now."""
    if kind == SACK:  # empty, or up to four blocks (RFC 2018, section 3)
        is_good = length == 2 or (10 <= length <= 34 and (length - 2) & 7 == 0)
        return _note_seen(packet, seen, SEEN_SACK, is_good)
    if kind == FAST_OPEN:
        is_good = length == 2 or (4 <= length <= 18 and length & 1 == 0)
        packet.tcp_fast_open = packet.tcp_fast_open or is_good
        return _note_seen(packet, seen, SEEN_FAST_OPEN, is_good)
    if kind in (EXPERIMENT_1, EXPERIMENT_2):
        if length not in (4, 12):
            packet.event("tcp.opt_invalid_len")
        elif i64(read_i16_be(packet.data, at + 2)) & 0xFFFF == EXPERIMENT_FAST_OPEN:
            packet.tcp_fast_open = True
            return _note_seen(packet, seen, SEEN_FAST_OPEN, True)
    elif (kind == MD5 and length != 18) or (kind == AO and length < 4):
        packet.defect("tcp.opt_invalid_len")
    return seen


def _note_seen(packet: Packet, seen: i64, option: i64, is_good: bool) -> i64:
    """Add an option to those that were seen, unless it is bad or was there before."""
    if not is_good:
        packet.event("tcp.opt_invalid_len")
    elif seen & option:
        packet.event("tcp.opt_duplicate")
    else:
        seen |= option
    return seen
