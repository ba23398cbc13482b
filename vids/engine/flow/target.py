"""What the receiver of a stream makes of odd segments: operating systems differ (RFC 9293 leaves it open).

Where segments overlap, each system keeps other bytes; which RST it takes, and whether it checks timestamps, differs
too. An attacker who knows the target's system shows us one thing and the target another, unless we know it as well.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.packet.host import HostSystems

UNKNOWN: Final = 0  # as BSD, but nothing is held against a timestamp of 0
BSD: Final = 13
FIRST: Final = 1  # the first copy of a byte counts, always
LAST: Final = 2  # the last copy
LINUX: Final = 3
OLD_LINUX: Final = 4
SOLARIS: Final = 5
HPUX10: Final = 6
HPUX11: Final = 7
IRIX: Final = 8
MACOS: Final = 9
WINDOWS: Final = 10
VISTA: Final = 11
WINDOWS2K3: Final = 12

TARGETS: Final[dict[str, int]] = {
    "": UNKNOWN,
    "bsd": BSD,
    "bsd-right": BSD,  # fragments alone are treated otherwise
    "first": FIRST,
    "last": LAST,
    "linux": LINUX,
    "old-linux": OLD_LINUX,
    "solaris": SOLARIS,
    "old-solaris": SOLARIS,
    "hpux10": HPUX10,
    "hpux11": HPUX11,
    "irix": IRIX,
    "macos": MACOS,
    "windows": WINDOWS,
    "vista": VISTA,
    "windows2k3": WINDOWS2K3,
}


@final
class Targets:
    """The target of each address."""

    def __init__(self, networks: list[tuple[bytes, bytes, str]]) -> None:
        """Take (first address, last address, system) of each network; addresses have 4 or 16 bytes."""
        self._is_empty = not networks
        self._systems = HostSystems(networks, "")

    def of(self, address: bytes) -> i64:
        """Return the target at an address."""
        return UNKNOWN if self._is_empty else TARGETS[self._systems.of(address)]


def minds_borders(target: i64) -> bool:
    """Return whether the target decides overlaps by where segments begin and end."""
    return target != FIRST and target != LAST and target != VISTA


def new_wins(target: i64, begin: i64, end: i64, old_begin: i64, old_end: i64) -> bool:
    """Return whether bytes of a new segment replace those of an old one that it overlaps.

    Both are given by their offsets, as they were sent.
    """
    if target in (SOLARIS, HPUX11):
        return end >= old_end if begin <= old_begin else end > old_end
    if target in (FIRST, VISTA):
        return False
    if target == LAST or begin < old_begin:
        return True
    if begin > old_begin:
        return False
    return (target == LINUX and end > old_end) or (target == OLD_LINUX and end >= old_end)
