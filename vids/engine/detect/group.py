"""Rules that look at the same bytes, behind one matcher."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.detect.ac import AhoCorasickMatcher
from vids.engine.detect.fast_pattern import choose, pattern_of
from vids.engine.detect.hs import IS_AVAILABLE, HyperscanMatcher
from vids.engine.detect.matcher import Matcher, NaiveMatcher, Pattern
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.rule import Rule


@final
class Group:
    """The rules of one kind of buffer: `candidates` names those that a buffer may satisfy.

    Rules share patterns (some by the dozen), so the matcher holds each once and `owners` says
    whose it is.
    """

    def __init__(
        self, rules: list[Rule], algorithm: str, is_whole: bool, contents: list[Content] | None = None
    ) -> None:
        """Group `rules`; their buffers are whole, or pieces of streams.

        `contents` are their fast patterns; without them, those that look into the raw payload are chosen.
        """
        self.always: list[int] = []  # rules without a fast pattern: candidates on every buffer
        self.owners: list[list[int]] = []  # by pattern number
        self.patterns: list[Pattern] = []
        self.longest: i64 = 0  # bytes of the longest pattern
        numbers: dict[tuple[bytes, bool, i64, i64], int] = {}
        for at, rule in enumerate(rules):
            content = choose(rule) if contents is None else contents[at]
            if content is None:
                self.always.append(rule.number)
                continue
            pattern = pattern_of(content, is_whole)
            key = (pattern.literal, pattern.is_nocase, pattern.low, pattern.high)
            if key not in numbers:
                numbers[key] = len(self.patterns)
                self.patterns.append(pattern)
                self.owners.append([])
            self.owners[numbers[key]].append(rule.number)
            self.longest = max(self.longest, len(pattern.literal))
        self.matcher = build(self.patterns, algorithm)
        self.is_empty = not rules

    def candidates(self, data: bytes) -> list[int]:
        """Return the numbers of the rules to inspect on a whole buffer, in the order of evaluation."""
        return self.fresh_candidates(data, 0)

    def fresh_candidates(self, data: bytes, fresh: i64) -> list[int]:
        """Return the rules to inspect on a buffer of which the first `fresh` bytes were looked at before.

        A pattern counts when its end lies in the new bytes; one that begins in the old ones is found too.
        """
        matcher = self.matcher
        if matcher is None:
            return self.always
        begin = max(fresh - self.longest + 1, 0) if fresh > 0 else 0
        found = matcher.scan(data[begin:] if begin > 0 else data)
        if not found:
            return self.always
        if fresh > 0:
            found = [number for number in found if self._ends_after(number, data, fresh)]
        if len(found) == 1 and not self.always:
            return self.owners[found[0]]
        chosen = {*self.always}
        for number in found:
            chosen.update(self.owners[number])
        return sorted(chosen)

    def _ends_after(self, number: int, data: bytes, fresh: i64) -> bool:
        pattern = self.patterns[number]
        begin: i64 = max(fresh - len(pattern.literal) + 1, 0)
        if pattern.is_nocase:
            return pattern.literal in data[begin:].lower()
        return data.find(pattern.literal, begin) >= 0


def build(patterns: list[Pattern], algorithm: str) -> Matcher | None:
    """Return a matcher for the patterns, None for none; `auto` is Hyperscan where it is installed."""
    if not patterns:
        return None
    if algorithm == "naive":
        return NaiveMatcher(patterns)
    if algorithm == "hs" or (algorithm == "auto" and IS_AVAILABLE):
        return HyperscanMatcher(patterns)
    return AhoCorasickMatcher(patterns)
