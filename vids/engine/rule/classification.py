"""The two tables that rules refer to: classtypes and reference systems (classification.config, reference.config)."""

from __future__ import annotations

import re
from typing import Final, final

CLASSIFICATION: Final = re.compile(r"config\s+classification\s*:\s*([^,\s]+)\s*,\s*(.+?)\s*,\s*(\d+)")
REFERENCE: Final = re.compile(r"config\s+reference\s*:\s*(\S+)\s+(\S+)")
DEFAULT_PRIORITY: Final = 3


@final
class Classtype:
    """What a classtype stands for: a text for people, and a priority (1 is the most urgent)."""

    def __init__(self, category: str, priority: int) -> None:
        self.category = category
        self.priority = priority


def classtypes(text: str) -> dict[str, Classtype]:
    """Return the classtypes of a classification.config by name, in lower case; the first of a name counts."""
    found: dict[str, Classtype] = {}
    for line in text.splitlines():
        m = CLASSIFICATION.fullmatch(line.strip())
        if m is not None:
            found.setdefault(m[1].lower(), Classtype(m[2], int(m[3])))
    return found


def reference_systems(text: str) -> dict[str, str]:
    """Return the URL prefixes of a reference.config by system, in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        m = REFERENCE.fullmatch(line.strip())
        if m is not None:
            found.setdefault(m[1].lower(), m[2])
    return found
