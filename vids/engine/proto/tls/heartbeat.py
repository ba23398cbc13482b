"""Heartbeats (RFC 6520), and those that bleed (CVE-2014-0160)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

REQUEST: Final = 1  # types
RESPONSE: Final = 2
HEADER: Final = 3  # bytes: type, length of the payload
PADDING: Final = 16  # bytes at least

OVERFLOW: Final = "overflow_heartbeat_message"  # events
INVALID: Final = "invalid_heartbeat_message"
LEAK: Final = "dataleak_heartbeat_mismatch"

NOBODY: Final = 0
CLIENT: Final = 1
SERVER: Final = 2


@final
class Heartbeats:
    """The heartbeat of a connection that waits for its answer."""

    def __init__(self) -> None:
        self.asked_by: i64 = NOBODY
        self.length: i64 = 0  # of the record that asks, if it is encrypted: an answer is as long

    def take(self, record: bytes, to_server: bool, is_encrypted: bool) -> str:
        """Return the event of what is wrong with a heartbeat, "" where nothing is."""
        size = len(record)
        if size < HEADER:
            return ""
        if not is_encrypted and record[0] != REQUEST and record[0] != RESPONSE:
            return INVALID
        sender: i64 = CLIENT if to_server else SERVER
        if self.asked_by == sender:
            return INVALID  # it asks again, and was not answered
        if self.asked_by != NOBODY:
            return self._answer(size, is_encrypted)
        self.asked_by = sender
        if is_encrypted:
            self.length = size
            return ""
        payload = i64(record[1]) << 8 | i64(record[2])
        if HEADER + payload > size:
            return OVERFLOW
        return INVALID if size - HEADER - payload < PADDING else ""

    def _answer(self, size: i64, is_encrypted: bool) -> str:
        asked = self.length
        self.asked_by = NOBODY
        self.length = 0
        return LEAK if is_encrypted and 0 < asked < size else ""
