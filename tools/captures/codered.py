"""Code Red I and II: their requests, with the first word of code and no more."""

from __future__ import annotations

from captures.http import page, request, visit
from captures.tape import OTHER, VICTIM, VICTIM6, WORM, WORM6, Capture, Tape

WORDS = b"%u9090%u6858%ucbd3%u7801"  # as both worms have them, once instead of three times
FIRST, SECOND = b"N", b"X"


def query(letter: bytes, words: bytes = WORDS) -> bytes:
    """Return the path that the worm asks for: 224 letters, then words of code."""
    return b"/default.ida?" + letter * 224 + words + b"%u0000%u00=a"


def fires(tape: Tape) -> None:
    asked = request(query(FIRST), b"Content-type: text/xml", b"HOST:www.worm.com", b"Content-length: 0")
    session = tape.session(WORM, VICTIM, 80)
    session.send(asked, cuts=(20, 120, 245), order=(0, 2, 3, 1))
    session.close()
    session = tape.session(WORM6, VICTIM6, 80)
    session.send(request(query(SECOND)), cuts=(5, 242))
    session.close()


def near_miss(tape: Tape) -> None:
    visit(tape, OTHER, VICTIM, request(b"/default.ida?" + FIRST * 15 + WORDS))
    visit(tape, OTHER, VICTIM, request(query(FIRST, b"")))
    visit(tape, OTHER, VICTIM, request(b"/default.ida?" + SECOND * 15 + WORDS))
    visit(tape, OTHER, VICTIM, request(query(SECOND, b"")))
    visit(tape, OTHER, VICTIM, request(query(b"Y")))
    visit(tape, OTHER, VICTIM, request(b"/default.ida?CiScope=/docs"))
    visit(tape, OTHER, VICTIM, request(b"/worms.html"), page(b"<pre>GET " + query(SECOND) + b"</pre>"))
    tape.session(WORM, VICTIM, 80, is_midstream=True).send(request(query(FIRST)))


CAPTURES = (
    Capture(
        30,
        "codered.pcap",
        "Code Red I, its segments out of order, and Code Red II with IPv6, its request cut within the pattern",
        "two TCP sessions; 224 letters and four words of code, once each",
        {1000101: 1, 1000102: 1},
        fires,
    ),
    Capture(
        40,
        "codered_near_miss.pcap",
        "15 letters instead of 16; no words of code; another letter; an honest query; the request as text in a web "
        "page; a session without handshake",
        "as codered.pcap, one condition off each",
        {},
        near_miss,
    ),
)
