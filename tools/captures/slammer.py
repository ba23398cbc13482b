"""SQL Slammer: its datagram without its code."""

from __future__ import annotations

from captures.tape import OTHER, VICTIM, VICTIM6, WORM, WORM6, Capture, Tape, filler

JUMP = bytes.fromhex("dcc9b042 eb0e")  # the return address, and the jump that stands behind it
CODE = bytes.fromhex("81f10301049b 81f101010101")  # two exclusive-ors that make a port number
SIZE = 376  # bytes
RESOLUTION = 1434  # SQL Server Resolution Service


def datagram(first: int = 4, size: int = SIZE) -> bytes:
    """Return the pattern of the worm in its place, and filler elsewhere."""
    start = bytes((first,)) + b"\x01" * 96 + JUMP
    return start + filler(size - len(start) - len(CODE) - 60) + CODE + filler(60)


def fires(tape: Tape) -> None:
    """Three sources; the first one twice within ten seconds."""
    tape.udp(WORM, 1091, VICTIM, RESOLUTION, datagram())
    tape.udp(WORM, 1091, OTHER, RESOLUTION, datagram())
    tape.udp(OTHER, 1092, VICTIM, RESOLUTION, datagram(), vlan=100)
    tape.udp(WORM6, 1093, VICTIM6, RESOLUTION, datagram())


def near_miss(tape: Tape) -> None:
    tape.udp(WORM, 1091, VICTIM, RESOLUTION - 1, datagram())
    tape.udp(WORM, RESOLUTION, VICTIM, 1091, datagram())
    tape.udp(WORM, 1091, VICTIM, RESOLUTION, datagram(first=3))
    tape.udp(WORM, 1091, VICTIM, RESOLUTION, datagram(size=SIZE - 1))
    tape.udp(WORM, 1091, VICTIM, RESOLUTION, datagram().replace(JUMP, JUMP[:-1] + b"\x0f"))
    tape.udp(WORM, 1091, VICTIM, RESOLUTION, datagram().replace(CODE, CODE[:-1] + b"\x02"))
    tape.udp(WORM, 1091, VICTIM, RESOLUTION, b"\x04MSSQLSERVER\0")
    tape.udp(VICTIM, RESOLUTION, WORM, 1091, b"\x05\x12\0ServerName;SQL01;;")
    quoted = Tape()
    quoted.udp(WORM, 1091, VICTIM, RESOLUTION, datagram())
    tape.icmp(VICTIM, WORM, 3, 3, bytes(4) + quoted.frames[0][14:])


CAPTURES = (
    Capture(
        200,
        "slammer.pcap",
        "SQL Slammer from three hosts, one of them in VLAN 100, one with IPv6; the first host twice",
        "four UDP datagrams of 376 bytes to port 1434: 0x04, 96 times 0x01, return address, filler, two instructions",
        {1000001: 3},
        fires,
    ),
    Capture(
        210,
        "slammer_near_miss.pcap",
        "the datagram to port 1433, from port 1434, with 0x03 in front, a byte short, a byte of the jump "
        "or of the code changed, and quoted whole in an ICMP "
        "unreachable; an honest question for an instance and its answer",
        "as slammer.pcap, one condition off each",
        {},
        near_miss,
    ),
)
