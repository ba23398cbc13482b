"""How DNS is told from other traffic where no port says so: by what can hardly be anything else."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.dns.message import HEADER, Message
from vids.engine.proto.dns.names import SRV, TYPES

BEGINNING: Final = HEADER + 255 + 4  # bytes: the header and one question with the longest name there is
QUERY_FLAGS: Final = 0x2D30  # that a request may have: opcodes 0, 4 and 5, aa, rd, ad, cd
OPCODES: Final = (0, 4, 5)  # query, notify, update
MAX_RCODE: Final = 10
CLASSES: Final = (1, 3, 254, 255)  # IN, CH, none, any
MORE_TYPES: Final = (64, 257)  # SVCB, CAA: in use, and without a name in EVE
UNLIKELY: Final = bytes(byte for byte in range(256) if not 0x20 < byte < 0x7F)  # in names


def is_likely(message: Message) -> bool:
    """Return whether the header and the question of a message leave no doubt."""
    if len(message.queries) != 1 or message.opcode() not in OPCODES or message.rcode() > MAX_RCODE:
        return False
    if not message.is_response() and message.flags & ~QUERY_FLAGS:
        return False
    query = message.queries[0]
    name = query.name.value
    if query.rrclass not in CLASSES or (query.rrtype not in TYPES and query.rrtype not in MORE_TYPES):
        return False
    if query.rrtype == SRV and not name.startswith(b"_"):
        return False  # NetBIOS: its NBSTAT has the number of SRV
    return not query.name.is_truncated and name.translate(None, UNLIKELY) == name


def is_sound(message: Message, size: int) -> bool:
    """Return whether a message is likely, and nothing is wrong with any part of it or left over."""
    return is_likely(message) and not message.events and message.length == size
