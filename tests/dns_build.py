"""Build DNS messages field by field."""

from __future__ import annotations

import struct

RESPONSE = 0x8180
QUERY = 0x0100
HERE = b"\xc0\x0c"  # a pointer to the first question's name


def name(text: str) -> bytes:
    """Return a name as it is on the wire, uncompressed."""
    labels = [label.encode("latin-1") for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


WWW = name("www.example.org")


def query(owner: bytes = WWW, rrtype: int = 1, rrclass: int = 1) -> bytes:
    """Return an entry of the question section."""
    return owner + struct.pack(">HH", rrtype, rrclass)


def resource(rrtype: int, rdata: bytes, owner: bytes = HERE, ttl: int = 60) -> bytes:
    """Return a resource record."""
    return owner + struct.pack(">HHIH", rrtype, 1, ttl, len(rdata)) + rdata


def message(
    flags: int = QUERY,
    queries: list[bytes] | None = None,
    answers: list[bytes] | None = None,
    authorities: list[bytes] | None = None,
    additionals: list[bytes] | None = None,
    counts: tuple[int, int, int, int] | None = None,
    number: int = 7,
) -> bytes:
    """Return a message; `counts` says others than there are."""
    sections = [[query()] if queries is None else queries, answers or [], authorities or [], additionals or []]
    header = struct.pack(">HH4H", number, flags, *(counts or [len(section) for section in sections]))
    return header + b"".join(entry for section in sections for entry in section)


def framed(*messages: bytes) -> bytes:
    """Return messages as TCP carries them."""
    return b"".join(struct.pack(">H", len(m)) + m for m in messages)
