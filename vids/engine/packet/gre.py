"""GRE: version 0 (RFC 1701, RFC 2784, RFC 2890), and version 1, which carries PPP (RFC 2637)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet import ether_type
from vids.engine.packet.counters import Counters
from vids.engine.packet.packet import Packet

ORIGIN: Final = "gre tunnel"  # EVE's pkt_src of the inner packet
HEADER: Final = 4  # bytes: flags, version, protocol
FIELD: Final = 4  # bytes of each optional field
ROUTE_ENTRY: Final = 4  # bytes in front of each address list: family, offset, length

CHECKSUM: Final = 0x8000  # flags, in the first two bytes
ROUTING: Final = 0x4000
KEY: Final = 0x2000
SEQUENCE: Final = 0x1000
STRICT_ROUTE: Final = 0x0800
RECURSION: Final = 0x0700
ACKNOWLEDGMENT: Final = 0x0080  # version 1
RESERVED: Final = 0x0078
VERSION: Final = 0x0007


def decode_gre(packet: Packet, counts: Counters, at: i64, end: i64) -> bool:
    """Find the packet inside the GRE packet at `data[at:end]`."""
    counts.gre += 1
    packet.payload_at = at
    packet.payload_end = end
    if end - at < HEADER:
        return _unreadable(packet, "gre.pkt_too_small")
    if not packet.enter():
        return False
    flags = i64(read_i16_be(packet.data, at)) & 0xFFFF
    protocol = i64(read_i16_be(packet.data, at + 2)) & 0xFFFF
    version = flags & VERSION
    if version == 0:
        inner = _step_over_0(packet, flags, at, end)
    elif version == 1:
        inner = _step_over_1(packet, flags, protocol, at, end)
    else:
        return _unreadable(packet, "gre.wrong_version")
    if inner >= 0:
        _find(packet, counts, flags, protocol, inner, end)
    return True


def _unreadable(packet: Packet, event: str) -> bool:
    """Say why the inside is not found; the packet around it is as good as any."""
    packet.defect(event)
    return True


def _step_over_0(packet: Packet, flags: i64, at: i64, end: i64) -> i64:
    """Return where the inner packet begins, -1 where the header is cut.

    Flags that should be 0 are an event and no more: most receivers ignore them, so they must not hide the rest.
    """
    if flags & RECURSION:
        packet.defect("gre.version0_recur")
    if flags & RESERVED:
        packet.defect("gre.version0_flags")
    at += HEADER
    if flags & (CHECKSUM | ROUTING):
        at += FIELD
    if flags & KEY:
        at += FIELD
    if flags & SEQUENCE:
        at += FIELD
    if at > end:
        packet.defect("gre.version0_hdr_too_big")
        return -1
    return _step_over_routes(packet, at, end) if flags & ROUTING else at


def _step_over_routes(packet: Packet, at: i64, end: i64) -> i64:
    """Return where the source route entries end, -1 where they are cut (RFC 1701)."""
    data = packet.data
    while end - at >= ROUTE_ENTRY:
        family = i64(read_i16_be(data, at))
        length = i64(data[at + 3])
        at += ROUTE_ENTRY
        if family == 0 and length == 0:
            return at
        at += length
    packet.defect("gre.version0_malformed_sre_hdr")
    return -1


def _step_over_1(packet: Packet, flags: i64, protocol: i64, at: i64, end: i64) -> i64:
    """Return where the PPP frame begins, -1 where there is none."""
    event = _why_not_1(flags, protocol)
    if event:
        packet.defect(event)
        return -1
    if flags & RECURSION:
        packet.defect("gre.version1_recur")
    if flags & RESERVED:
        packet.defect("gre.version1_flags")
    has_payload = end - at >= HEADER + 2 and read_i16_be(packet.data, at + HEADER) != 0
    at += HEADER + FIELD
    if flags & SEQUENCE:
        at += FIELD
    if flags & ACKNOWLEDGMENT:
        at += FIELD
    if at > end:
        packet.defect("gre.version1_hdr_too_big")
        return -1
    return at if has_payload else -1


def _why_not_1(flags: i64, protocol: i64) -> str:
    """Return the event of a header that version 1 does not have."""
    if flags & CHECKSUM:
        return "gre.version1_chksum"
    if flags & ROUTING:
        return "gre.version1_route"
    if flags & STRICT_ROUTE:
        return "gre.version1_ssr"
    if protocol != ether_type.PPP:
        return "gre.version1_wrong_protocol"
    return "" if flags & KEY else "gre.version1_no_key"


def _find(packet: Packet, counts: Counters, flags: i64, protocol: i64, at: i64, end: i64) -> None:
    """Note the inner packet, if its protocol is one that is decoded."""
    if protocol == ether_type.ERSPAN and flags & SEQUENCE == 0:
        counts.erspan += 1
        protocol = ether_type.BRIDGE  # ERSPAN of type I has no header
    if is_carried(protocol):
        packet.tunnel(protocol, ORIGIN, at, end)


def is_carried(protocol: i64) -> bool:
    """Return whether what GRE carries under this EtherType is decoded."""
    return protocol in (
        ether_type.IPV4, ether_type.IPV6, ether_type.PPP, ether_type.BRIDGE, ether_type.DOT1Q, ether_type.ARP,
        ether_type.ERSPAN, ether_type.ERSPAN_3, ether_type.MPLS, ether_type.MPLS_MULTICAST, ether_type.NSH,
    )  # fmt: skip
