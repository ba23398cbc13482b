"""Which copy of a byte counts where fragments overlap: it depends on who puts them together.

Hosts disagree, and an attacker who knows the target sends two versions: one for the host, one for us
(Ptacek and Newsham, 1998; Shankar and Paxson, "Active Mapping", 2003; Novak, "Target-Based Fragmentation
Reassembly", 2005). So the policy is that of the destination.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

FIRST: Final = 0
LAST: Final = 1
BSD: Final = 2
BSD_RIGHT: Final = 3
LINUX: Final = 4
WINDOWS: Final = 5
SOLARIS: Final = 6

DEFAULT_SYSTEM: Final = "bsd"
POLICIES: Final[dict[str, int]] = {  # by operating system; the second table of Novak's paper
    "first": FIRST,
    "last": LAST,
    "bsd": BSD,
    "bsd-right": BSD_RIGHT,
    "linux": LINUX,
    "old-linux": LINUX,
    "windows": WINDOWS,
    "vista": WINDOWS,
    "windows2k3": WINDOWS,
    "solaris": SOLARIS,
    "old-solaris": FIRST,
    "hpux10": BSD,
    "hpux11": FIRST,
    "irix": BSD,
    "macos": FIRST,
}


def keeps_old(policy: i64, origin: i64, old_begin: i64, old_end: i64, begin: i64, end: i64) -> bool:
    """Return whether what is there stays where the fragment `begin:end` overlaps it.

    `old_begin:old_end` is what is left of the earlier fragment, in one piece; it began at `origin`.
    """
    if policy == BSD:
        return old_begin <= begin
    if policy == LINUX:
        return old_begin < begin
    if policy == WINDOWS:
        return not (begin < old_begin and end > old_end)
    if policy == SOLARIS:
        return not (begin < old_begin and end >= old_end)
    if policy == BSD_RIGHT:
        return origin > begin
    return policy == FIRST
