"""Multi-pattern matchers: which of many literals are in a buffer. Three behind one small interface.

`hs` (Hyperscan) is the fast one, `ac` (Aho-Corasick) installs everywhere, `naive` is the oracle that tests hold
the other two against. All name the same patterns.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

ANYWHERE: Final = 1 << 40  # no buffer is so long


@final
class Pattern:
    """A literal that lies wholly within `data[low:high]`; `is_nocase` folds ASCII letters."""

    def __init__(self, literal: bytes, is_nocase: bool, low: i64 = 0, high: i64 = ANYWHERE) -> None:
        self.literal = literal.lower() if is_nocase else literal
        self.is_nocase = is_nocase
        self.low = low
        self.high = high


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
            if (folded if pattern.is_nocase else data).find(pattern.literal, pattern.low, pattern.high) >= 0:
                found.append(number)
        return found
