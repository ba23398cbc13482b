"""The packet: what decode says of one frame. One object, filled in place for each frame."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

ICMP: Final = 1  # IP protocol numbers (IANA, Assigned Internet Protocol Numbers)
IGMP: Final = 2
IPV4_IN_IP: Final = 4
TCP: Final = 6
UDP: Final = 17
IPV6_IN_IP: Final = 41
GRE: Final = 47
ESP: Final = 50
AH: Final = 51
ICMPV6: Final = 58
SCTP: Final = 132

FIN: Final = 0x01  # TCP flags (RFC 9293, section 3.1)
SYN: Final = 0x02
RST: Final = 0x04
PSH: Final = 0x08
ACK: Final = 0x10
URG: Final = 0x20
ECE: Final = 0x40
CWR: Final = 0x80

FROM_WIRE: Final = "wire/pcap"  # where packets come from, by EVE's pkt_src

MAX_VLANS: Final = 3  # tags that are kept; more are an event (the reference engine keeps three too)
FROM_FRAGMENTS: Final = "defrag"
MAX_LAYERS: Final = 16  # headers below the transport, in all tunnels of a frame: decoder.max-layers
MAX_EVENTS: Final = 15  # kept per packet: one IPv6 option header alone could cause 30,000


@final
class Packet:
    """One decoded packet. Every `_at` and `_end` is an offset into `data`; -1: there is no such part.

    A packet from inside a tunnel is one of its own: its frame begins where the tunnel's header ends.
    """

    def __init__(self) -> None:
        self.data = b""
        self.number: i64 = 0  # 1 for the first frame of a run (EVE's pcap_cnt)
        self.timestamp_ns: i64 = 0
        self.link_type: i64 = 0
        self.origin = FROM_WIRE  # EVE's pkt_src
        self.depth: i64 = 0  # tunnels around it
        self.layers_left: i64 = MAX_LAYERS  # headers that may still be entered, by decoders
        self.next_at: i64 = -1  # where what the last header announced begins, for decoders
        self.outer: Packet | None = None  # what came on the wire, where this is from inside it
        self.events: list[str] = []  # decode events of this packet, by the reference engine's names
        self._forget_inner()
        self.clear()

    def clear(self) -> None:
        """Forget the last frame; `decode` calls it first."""
        self.is_invalid = False  # decode stopped: no flow, no rules but those on headers and decode events
        self.has_defect = False  # malformed, yet readable: counted as invalid, inspected like any other
        self.frame_at: i64 = 0
        self.frame_end: i64 = 0
        self.wire_length: i64 = 0  # bytes
        if self.inner_at >= 0:
            self._forget_inner()
        self.ether_at: i64 = -1
        self.ether_type: i64 = 0  # of the innermost header
        self.n_vlans: i64 = 0
        self.vlan_0: i64 = 0  # VLAN ids, outermost first
        self.vlan_1: i64 = 0
        self.vlan_2: i64 = 0
        self.ip_version: i64 = 0  # 4, 6, or 0 for no IP
        self.ip_at: i64 = -1
        self.ip_end: i64 = -1  # end of the IP packet, by its length field
        self.ip_header_length: i64 = 0  # bytes; extension headers are not counted
        self.address_at: i64 = -1  # source address, with the destination address right behind it
        self.checksum_source_at: i64 = -1  # where checksums count another source: IPv6 home address option
        self.checksum_destination_at: i64 = -1  # or another destination: IPv6 routing header
        self.protocol: i64 = -1  # IP protocol of the transport header; -1 also where a malformed header hides it
        self.ttl: i64 = 0
        self.tos: i64 = 0  # traffic class for IPv6
        self.ip_id: i64 = 0
        self.fragment_offset: i64 = 0  # bytes
        self.fragment_flags: i64 = 0  # bits as on the wire: 4 reserved, 2 DF, 1 MF
        self.is_fragment = False
        self.fragment_at: i64 = -1  # what this fragment carries of the datagram, up to `ip_end`
        self.fragment_named_at: i64 = -1  # IPv6: the byte that says "a fragment header comes next"
        self.is_reassembled = False  # put together from fragments
        self.transport_at: i64 = -1
        self.source_port: i64 = 0
        self.destination_port: i64 = 0
        self.payload_at: i64 = -1
        self.payload_end: i64 = -1
        self.tcp_flags: i64 = 0
        self.tcp_seq: i64 = 0
        self.tcp_ack: i64 = 0
        self.tcp_window: i64 = 0  # as on the wire, not scaled
        self.tcp_mss: i64 = -1  # options; -1 where absent
        self.tcp_wscale: i64 = -1
        self.tcp_sack_ok = False
        self.tcp_ts_value: i64 = -1
        self.tcp_ts_echo: i64 = -1
        self.icmp_type: i64 = -1
        self.icmp_code: i64 = -1
        self.icmp_id: i64 = -1
        self.icmp_seq: i64 = -1
        self.bad_ip_checksum = False
        self.bad_checksum = False  # of TCP, UDP, ICMP or ICMPv6
        if self.events:
            self.events = []

    def _forget_inner(self) -> None:
        self.inner_at: i64 = -1  # the packet in a tunnel, found and not yet decoded
        self.inner_end: i64 = -1
        self.inner_type: i64 = 0  # the EtherType that stands for its first header
        self.inner_origin = ""  # its pkt_src
        self.inner_is_guess = False  # it is one only if it can be decoded
        self.has_inner = False  # it could be: rules look at its payload there, not here

    def event(self, name: str) -> None:
        """Note that the packet is odd, and go on with it."""
        if len(self.events) < MAX_EVENTS:
            self.events.append(name)

    def defect(self, name: str) -> None:
        """Note a malformation that hosts may overlook, and go on: to skip the packet would be a way around us."""
        self.event(name)
        self.has_defect = True

    def malformed(self, name: str) -> bool:
        """Note why decode stops here; always False, so that a decoder can return it."""
        self.event(name)
        self.is_invalid = True
        return False

    def enter(self) -> bool:
        """Count one more layer; False, and an event, where there are too many."""
        self.layers_left -= 1
        if self.layers_left > 0:
            return True
        return self.malformed("too_many_layers")

    def tunnel(self, ether_type: i64, origin: str, at: i64, end: i64) -> None:
        """Note that a packet is at `data[at:end]`, its first header of the kind that the EtherType stands for."""
        if self.layers_left <= 1:
            self.defect("too_many_layers")
            return
        self.inner_at = at
        self.inner_end = end
        self.inner_type = ether_type
        self.inner_origin = origin

    def guess_tunnel(self, ether_type: i64, origin: str, at: i64, end: i64) -> bool:
        """Note that a packet may be there, and return True; it is dropped without a word if it makes no sense."""
        self.tunnel(ether_type, origin, at, end)
        self.inner_is_guess = self.inner_at >= 0
        return True

    def frame(self) -> bytes:
        """Return a copy of the frame, from the first header that `link_type` can name."""
        at = self.frame_at
        if self.depth > 0:
            at = self.ether_at if self.ether_at >= 0 else max(at, self.ip_at)
        return self.data[at : self.frame_end]

    def payload_length(self) -> i64:
        """Return the size of the transport payload in bytes; of the IP payload without transport."""
        return self.payload_end - self.payload_at if self.payload_at >= 0 else 0

    def payload(self) -> bytes:
        """Return a copy of the payload."""
        return self.data[self.payload_at : self.payload_end] if self.payload_at >= 0 else b""

    def source(self) -> bytes:
        """Return the source address: 4 or 16 bytes, or none without IP."""
        if self.ip_version == 0:
            return b""
        length: i64 = 4 if self.ip_version == 4 else 16
        return self.data[self.address_at : self.address_at + length]

    def destination(self) -> bytes:
        """Return the destination address: 4 or 16 bytes, or none without IP."""
        if self.ip_version == 0:
            return b""
        length: i64 = 4 if self.ip_version == 4 else 16
        return self.data[self.address_at + length : self.address_at + 2 * length]

    def vlans(self) -> tuple[int, ...]:
        """Return the VLAN ids, outermost first."""
        return (self.vlan_0, self.vlan_1, self.vlan_2)[: self.n_vlans]

    def has_ports(self) -> bool:
        """Return whether the transport has ports, and its header was read."""
        return self.transport_at >= 0 and self.protocol in (TCP, UDP, SCTP)
