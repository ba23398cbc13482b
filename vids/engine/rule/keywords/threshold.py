"""threshold: how many matches become alerts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import STATE, Cases, Keyword, register
from vids.engine.rule.rule import Threshold
from vids.engine.rule.text import short, whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

KINDS: Final = ("limit", "threshold", "both", "backoff")
TRACKS: Final = ("by_src", "by_dst", "by_both", "by_rule", "by_flow")
PERIOD: Final = re.compile(r"(\d{1,10})\s*([smhdw]?)")
UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
DETECTION_FILTER: Final = "detection_filter"
MAX_COUNT: Final = 0xFFFFFFFF


@final
class ThresholdOption(Keyword):
    """Turn only some matches into alerts, counted per source, destination, both, rule or flow.

    `limit`: at most N alerts a period. `threshold`: one alert every N matches. `both`: one alert a period, at the
    Nth match. `backoff`: an alert at the Nth match, then each time the count has grown M-fold, per flow.
    """

    name: ClassVar[str] = "threshold"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = (
        "threshold:type limit|threshold|both|backoff, track by_src|..., count N, seconds T|multiplier M;"
    )
    source: ClassVar[str] = "Suricata user guide, rules, thresholding keywords, threshold"
    cases: ClassVar[Cases] = (
        ("type limit, track by_src, count 1, seconds 60", {"before": 'content:"a";', "packets": (b"a",)}, True),
        ("type limit, track by_src, count 1, seconds 60", {"before": 'content:"a";', "packets": (b"a", b"a")}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("track by_src, count 1, seconds 60", "type"),
        ("type limit, count 1, seconds 60", "track"),
        ("type limit, track by_src, seconds 60", "count"),
        ("type limit, track by_src, count 1", "seconds"),
        ("type limit, track by_src, count 0, seconds 60", "out of range"),
        ("type limit, track by_src, count 1, seconds x", "seconds"),
        ("type limits, track by_src, count 1, seconds 60", "limit|threshold"),
        ("type limit, track by_me, count 1, seconds 60", "by_src|by_dst"),
        ("type limit, track by_src, count 1, seconds 60, count 2", "twice"),
        ("type limit, track by_src, count 1, minutes 1", "minutes"),
        ("type backoff, track by_src, count 1, multiplier 10", "by_flow"),
        ("type backoff, track by_flow, count 1, seconds 10", "multiplier"),
    )

    def __init__(self, threshold: Threshold) -> None:
        self.threshold = threshold

    @classmethod
    def parse(cls, text: str) -> ThresholdOption:
        words = settings(text, ("type", "track", "count", "seconds", "multiplier"), cls.syntax)
        kind = one_of(words, "type", KINDS, cls.syntax)
        track = one_of(words, "track", TRACKS, cls.syntax)
        count = whole_number(word(words, "count", cls.syntax), 1, MAX_COUNT, cls.syntax)
        if kind != "backoff":
            return cls(Threshold(kind, track, count, seconds(word(words, "seconds", cls.syntax))))
        if track != "by_flow":
            raise RuleError("backoff counts per flow alone (track by_flow)")
        threshold = Threshold(kind, track, count, 0)
        threshold.multiplier = whole_number(word(words, "multiplier", cls.syntax), 1, MAX_COUNT, cls.syntax)
        return cls(threshold)

    def place(self, draft: Draft) -> None:
        place(self.threshold, draft)


def place(threshold: Threshold, draft: Draft) -> None:
    """Give the rule its threshold. Raises RuleError where it has one of another kind."""
    other = draft.rule.threshold
    if other is not None:
        if DETECTION_FILTER in (other.kind, threshold.kind):
            raise RuleError("threshold and detection_filter exclude each other (keep one)")
        draft.warn("a second threshold replaces the first (keep one)")
    draft.rule.threshold = threshold


def settings(text: str, known: tuple[str, ...], syntax: str) -> dict[str, str]:
    """Return `name value` pairs, separated by commas. Raises RuleError."""
    words: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = part.strip().partition(" ")
        if name not in known:
            raise RuleError(f"{short(part.strip())} is no part of it (expected {syntax})")
        if name in words:
            raise RuleError(f"{name} stands there twice (keep one)")
        words[name] = value.strip()
    return words


def word(words: dict[str, str], name: str, syntax: str) -> str:
    """Return a setting that must be there. Raises RuleError."""
    if name not in words:
        raise RuleError(f"{name} is missing (expected {syntax})")
    return words[name]


def one_of(words: dict[str, str], name: str, known: tuple[str, ...], syntax: str) -> str:
    """Return a setting that must be one of some words. Raises RuleError."""
    value = word(words, name, syntax)
    if value not in known:
        raise RuleError(f"{name} {short(value)} is unknown (expected {'|'.join(known)})")
    return value


def seconds(text: str) -> int:
    """Return a period in seconds; 1m, 1h, 1d and 1w are understood. Raises RuleError."""
    m = PERIOD.fullmatch(text)
    if m is None or int(m[1]) * UNITS[m[2]] > MAX_COUNT:
        raise RuleError(f"seconds {short(text)} is no period (expected a number of seconds, or 10m, 1h)")
    return int(m[1]) * UNITS[m[2]]


register(ThresholdOption)
