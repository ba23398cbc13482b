"""A tape of frames: Ethernet, VLAN, IPv4, IPv6, UDP, ICMP and whole TCP sessions, the same bytes every time.

dpkt builds the headers. Nothing is random and no clock is read: addresses, ports, sequence numbers and times count
up from constants. A tape's number gives it an hour and a hundred client ports of its own, so that the whole collection
can be replayed at once, in the order of names.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import dpkt

START_S = 1_767_225_600  # 2026-01-01T00:00:00Z
HOUR_S = 3_600  # between two tapes whose numbers follow each other
STEP_US = 1_000  # between two frames
FIRST_PORT = 20_000  # of TCP clients
PORTS = 100  # for each tape
CLIENT_ISN = 1_000_000
SERVER_ISN = 9_000_000

ETHERTYPE_IPV4, ETHERTYPE_IPV6 = 0x0800, 0x86DD
SYN, ACK, PUSH, FIN = dpkt.tcp.TH_SYN, dpkt.tcp.TH_ACK, dpkt.tcp.TH_PUSH, dpkt.tcp.TH_FIN


@dataclass(frozen=True)
class Host:
    """A virtual machine: its address decides between IPv4 and IPv6."""

    address: str
    mac: bytes

    @property
    def packed(self) -> bytes:
        return ipaddress.ip_address(self.address).packed

    @property
    def is_ipv6(self) -> bool:
        return ":" in self.address


def host(number: int, is_ipv6: bool = False) -> Host:
    """Return the virtual machine with this number (1 to 255) on the segment."""
    address = f"fd00:20::{number:x}" if is_ipv6 else f"10.20.0.{number}"
    return Host(address, bytes((0x02, 0, 0, 0, 0, number)))


WORM, VICTIM, OTHER = host(66), host(10), host(77)
WORM6, VICTIM6 = host(66, is_ipv6=True), host(10, is_ipv6=True)


class Tape:
    """Frames in the order in which they are seen."""

    def __init__(self, number: int = 0) -> None:
        self.frames: list[bytes] = []
        self._start_s = START_S + number * HOUR_S
        self._port = FIRST_PORT + number * PORTS  # of the next TCP client

    def udp(self, source: Host, sport: int, target: Host, dport: int, data: bytes, vlan: int = 0) -> None:
        """Add one datagram."""
        datagram = dpkt.udp.UDP(sport=sport, dport=dport, ulen=8 + len(data), data=data)
        self.packet(source, target, dpkt.ip.IP_PROTO_UDP, datagram, vlan)

    def icmp(self, source: Host, target: Host, kind: int, code: int, rest: bytes) -> None:
        """Add one ICMP message; `rest` is what follows type, code and checksum."""
        head = bytes((kind, code))
        checksum = dpkt.in_cksum(head + b"\0\0" + rest).to_bytes(2, "big")
        self.packet(source, target, dpkt.ip.IP_PROTO_ICMP, head + checksum + rest)

    def session(self, client: Host, server: Host, dport: int, is_midstream: bool = False) -> Session:
        """Start a TCP session: with its handshake, unless it is picked up midstream."""
        self._port += 1
        return Session(self, client, self._port, server, dport, is_midstream)

    def packet(self, source: Host, target: Host, protocol: int, data: dpkt.Packet | bytes, vlan: int = 0) -> None:
        """Add one IP packet in its frame."""
        self.frames.append(frame(source, target, ip_packet(source, target, protocol, data), vlan))

    def write(self, path: Path) -> None:
        """Write a classic pcap with microseconds."""
        with path.open("wb") as file:
            writer = dpkt.pcap.Writer(file, snaplen=65535)
            for number, data in enumerate(self.frames):
                writer.writepkt_time(data, self._start_s + number * STEP_US / 1_000_000)


class Session:
    """One TCP session. `send` goes to the server and `reply` to the client; `close` takes leave."""

    def __init__(self, tape: Tape, client: Host, sport: int, server: Host, dport: int, is_midstream: bool) -> None:
        self._tape = tape
        self._client, self._server = (client, sport), (server, dport)
        self._next = {True: CLIENT_ISN + 1, False: SERVER_ISN + 1}  # by: comes from the client
        if not is_midstream:
            self._segment(True, SYN, CLIENT_ISN, 0, b"")
            self._segment(False, SYN | ACK, SERVER_ISN, CLIENT_ISN + 1, b"")
            self._acknowledge(True)

    def send(self, data: bytes, cuts: Sequence[int] = (), order: Sequence[int] = ()) -> None:
        """Send bytes to the server, acknowledged; cut into segments at `cuts`, which travel in `order`."""
        self._say(True, data, cuts, order)

    def reply(self, data: bytes, cuts: Sequence[int] = (), order: Sequence[int] = ()) -> None:
        """Send bytes to the client, as `send` does."""
        self._say(False, data, cuts, order)

    def close(self) -> None:
        """End the session from both sides."""
        for from_client in (True, False):
            self._segment(from_client, FIN | ACK, self._next[from_client], self._next[not from_client], b"")
            self._next[from_client] += 1
        self._acknowledge(True)

    def _say(self, from_client: bool, data: bytes, cuts: Sequence[int], order: Sequence[int]) -> None:
        first = self._next[from_client]
        edges = [0, *cuts, len(data)]
        pieces = list(pairwise(edges))
        for number in order or range(len(pieces)):
            begin, end = pieces[number]
            ack = self._next[not from_client]
            self._segment(from_client, PUSH | ACK, first + begin, ack, data[begin:end])
        self._next[from_client] += len(data)
        self._acknowledge(not from_client)

    def _acknowledge(self, from_client: bool) -> None:
        self._segment(from_client, ACK, self._next[from_client], self._next[not from_client], b"")

    def _segment(self, from_client: bool, flags: int, seq: int, ack: int, data: bytes) -> None:
        here, there = (self._client, self._server) if from_client else (self._server, self._client)
        segment = dpkt.tcp.TCP(sport=here[1], dport=there[1], seq=seq, ack=ack, flags=flags, win=64240, data=data)
        self._tape.packet(here[0], there[0], dpkt.ip.IP_PROTO_TCP, segment)


def ip_packet(source: Host, target: Host, protocol: int, data: dpkt.Packet | bytes) -> bytes:
    """Return an IP packet, checksums filled in."""
    length = len(data)
    if source.is_ipv6:
        packet = dpkt.ip6.IP6(src=source.packed, dst=target.packed, nxt=protocol, hlim=64, plen=length, data=data)
        packet.extension_hdrs = {}
    else:
        packet = dpkt.ip.IP(src=source.packed, dst=target.packed, p=protocol, ttl=64, len=20 + length, data=data)
    wire: bytes = packet.pack()
    return wire


def frame(source: Host, target: Host, packet: bytes, vlan: int = 0) -> bytes:
    """Return an Ethernet II frame, with an 802.1Q tag where a VLAN is named."""
    kind = ETHERTYPE_IPV6 if source.is_ipv6 else ETHERTYPE_IPV4
    tag = b"\x81\x00" + vlan.to_bytes(2, "big") if vlan else b""
    return target.mac + source.mac + tag + kind.to_bytes(2, "big") + packet


def filler(length: int) -> bytes:
    """Return bytes that mean nothing, to stand where a worm has its code."""
    return b"A" * length


@dataclass(frozen=True)
class Capture:
    """A file of the collection, and what its index says of it."""

    number: int  # its place among all, by name; tens leave room for others
    name: str
    what: str
    made: str  # how it was made
    fires: dict[int, int]  # sid -> alerts
    record: Callable[[Tape], None]
