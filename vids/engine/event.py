"""What the engine says: alerts, ended flows, anomalies. Values, copied when they happen; eve/ makes records of them."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import FROM_WIRE, SCTP, TCP, UDP, Packet
from vids.engine.rule.rule import Rule


class Event:
    """The part that all events share: when, between whom."""

    def __init__(self) -> None:
        self.timestamp_ns: i64 = 0
        self.number: i64 = 0  # of the packet that caused it (pcap_cnt); 0 where none did
        self.flow: Flow | None = None  # the live object: read only what does not change, or what is copied below
        self.source = b""  # 4 or 16 bytes, none without IP
        self.destination = b""
        self.source_port: i64 = -1  # -1 where there are none
        self.destination_port: i64 = -1
        self.protocol: i64 = -1
        self.ip_version: i64 = 0
        self.icmp_type: i64 = -1
        self.icmp_code: i64 = -1
        self.vlans: tuple[int, ...] = ()
        self.packet_source = FROM_WIRE  # EVE's pkt_src

    def set_packet(self, packet: Packet) -> None:
        """Take everything from a packet."""
        self.timestamp_ns = packet.timestamp_ns
        self.number = packet.number
        self.source = packet.source()
        self.destination = packet.destination()
        self.protocol = packet.protocol
        self.ip_version = packet.ip_version
        self.vlans = packet.vlans()
        self.packet_source = packet.origin
        if packet.has_ports() or (packet.is_fragment and packet.protocol in (TCP, UDP, SCTP)):
            self.source_port = packet.source_port  # 0 where only defragmentation can tell
            self.destination_port = packet.destination_port
        self.icmp_type = packet.icmp_type
        self.icmp_code = packet.icmp_code

    def set_flow_side(self, flow: Flow, to_server: bool) -> None:
        """Take the addresses from one side of a flow, as a packet from that side would have them."""
        self.source = flow.source if to_server else flow.destination
        self.destination = flow.destination if to_server else flow.source
        self.protocol = flow.protocol
        self.ip_version = flow.ip_version
        self.vlans = flow.vlans
        if flow.tcp is not None or flow.source_port or flow.destination_port:
            self.source_port = flow.source_port if to_server else flow.destination_port
            self.destination_port = flow.destination_port if to_server else flow.source_port
        self.icmp_type = flow.icmp_type if to_server else flow.response_icmp_type
        self.icmp_code = flow.icmp_code if to_server else flow.response_icmp_code


@final
class Alert(Event):
    """A rule matched, and its threshold let it through."""

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule
        self.is_blocked = False  # the rule's action stopped the packet (inline, or as if)
        self.has_direction = False
        self.to_server = True
        self.is_stream = False  # `payload` is of the stream, not of one packet
        self.payload = b""  # what was inspected; the payload of the packet for a rule on headers
        self.packet = b""  # the frame
        self.link_type: i64 = 0
        self.packets_to_server: i64 = 0  # of the flow, when it happened
        self.packets_to_client: i64 = 0
        self.bytes_to_server: i64 = 0
        self.bytes_to_client: i64 = 0
        self.flowbits: list[str] = []
        self.verdict = ""  # alert, pass or drop: the packet's, once all rules have spoken


@final
class FlowEnd(Event):
    """A flow ended: `flow` does not change any more."""


@final
class Anomaly(Event):
    """Malformed or suspect traffic, by the reference engine's event names ("ipv4.trunc_pkt")."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__()
        self.kind = kind  # decode, stream or applayer
        self.name = name
