"""A file that a transaction carries, whatever the protocol: bytes in, size, digests and the inspected part out."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

OPEN: Final = "UNKNOWN"  # states, as EVE's fileinfo.state names them
CLOSED: Final = "CLOSED"  # all of it was seen
TRUNCATED: Final = "TRUNCATED"  # it ended early, or we stopped to follow it
FAILED: Final = "ERROR"


@final
class File:
    """One file on its way. `data` is its beginning, at most `limit` bytes: what rules look into."""

    def __init__(self, name: bytes, to_server: bool, limit: i64) -> None:
        self.name = name
        self.to_server = to_server
        self.limit = limit
        self.state = OPEN
        self.data = bytearray()
        self.size: i64 = 0  # bytes seen so far
        self.has_gaps = False

    def add(self, data: bytes) -> None:
        """Take the next bytes; ignored once the file has ended."""
        if self.state != OPEN:
            return
        self.size += len(data)
        room = self.limit - len(self.data)
        if room > 0 and not self.has_gaps:
            self.data += data if len(data) <= room else data[:room]

    def gap(self, length: i64) -> None:
        """Note bytes that nobody saw: what is behind them is not looked into."""
        if self.state == OPEN:
            self.size += length
            self.has_gaps = True

    def has_ended(self) -> bool:
        """Return whether no more bytes are taken."""
        return self.state != OPEN

    def close(self, state: str) -> None:
        """End the file as CLOSED, TRUNCATED or FAILED; the first end counts."""
        if self.state == OPEN:
            self.state = TRUNCATED if state == CLOSED and self.has_gaps else state
