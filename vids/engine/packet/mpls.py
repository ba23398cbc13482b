"""MPLS: a stack of labels (RFC 3032), whose last says little of what is behind it."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i32_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.ethernet import read_ethernet
from vids.engine.packet.packet import Packet

LABEL: Final = 4  # bytes: label, class, bottom of stack, time to live
CONTROL_WORD: Final = 4  # bytes, in front of the Ethernet frame of a pseudowire (RFC 4448, section 4.6)

IPV4_NULL: Final = 0  # labels that are reserved (RFC 3032, section 2.1)
ROUTER_ALERT: Final = 1
IPV6_NULL: Final = 2
IMPLICIT_NULL: Final = 3
EXTENSION: Final = 15  # more labels follow (RFC 7274): what is behind it may be read


def read_mpls(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the labels at `data[at:end]`; return the EtherType of what is at `next_at`, -1 for none."""
    counts.mpls += 1
    if not packet.enter():
        return -1
    label: i64 = 0
    is_bottom = False
    while not is_bottom:
        if end - at < LABEL:
            packet.malformed("mpls.header_too_small")
            return -1
        entry = i64(read_i32_be(packet.data, at)) & 0xFFFFFFFF
        label = entry >> 12
        is_bottom = entry & 0x100 != 0
        at += LABEL
    packet.next_at = at
    if label == IPV4_NULL:
        return ether_type.IPV4
    if label == IPV6_NULL:
        return ether_type.IPV6
    if label < EXTENSION:
        packet.event(_bad_label(label))
        return -1
    return _guess(packet, counts, at, end)


def _bad_label(label: i64) -> str:
    """Return the event for a label that cannot be the last of a stack."""
    if label == ROUTER_ALERT:
        return "mpls.bad_label_router_alert"
    return "mpls.bad_label_implicit_null" if label == IMPLICIT_NULL else "mpls.bad_label_reserved"


def _guess(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Tell from the first four bits what it is (RFC 4385, section 3: a control word begins with zeros)."""
    if end - at < CONTROL_WORD:
        packet.malformed("mpls.pkt_too_small")
        return -1
    first = i64(packet.data[at]) >> 4
    if first == 4:
        return ether_type.IPV4
    if first == 6:
        return ether_type.IPV6
    if first == 0:
        return read_ethernet(packet, counts, at + CONTROL_WORD, end)
    packet.malformed("mpls.unknown_payload_type")
    return -1
