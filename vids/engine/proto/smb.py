"""SMB over TCP (MS-SMB, MS-SMB2), with or without the session service of NetBIOS (RFC 1002 section 4.3).

It is recognised, so that rules for `smb` look at its bytes and flows bear its name. Its messages are not parsed: there
are no transactions, records, events or buffers.
"""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.protocol import MAYBE, NO, YES, Protocol
from vids.engine.settings import Settings

HEADER: Final = 4  # type, flags and length
MESSAGE: Final = 0x00
SESSION: Final = (0x81, 0x82, 0x85)  # request, positive response, keep alive: what may come before the first message
MAGICS: Final = (b"\xffSMB", b"\xfeSMB", b"\xfdSMB")  # versions 1, 2 and 3, and an encrypted message of 3


@final
class SmbConversation(Conversation):
    """Wants no bytes."""

    def feed(self, data: bytes, to_server: bool) -> None:
        self.is_over = True

    def gap(self, length: i64, to_server: bool) -> None:
        self.is_over = True

    def close(self, to_server: bool, is_truncated: bool) -> None:
        self.is_over = True


@final
class Smb(Protocol):
    """Server Message Block."""

    name: ClassVar[str] = "smb"

    def probe(self, data: bytes, to_server: bool, source_port: i64, destination_port: i64) -> i64:
        at = message_at(data)
        kind, magic = data[at : at + 1], data[at + HEADER : at + HEADER + 4]
        if kind and kind[0] != MESSAGE:
            return NO
        if len(magic) == 4:
            return YES if magic in MAGICS else NO
        return MAYBE if any(each.startswith(magic) for each in MAGICS) else NO

    def converse(self, settings: Settings) -> Conversation:
        return SmbConversation(settings)


def message_at(data: bytes) -> int:
    """Return where the first message begins, behind what sets up the session."""
    at = 0
    while at + HEADER <= len(data) and data[at] in SESSION:
        at += HEADER + ((data[at + 1] & 1) << 16 | data[at + 2] << 8 | data[at + 3])
    return at
