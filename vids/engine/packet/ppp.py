"""PPP (RFC 1661): which protocol is inside, behind whatever framing there is (RFC 1662)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

FRAMING: Final = 0xFF03  # all stations, unnumbered information: may be left out
IPV4_HEADER: Final = 20  # bytes
IPV6_HEADER: Final = 40

IPV4: Final = 0x21  # protocols (IANA, Point-to-Point Protocol Field Assignments)
VJ_UNCOMPRESSED: Final = 0x2F  # RFC 1144: IPv4 with a connection number for its protocol
IPV6: Final = 0x57
COMPRESSED: Final = 0xFD
MPLS: Final = 0x281
MPLS_MULTICAST: Final = 0x283
IPCP: Final = 0x8021
IPV6CP: Final = 0x8057
CCP: Final = 0x80FD
CDPCP: Final = 0x8207
LCP: Final = 0xC021
PAP: Final = 0xC023
LQR: Final = 0xC025
CBCP: Final = 0xC029
CHAP: Final = 0xC223


def read_ppp(packet: Packet, counts: Counters, at: i64, end: i64) -> i64:
    """Step over the header at `data[at:end]`; return the EtherType of what is at `next_at`, -1 for none."""
    counts.ppp += 1
    if not packet.enter():
        return -1
    if end - at >= 2 and i64(read_i16_be(packet.data, at)) & 0xFFFF == FRAMING:
        at += 2
    if not is_protocol_there(packet, at, end):
        packet.malformed("ppp.pkt_too_small")
        return -1
    return read_protocol(packet, at, end)


def is_protocol_there(packet: Packet, at: i64, end: i64) -> bool:
    """Return whether the protocol field is whole: one byte if that is odd, else two (RFC 1661, section 6.5)."""
    if end - at >= 2:
        return True
    return at < end and packet.data[at] & 1 != 0 and packet.data[at] != FRAMING >> 8


def read_protocol(packet: Packet, at: i64, end: i64) -> i64:
    """Read the protocol field, which is there; return the EtherType of what is at `next_at`, -1 for none."""
    is_short = packet.data[at] & 1 != 0
    protocol = i64(packet.data[at]) if is_short else i64(read_i16_be(packet.data, at)) & 0xFFFF
    at += 1 if is_short else 2
    packet.next_at = at
    if protocol == IPV4:
        return _ip_if_it_fits(packet, end - at, IPV4_HEADER, ether_type.IPV4, "ppp.ip4_pkt_too_small")
    if protocol == IPV6:
        return _ip_if_it_fits(packet, end - at, IPV6_HEADER, ether_type.IPV6, "ppp.ip6_pkt_too_small")
    if protocol == VJ_UNCOMPRESSED:
        found = _ip_if_it_fits(packet, end - at, IPV4_HEADER, ether_type.IPV4, "ppp.vju_pkt_too_small")
        return found if found < 0 or packet.data[at] >> 4 == 4 else -1
    if protocol == MPLS:
        return ether_type.MPLS
    if protocol == MPLS_MULTICAST:
        return ether_type.MPLS_MULTICAST
    if is_short or is_unsupported(protocol):
        packet.event("ppp.unsup_proto")
    elif not is_control(protocol):
        packet.malformed("ppp.wrong_type")
    return -1


def _ip_if_it_fits(packet: Packet, length: i64, least: i64, found: i64, event: str) -> i64:
    if length < least:
        packet.malformed(event)
        return -1
    return found


def is_control(protocol: i64) -> bool:
    """Return whether this negotiates a link, or is what was agreed on: nothing for us to read, and no anomaly."""
    return protocol in (COMPRESSED, IPCP, IPV6CP, CCP, CDPCP, LCP, PAP, LQR, CBCP, CHAP)


def is_unsupported(protocol: i64) -> bool:
    """Return whether this is a network protocol, or the control of one, that the reference engine names as such."""
    if 0x23 <= protocol <= 0x35:  # OSI, XNS, DECnet, AppleTalk, IPX, compressed TCP, bridging, ST-II, Vines
        return protocol & 1 == 1
    return protocol in (
        0x201, 0x231, 0x233, 0x8023, 0x8025, 0x8027, 0x8029, 0x802B, 0x8033, 0x8035, 0x8281,
    )  # fmt: skip
