"""Link layers: where a frame's first header ends, and what it says comes next.

Each function takes the frame at `data[at:end]`; False says that the frame cannot be read any further.
"""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be, read_i32_be, read_i32_le
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.chdlc import read_chdlc
from vids.engine.packet.counters import Counters
from vids.engine.packet.ethernet import read_ethernet
from vids.engine.packet.ipv4 import decode_ipv4
from vids.engine.packet.ipv6 import decode_ipv6
from vids.engine.packet.network import decode_network
from vids.engine.packet.packet import Packet
from vids.engine.packet.ppp import read_ppp

NULL: Final = 0  # LINKTYPE_* (www.tcpdump.org/linktypes.html)
ETHERNET: Final = 1
PPP: Final = 9
DLT_RAW_BSD: Final = 12  # raw IP under the numbers that some systems write instead of 101
DLT_RAW_OPENBSD: Final = 14
PPP_SERIAL: Final = 50  # PPP with its framing, or Cisco HDLC
PPP_ETHER: Final = 51  # a session of PPP over Ethernet, without the Ethernet header
RAW: Final = 101
CISCO_HDLC: Final = 104
LOOP: Final = 108
LINUX_SLL: Final = 113
IPV4: Final = 228
IPV6: Final = 229
LINUX_SLL2: Final = 276

NULL_HEADER: Final = 4  # bytes
SLL_HEADER: Final = 16
SLL2_HEADER: Final = 20

AF_INET: Final = 2
HDLC_ADDRESSES: Final = (0x0F, 0x8F)  # unicast, broadcast: where PPP has 0xFF


def decode_link(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode the frame by its link type; of an unknown one nothing is read, and it is counted."""
    link_type = packet.link_type
    if link_type == ETHERNET:
        return decode_ethernet(packet, counts, at, end)
    if link_type in (RAW, IPV4, IPV6, DLT_RAW_BSD, DLT_RAW_OPENBSD):
        return decode_raw(packet, counts, at, end)
    if link_type == LINUX_SLL:
        return decode_sll(packet, counts, at, end)
    if link_type == LINUX_SLL2:
        return decode_sll2(packet, counts, at, end)
    if link_type in (NULL, LOOP):
        return decode_null(packet, counts, at, end)
    if link_type == PPP_ETHER:
        return decode_network(packet, counts, ether_type.PPPOE_SESSION, at, end)
    if link_type in (PPP, PPP_SERIAL):
        return decode_serial(packet, counts, at, end)
    if link_type == CISCO_HDLC:
        return decode_chdlc(packet, counts, at, end)
    counts.unknown_link_type += 1
    return False


def decode_ethernet(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode Ethernet."""
    inside = read_ethernet(packet, counts, at, end)
    return inside >= 0 and decode_network(packet, counts, inside, packet.next_at, end)


def decode_serial(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode PPP, with or without framing; on a serial line the first byte tells it from Cisco HDLC."""
    if packet.link_type == PPP_SERIAL and at < end and i64(packet.data[at]) in HDLC_ADDRESSES:
        return decode_chdlc(packet, counts, at, end)
    inside = read_ppp(packet, counts, at, end)
    return inside >= 0 and decode_network(packet, counts, inside, packet.next_at, end)


def decode_chdlc(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode Cisco HDLC."""
    inside = read_chdlc(packet, counts, at, end)
    return inside >= 0 and decode_network(packet, counts, inside, packet.next_at, end)


def decode_raw(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode a frame that is an IP packet, of the version in its first bits."""
    counts.raw += 1
    if end - at < 20:
        return packet.malformed("ipv4.pkt_too_small")
    version = i64(packet.data[at]) >> 4
    if version == 4:
        return decode_ipv4(packet, counts, at, end)
    if version == 6:
        return decode_ipv6(packet, counts, at, end)
    packet.event("ipraw.invalid_ip_version")
    return False


def decode_null(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode BSD loopback: an address family, in the byte order of the machine that captured."""
    counts.null += 1
    if end - at < NULL_HEADER:
        return packet.malformed("ltnull.pkt_too_small")
    family = i64(read_i32_le(packet.data, at))
    if family & 0xFFFF == 0:
        family = i64(read_i32_be(packet.data, at))
    if family == AF_INET:
        return decode_ipv4(packet, counts, at + NULL_HEADER, end)
    if is_inet6(family):
        return decode_ipv6(packet, counts, at + NULL_HEADER, end)
    packet.event("ltnull.unsupported_type")
    return False


def is_inet6(family: i64) -> bool:
    """Return whether this is some system's AF_INET6: Linux, Windows, NetBSD, Solaris, FreeBSD, macOS."""
    return family in (10, 23, 24, 26, 28, 30)


def decode_sll(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode Linux's cooked capture, as of the interface "any"."""
    counts.sll += 1
    if end - at < SLL_HEADER:
        return packet.malformed("sll.pkt_too_small")
    inside = i64(read_i16_be(packet.data, at + 14)) & 0xFFFF
    return decode_network(packet, counts, inside, at + SLL_HEADER, end)


def decode_sll2(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Decode Linux's cooked capture, version 2."""
    counts.sll2 += 1
    if end - at < SLL2_HEADER:
        return packet.malformed("sll2.pkt_too_small")
    inside = i64(read_i16_be(packet.data, at)) & 0xFFFF
    return decode_network(packet, counts, inside, at + SLL2_HEADER, end)
