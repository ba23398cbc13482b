"""The command line in this process, and a small capture for it."""

import socket
import struct
from pathlib import Path

import dpkt

RULES = """\
alert udp any any -> any 1434 (msg:"VIDS test worm"; content:"|04 01 01|"; depth:3; sid:1; rev:2; priority:1;)
alert udp any any -> any 53 (msg:"VIDS test [bold]name[/bold]"; content:"evil"; sid:2; priority:2;)
drop udp any any -> any 9 (msg:"VIDS test discard"; sid:3;)
"""
SOME_NS = 1_700_000_000_000_000_000


def udp(source: str, destination: str, port: int, payload: bytes) -> bytes:
    """Return an Ethernet frame of one datagram."""
    datagram = dpkt.udp.UDP(sport=40000, dport=port, data=payload)
    datagram.ulen = len(datagram)
    packet = dpkt.ip.IP(src=socket.inet_aton(source), dst=socket.inet_aton(destination), p=17, ttl=64, data=datagram)
    packet.len = len(packet)
    return bytes(dpkt.ethernet.Ethernet(src=b"\2\0\0\0\0\1", dst=b"\2\0\0\0\0\2", data=packet))


def bad_syn(source: str, destination: str) -> bytes:
    """Return an Ethernet frame of a SYN with a wrong checksum."""
    segment = dpkt.tcp.TCP(sport=40000, dport=80, seq=1, flags=dpkt.tcp.TH_SYN, win=1000, sum=0xBAD)
    packet = dpkt.ip.IP(src=socket.inet_aton(source), dst=socket.inet_aton(destination), p=6, ttl=64, data=segment)
    packet.len = len(packet)
    return bytes(dpkt.ethernet.Ethernet(src=b"\2\0\0\0\0\1", dst=b"\2\0\0\0\0\2", data=packet))


FRAMES = [
    udp("10.0.0.1", "10.0.0.2", 1434, b"\x04\x01\x01\x01"),
    udp("10.0.0.1", "10.0.0.3", 1434, b"\x04\x01\x01\x01"),
    udp("10.0.0.1", "10.0.0.4", 53, b"evil.example"),
    udp("10.0.0.1", "10.0.0.5", 9, b"x"),
    udp("10.0.0.1", "10.0.0.5", 9, b"y"),
    bytes(10),  # too short for Ethernet
]


def write_pcap(path: Path, frames: list[bytes] = FRAMES) -> Path:
    """Write a classic pcap, a frame a second."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack("<IIII", SOME_NS // 10**9 + number, 0, len(frame), len(frame)) + frame)
    return path
