"""Conficker: the call of MS08-067 with its path and no code."""

from __future__ import annotations

import uuid

from captures.dcerpc import call, conversation, pipe, string
from captures.tape import OTHER, VICTIM, VICTIM6, WORM, WORM6, Capture, Tape

SRVSVC = uuid.UUID("4b324fc8-1670-01d3-1278-5a47bf6ee188")
WKSSVC = uuid.UUID("6bffd098-a112-3610-9833-46c3f87e345a")
SHARE_INFO, CANONICALIZE = 0x10, 0x1F
CLIMB = "\\" + "A" * 90 + "\\..\\..\\" + "A" * 20


def arguments(path: str) -> bytes:
    """Return server, path, size of the answer, prefix, type and flags."""
    return b"\0\0\x02\0" + string("10.20.0.10") + string(path) + (1000).to_bytes(4, "little") + string("") + bytes(8)


def fires(tape: Tape) -> None:
    conversation(tape, WORM, VICTIM, SRVSVC, 3, CANONICALIZE, arguments(CLIMB))
    conversation(tape, WORM6, VICTIM6, SRVSVC, 3, CANONICALIZE, arguments(CLIMB))


def near_miss(tape: Tape) -> None:
    conversation(tape, OTHER, VICTIM, SRVSVC, 3, CANONICALIZE, arguments("\\docs\\..\\report.doc"))
    conversation(tape, WORM, VICTIM, SRVSVC, 3, CANONICALIZE, arguments(CLIMB.replace("..\\..", ". \\..")))
    conversation(tape, WORM, VICTIM, SRVSVC, 3, SHARE_INFO, arguments(CLIMB))
    conversation(tape, WORM, VICTIM, WKSSVC, 1, CANONICALIZE, arguments(CLIMB))
    session = tape.session(WORM, VICTIM, 445)
    session.send(pipe(call(CANONICALIZE, arguments(CLIMB))))
    session.close()


CAPTURES = (
    Capture(
        50,
        "conficker.pcap",
        "NetprPathCanonicalize of a path that climbs twice, with IPv4 and with IPv6",
        "two SMB1 sessions that bind srvsvc over a pipe and call opnum 0x1f; letters instead of code",
        {1000702: 2},
        fires,
    ),
    Capture(
        60,
        "conficker_near_miss.pcap",
        "an honest path; a path that climbs once; another operation; another interface; no bind",
        "as conficker.pcap, one condition off each",
        {},
        near_miss,
    ),
)
