"""What all streams share: the memory they may hold, what happened in them, and how often."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

NO_LIMIT: Final = 1 << 62


@final
class Reassembly:
    """One budget and one set of counters for the streams of all flows."""

    def __init__(self, memcap: i64 = NO_LIMIT) -> None:
        self.memcap = memcap  # bytes
        self.memuse: i64 = 0  # bytes of payload held now
        self.events: list[str] = []  # stream events of the packet at hand, by the reference engine's names
        self.is_window_held = False  # a stream handed out a window that nobody has dropped yet
        self.gaps: i64 = 0
        self.overlaps: i64 = 0  # segments that repeat bytes
        self.overlaps_different: i64 = 0  # and say something else
        self.depths_reached: i64 = 0
        self.memcap_drops: i64 = 0  # segments
        self.queue_drops: i64 = 0  # segments that found their stream's queue full
        self.borders_dropped: i64 = 0  # segments of which it was forgotten where they began and ended
        self.urgent_bytes: i64 = 0  # that were taken out of streams
        self.urgent_limits: i64 = 0  # streams of which no more are

    def has_room(self, length: i64) -> bool:
        """Return whether `length` more bytes may be held."""
        return self.memuse + length <= self.memcap
