"""The Aho-Corasick matcher: for platforms without Hyperscan."""

from __future__ import annotations

from typing import Final, final

import ahocorasick

from vids.engine.detect.matcher import Matcher, Pattern

ENCODING: Final = "latin-1"  # the automaton reads text: one character a byte


@final
class AhoCorasickMatcher(Matcher):
    """Walk the lower-cased buffer through one automaton; check case and place where they stand."""

    def __init__(self, patterns: list[Pattern]) -> None:
        self.patterns = patterns
        by_key: dict[str, list[int]] = {}  # lower-cased literal -> the patterns that share it
        for number, pattern in enumerate(patterns):
            by_key.setdefault(pattern.literal.lower().decode(ENCODING), []).append(number)
        self.automaton = ahocorasick.Automaton()
        for key, numbers in by_key.items():
            self.automaton.add_word(key, numbers)
        self.automaton.make_automaton()

    def scan(self, data: bytes) -> list[int]:
        found: dict[int, None] = {}
        for last, numbers in self.automaton.iter(data.lower().decode(ENCODING)):
            for number in numbers:
                if number not in found:
                    pattern = self.patterns[number]
                    begin = last + 1 - len(pattern.literal)
                    if begin < pattern.low or last >= pattern.high:
                        continue
                    if pattern.is_nocase or data[begin : last + 1] == pattern.literal:
                        found[number] = None
        return list(found)
