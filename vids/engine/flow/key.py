"""What makes packets one flow: exact bytes of addresses, ports, protocol and VLANs, as they are on the wire."""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.packet.packet import ESP, ICMP, ICMPV6, IPV4_IN_IP, IPV6_IN_IP, SCTP, TCP, UDP, Packet

UNREACHABLE: Final = 3  # ICMP types (IANA, ICMP Parameters)
ERRORS: Final = (3, 4, 5, 11, 12)  # answers to packets of other flows
QUOTE: Final = 8  # bytes of an ICMP header, in front of the packet it quotes
NO_PORTS: Final = b"\0\0\0\0"

PAIRS_V4: Final = ((8, 0), (13, 14), (15, 16), (17, 18), (10, 9))  # question, answer (RFC 792, 950, 1256)
PAIRS_V6: Final = (
    (128, 129), (133, 134), (135, 136), (130, 131), (139, 140), (144, 145),
)  # fmt: skip


def counterparts(pairs: tuple[tuple[int, int], ...]) -> list[bytes]:
    """Return, for each ICMP type, what stands for the ports: the type, and the type of its answer."""
    ports = [bytes((kind, 0, 0, 1)) for kind in range(256)]  # no answer: what comes back is another flow
    for question, answer in pairs:
        ports[question] = bytes((question, 0, answer, 0))
        ports[answer] = bytes((answer, 0, question, 0))
    return ports


@final
class Keys:
    """Makes the keys of packets: addresses, then four bytes of ports, then what must be equal both ways."""

    def __init__(self, track_vlans: bool, track_depth: bool) -> None:
        self._track_vlans = track_vlans
        self._track_depth = track_depth
        self._suffixes_v4 = [bytes((4, protocol)) for protocol in range(256)]
        self._suffixes_v6 = [bytes((6, protocol)) for protocol in range(256)]
        self._icmp_v4 = counterparts(PAIRS_V4)
        self._icmp_v6 = counterparts(PAIRS_V6)

    def key(self, packet: Packet) -> bytes:
        """Return the key of a packet, source first; none when it belongs to no flow of its own."""
        protocol = packet.protocol
        at = packet.transport_at
        if packet.is_invalid or packet.is_fragment or packet.ip_version == 0:
            return b""
        if at < 0 or protocol not in (TCP, UDP, SCTP):
            return self._key_without_ports(packet)
        begin = packet.address_at
        end = begin + 8 if packet.ip_version == 4 else begin + 32
        data = packet.data
        if end == at:
            return data[begin : at + 4] + self.suffix(packet, protocol)
        return data[begin:end] + data[at : at + 4] + self.suffix(packet, protocol)

    def suffix(self, packet: Packet, protocol: i64) -> bytes:
        """Return the end of a key: IP version, protocol, tunnels around it, VLAN ids."""
        suffix = (self._suffixes_v4 if packet.ip_version == 4 else self._suffixes_v6)[protocol]
        if packet.depth > 0 and self._track_depth:
            suffix += bytes((packet.depth,))
        if packet.n_vlans == 0 or not self._track_vlans:
            return suffix
        return suffix + repr(packet.vlans()).encode()

    def quoted_key(self, packet: Packet) -> bytes:
        """Return the key of the packet that an ICMP destination unreachable quotes; none for other packets."""
        if packet.icmp_type != UNREACHABLE or packet.ip_version != 4 or packet.transport_at < 0:
            return b""
        data = packet.data
        at = packet.transport_at + QUOTE
        end = packet.payload_end
        if end - at < 20 or data[at] >> 4 != 4:
            return b""
        ports = at + ((i64(data[at]) & 0x0F) << 2)
        protocol = i64(data[at + 9])
        if end - ports < 4 or ports - at < 20 or i64(read_i16_be(data, at + 6)) & 0x1FFF:
            return b""
        if protocol not in (TCP, UDP, SCTP):
            return b""
        return data[at + 12 : at + 20] + data[ports : ports + 4] + self.suffix(packet, protocol)

    def _key_without_ports(self, packet: Packet) -> bytes:
        """Return the key of ICMP, ESP and tunnels; ICMP errors and other protocols have none."""
        protocol = packet.protocol
        begin = packet.address_at
        at = packet.transport_at
        addresses = packet.data[begin : begin + 8 if packet.ip_version == 4 else begin + 32]
        if protocol in (IPV4_IN_IP, IPV6_IN_IP):  # one flow per pair of hosts
            return addresses + NO_PORTS + self.suffix(packet, protocol)
        if protocol == ESP and packet.payload_at >= 0 and packet.payload_end - packet.payload_at >= 4:
            at = packet.payload_at if at < 0 else at
            return addresses + packet.data[at : at + 4] + self.suffix(packet, protocol)
        if at < 0 or packet.icmp_type < 0:
            return b""
        if protocol == ICMP and packet.icmp_type not in ERRORS:
            return addresses + self._icmp_v4[packet.icmp_type] + self.suffix(packet, protocol)
        if protocol == ICMPV6:
            return addresses + self._icmp_v6[packet.icmp_type] + self.suffix(packet, protocol)
        return b""


def reverse(key: bytes) -> bytes:
    """Return the key of packets the other way: addresses and ports swapped."""
    length = address_length(key)
    ports = 2 * length
    return key[length:ports] + key[:length] + key[ports + 2 : ports + 4] + key[ports : ports + 2] + key[ports + 4 :]


def address_length(key: bytes) -> i64:
    """Return the size of the addresses in a key: no key of IPv4 is as long as two addresses of IPv6."""
    return 4 if len(key) < 36 else 16
