"""Whose bytes count where two segments overlap: one table of the relations of their ends, for every system."""

from __future__ import annotations

# Where the new segment begins and ends, seen from the old one, and whose targets then take the new bytes.
WINNERS = {
    ("before", "before"): "bsd irix hpux10 windows windows2k3 macos linux old-linux last",
    ("before", "same"): "bsd irix hpux10 windows windows2k3 macos linux old-linux last solaris hpux11",
    ("before", "behind"): "bsd irix hpux10 windows windows2k3 macos linux old-linux last solaris hpux11",
    ("same", "before"): "last",
    ("same", "same"): "last solaris hpux11 old-linux",
    ("same", "behind"): "last solaris hpux11 old-linux linux",
    ("behind", "before"): "last",
    ("behind", "same"): "last",
    ("behind", "behind"): "last solaris hpux11",
}
ALIASES = {"": "bsd", "bsd-right": "bsd", "old-solaris": "solaris"}


def relation(new: int, old: int) -> str:
    return "same" if new == old else "before" if new < old else "behind"


def takes_new(name: str, new: tuple[int, int], old: tuple[int, int]) -> bool:
    """Return whether a target takes bytes of a new segment, by the table above."""
    winners = WINNERS[relation(new[0], old[0]), relation(new[1], old[1])].split()
    return ALIASES.get(name, name) in winners
