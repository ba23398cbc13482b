"""Witty: the head of its datagram and its message."""

from __future__ import annotations

from captures.tape import OTHER, VICTIM, WORM, Capture, Tape, filler

SIZE = 800  # bytes, of 768 to 1280
ICQ = 4000
MESSAGE = b"(^.^)      insert witty message here.      (^.^)"


def datagram(version: int = 5, command: int = 0x0212, size: int = SIZE) -> bytes:
    """Return what an ICQ server would seem to send: version, sequence numbers, command; then message and filler."""
    head = version.to_bytes(2, "little") + bytes(5) + command.to_bytes(2, "little") + bytes(12) + b"\x02"
    return head + filler(120) + MESSAGE + filler(size - len(head) - 120 - len(MESSAGE))


def fires(tape: Tape) -> None:
    tape.udp(WORM, ICQ, VICTIM, 17_011, datagram())
    tape.udp(WORM, ICQ, OTHER, 32_107, datagram())
    tape.udp(OTHER, ICQ, VICTIM, 50_123, datagram())


def near_miss(tape: Tape) -> None:
    tape.udp(WORM, ICQ + 1, VICTIM, 17_011, datagram())
    tape.udp(WORM, ICQ, VICTIM, 17_012, datagram(version=3))
    tape.udp(WORM, ICQ, VICTIM, 17_013, datagram(command=0x0104))
    tape.udp(WORM, ICQ, VICTIM, 17_014, datagram(size=640))
    tape.udp(WORM, ICQ, VICTIM, 17_015, datagram().replace(b"witty", b"funny"))


CAPTURES = (
    Capture(
        260,
        "witty.pcap",
        "Witty from two hosts, the first one twice",
        "three UDP datagrams of 800 bytes from port 4000: an ICQ head with SRV_MULTI, the message, filler",
        {1000401: 2},
        fires,
    ),
    Capture(
        270,
        "witty_near_miss.pcap",
        "from port 4001; another version; another command; 640 bytes; another message",
        "as witty.pcap, one condition off each",
        {},
        near_miss,
    ),
)
