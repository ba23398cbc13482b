"""WannaCry: the names that switch it off, asked for by DNS and by HTTP."""

from __future__ import annotations

from captures.http import page, request, visit
from captures.tape import OTHER, VICTIM, Capture, Host, Tape

NAME = b"www.iuqerfsodp9ifjaposdfjhgosurijfaewrwergwea.com"
VARIANT = b"www.ifferfsodp9ifjaposdfjhgosurijfaewrwergwea.com"
RESOLVER = OTHER


def question(name: bytes, flags: int = 0x0100) -> bytes:
    """Return a DNS message that holds one question of type A (RFC 1035, section 4)."""
    labels = b"".join(bytes((len(label),)) + label for label in name.split(b"."))
    return b"\x12\x34" + flags.to_bytes(2, "big") + b"\0\x01" + bytes(6) + labels + b"\0\0\x01\0\x01"


def look_up(tape: Tape, name: bytes, port: int = 53, source: Host = VICTIM) -> None:
    tape.udp(source, 1060, RESOLVER, port, question(name))


def fires(tape: Tape) -> None:
    look_up(tape, NAME)
    look_up(tape, VARIANT.upper())
    visit(tape, VICTIM, RESOLVER, request(b"/", b"Host: " + NAME, b"Cache-Control: no-cache"))


def near_miss(tape: Tape) -> None:
    look_up(tape, NAME.replace(b"sodp9", b"sodp8"))
    look_up(tape, NAME.replace(b".iuq", b".zzz"))
    look_up(tape, NAME.replace(b".com", b".test"))
    look_up(tape, NAME, port=5353)
    tape.udp(RESOLVER, 1061, VICTIM, 53, question(NAME, flags=0x8180))
    visit(tape, VICTIM, RESOLVER, request(b"/", b"Host: www.example.com", b"Referer: http://" + NAME + b"/"))
    visit(tape, VICTIM, RESOLVER, request(b"/", b"X-Note: see " + NAME))
    visit(tape, VICTIM, RESOLVER, request(b"/wannacry.html"), page(b"Host: " + NAME + b"\r\n"))


CAPTURES = (
    Capture(
        220,
        "wannacry.pcap",
        "the kill switch asked for by DNS, a variant of it in capitals, and by HTTP",
        "two UDP datagrams to port 53 and a TCP session",
        {1001001: 2, 1001002: 1},
        fires,
    ),
    Capture(
        230,
        "wannacry_near_miss.pcap",
        "names with other letters or another end; another port; an answer instead of a question; the name as Referer, "
        "in another header, and as text in a web page",
        "as wannacry.pcap, one condition off each",
        {},
        near_miss,
    ),
)
