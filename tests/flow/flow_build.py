"""Build packets field by field, and run the streams of a table against what they should hold."""

from __future__ import annotations

import struct

from vids.engine.flow.flow import Flow
from vids.engine.flow.stream import Stream
from vids.engine.flow.table import FlowTable
from vids.engine.packet.packet import ACK, FIN, ICMP, ICMPV6, PSH, RST, SYN, TCP, UDP, URG, Packet
from vids.engine.settings import Settings

FLAGS = {"S": SYN, "A": ACK, "F": FIN, "R": RST, "P": PSH, "U": URG}
A = bytes([10, 0, 0, 1])
B = bytes([10, 0, 0, 2])
A6 = bytes(15) + b"\1"
B6 = bytes(15) + b"\2"


def settings(**changes: object) -> Settings:
    """Return the default settings with some changed."""
    made = Settings()
    for name, value in changes.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made


def packet(
    source: bytes,
    destination: bytes,
    protocol: int,
    transport: bytes,
    payload: bytes = b"",
    at_s: float = 1000.0,
    vlans: tuple[int, ...] = (),
) -> Packet:
    """Return a packet whose transport header follows its addresses, as in IPv4 without options."""
    made = Packet()
    made.data = b"frame" + source + destination + transport + payload
    made.timestamp_ns = round(at_s * 1_000_000) * 1000
    made.frame_end = len(made.data)
    made.wire_length = len(made.data)
    made.ip_version = 4 if len(source) == 4 else 6
    made.address_at = 5
    made.protocol = protocol
    made.transport_at = 5 + 2 * len(source)
    made.payload_at = made.transport_at + len(transport)
    made.payload_end = len(made.data)
    made.n_vlans = len(vlans)
    made.vlan_0, made.vlan_1, made.vlan_2 = (*vlans, 0, 0, 0)[:3]
    return made


def tcp(
    flags: str,
    seq: int = 0,
    ack: int = 0,
    payload: bytes = b"",
    to_client: bool = False,
    at_s: float = 1000.0,
    ports: tuple[int, int] = (1234, 80),
    window: int = 65535,
    wscale: int = -1,
    addresses: tuple[bytes, bytes] = (A, B),
    vlans: tuple[int, ...] = (),
    timestamps: tuple[int, int] = (-1, -1),
    urgent: int = 0,
) -> Packet:
    """Return a TCP packet between A:1234 and B:80."""
    source, destination = addresses[::-1] if to_client else addresses
    source_port, destination_port = ports[::-1] if to_client else ports
    header = struct.pack("!HH14xH", source_port, destination_port, urgent)
    made = packet(source, destination, TCP, header, payload, at_s, vlans)
    made.source_port, made.destination_port = source_port, destination_port
    for flag in flags:
        made.tcp_flags |= FLAGS[flag]
    made.tcp_seq = seq & 0xFFFFFFFF
    made.tcp_ack = ack & 0xFFFFFFFF
    made.tcp_window = window
    made.tcp_wscale = wscale
    made.tcp_ts_value, made.tcp_ts_echo = timestamps
    return made


def udp(
    to_client: bool = False,
    at_s: float = 1000.0,
    ports: tuple[int, int] = (1234, 53),
    addresses: tuple[bytes, bytes] = (A, B),
    vlans: tuple[int, ...] = (),
    payload: bytes = b"x",
) -> Packet:
    """Return a UDP packet between A:1234 and B:53."""
    source, destination = addresses[::-1] if to_client else addresses
    source_port, destination_port = ports[::-1] if to_client else ports
    header = struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0)
    made = packet(source, destination, UDP, header, payload, at_s, vlans)
    made.source_port, made.destination_port = source_port, destination_port
    return made


def icmp(
    kind: int, code: int = 0, to_client: bool = False, addresses: tuple[bytes, bytes] = (A, B), quote: bytes = b""
) -> Packet:
    """Return an ICMP message, of version 6 between addresses of IPv6."""
    source, destination = addresses[::-1] if to_client else addresses
    protocol = ICMP if len(source) == 4 else ICMPV6
    made = packet(source, destination, protocol, bytes([kind, code]) + bytes(6), quote)
    made.icmp_type = kind
    made.icmp_code = code
    return made


def feed(table: FlowTable, packets: list[Packet]) -> list[Flow | None]:
    """Return the flow of each packet."""
    return [table.handle(each) for each in packets]


def drain(stream: Stream, everything: bool = True) -> list[bytes]:
    """Return the new bytes of every run that `take` hands out."""
    runs: list[bytes] = []
    while stream.take(everything):
        runs.append(stream.window[stream.fresh :])
    return runs
