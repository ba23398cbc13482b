"""What rules remember of hosts, and of pairs of hosts, across flows: bits with a time to live."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, final

from mypy_extensions import i64

MAX_BITS: Final = 131_072  # a flood of spoofed sources sets one each: those set longest ago go, counted


def pair(one: bytes, other: bytes) -> bytes:
    """Return what two addresses are together, in either order."""
    return one + other if one < other else other + one


@final
class HostBits:
    """Bits by number and owner: an address, or two. A bit lasts up to its time, that included."""

    def __init__(self, most: int = MAX_BITS) -> None:
        self._until: OrderedDict[tuple[int, bytes], int] = OrderedDict()  # the bit set last is at the end
        self._most = most
        self.evicted: i64 = 0

    def __len__(self) -> int:
        return len(self._until)

    def is_set(self, number: int, owner: bytes, now_ns: i64) -> bool:
        """Return whether a bit is set; one whose time is over is forgotten."""
        key = (number, owner)
        until = self._until.get(key)
        if until is None:
            return False
        if until < now_ns:
            del self._until[key]
            return False
        return True

    def set(self, number: int, owner: bytes, until_ns: i64) -> None:
        """Set a bit, or let it last longer."""
        key = (number, owner)
        if key in self._until:
            self._until.move_to_end(key)
        elif len(self._until) >= self._most:
            self._until.popitem(last=False)
            self.evicted += 1
        self._until[key] = until_ns

    def unset(self, number: int, owner: bytes) -> None:
        """Unset a bit, if it is set."""
        self._until.pop((number, owner), None)

    def toggle(self, number: int, owner: bytes, now_ns: i64, until_ns: i64) -> None:
        """Set a bit that is not set, unset one that is."""
        if self.is_set(number, owner, now_ns):
            self.unset(number, owner)
        else:
            self.set(number, owner, until_ns)
