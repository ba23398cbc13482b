"""Multi-pattern matchers: which of many literals are in a buffer. Three behind one small interface.

`hs` (Hyperscan) is the fast one, `ac` (Aho-Corasick) installs everywhere, `naive` is the oracle that tests hold
the other two against. All name the same patterns.
"""

from __future__ import annotations

from typing import final


@final
class Pattern:
    """A literal; `is_nocase` folds ASCII letters."""

    def __init__(self, literal: bytes, is_nocase: bool) -> None:
        self.literal = literal.lower() if is_nocase else literal
        self.is_nocase = is_nocase


class Matcher:
    """Find patterns by number: their place in the list that the matcher was built from."""

    def scan(self, data: bytes) -> list[int]:
        """Return the numbers of the patterns in `data`, each once, in no particular order."""
        raise NotImplementedError


@final
class NaiveMatcher(Matcher):
    """Look for each pattern in turn: the meaning of a matcher in its plainest form."""

    def __init__(self, patterns: list[Pattern]) -> None:
        self.patterns = patterns

    def scan(self, data: bytes) -> list[int]:
        folded = data.lower()
        found = []
        for number, pattern in enumerate(self.patterns):
            if pattern.literal in (folded if pattern.is_nocase else data):
                found.append(number)
        return found
