"""Rules on the whole of a name, or on its end from a dot on, answered by a dictionary.

A third of a modern ruleset asks whether a DNS query, a server name or a host is a certain name or lies below it. A
lookup for the name and for each of its ends that begins at a dot answers all of them at once, whatever their number.
"""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.rule.keywords.bsize import Bsize
from vids.engine.rule.keywords.content import UNSET, Content
from vids.engine.rule.rule import Inspection

DOT = b"."


@final
class NameTable:
    """Names and ends of names in lower case, each with the numbers of its rules."""

    def __init__(self) -> None:
        self.names: dict[bytes, list[int]] = {}
        self.ends: dict[bytes, list[int]] = {}  # each begins with a dot
        self.longest: i64 = 0  # bytes of the longest end

    def add(self, number: int, content: Content, inspection: Inspection) -> bool:
        """Take a rule whose fast pattern is `content`; False if that is no test of a whole name or its end."""
        name = content.pattern.lower()
        if is_whole(content, inspection):
            self.names.setdefault(name, []).append(number)
            return True
        if content.is_endswith and not content.is_relative and name.startswith(DOT):
            self.ends.setdefault(name, []).append(number)
            self.longest = max(self.longest, len(name))
            return True
        return False

    def find(self, value: bytes) -> list[int]:
        """Return the rules that a name may satisfy, in no particular order."""
        name = value.lower()
        found = list(self.names.get(name, ()))
        if self.longest:
            at = name.find(DOT, max(len(name) - self.longest, 0))
            while at >= 0:
                below = self.ends.get(name[at:])
                if below is not None:
                    found += below
                at = name.find(DOT, at + 1)
        return found


def is_whole(content: Content, inspection: Inspection) -> bool:
    """Return whether the buffer can hold nothing but the content."""
    if content.is_relative:
        return False
    return has_its_size(content, inspection) or (content.is_endswith and is_at_start(content))


def is_at_start(content: Content) -> bool:
    """Return whether the content can only match at the start of the buffer."""
    return not content.is_relative and content.depth == len(content.pattern) and content.offset in (UNSET, 0)


def has_its_size(content: Content, inspection: Inspection) -> bool:
    """Return whether the buffer must be as long as the content."""
    for check in inspection.checks:
        if isinstance(check, Bsize):
            size = check.size
            if size.low == size.high == len(content.pattern) and not size.is_negated and size.mask < 0:
                return True
    return False
