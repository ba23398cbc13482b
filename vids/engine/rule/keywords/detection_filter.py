"""detection_filter: alert only once matches have become many."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.keyword import STATE, Cases, Keyword, register
from vids.engine.rule.keywords.threshold import TRACKS, one_of, place, seconds, settings, word
from vids.engine.rule.rule import Threshold
from vids.engine.rule.text import whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

UNIQUE: Final = ("src_port", "dst_port")


@final
class DetectionFilter(Keyword):
    """Alert on every match after the first N within the period, counted per source, destination, rule or flow.

    With `unique_on`, distinct source or destination ports are counted in place of matches.
    """

    name: ClassVar[str] = "detection_filter"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = (
        "detection_filter:track by_src|by_dst|by_both|by_rule|by_flow, count N, seconds T"
        "[, unique_on src_port|dst_port];"
    )
    source: ClassVar[str] = "Suricata user guide, rules, thresholding keywords, detection_filter"
    cases: ClassVar[Cases] = (
        ("track by_src, count 1, seconds 60", {"before": 'content:"a";', "packets": (b"a", b"a")}, True),
        ("track by_src, count 1, seconds 60", {"before": 'content:"a";', "packets": (b"a",)}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("count 1, seconds 60", "track"),
        ("track by_src, count 1", "seconds"),
        ("type limit, track by_src, count 1, seconds 60", "type limit"),
        ("track by_src, count 1, seconds 60, unique_on port", "src_port|dst_port"),
    )

    def __init__(self, threshold: Threshold) -> None:
        self.threshold = threshold

    @classmethod
    def parse(cls, text: str) -> DetectionFilter:
        words = settings(text, ("track", "count", "seconds", "unique_on"), cls.syntax)
        if "unique_on" in words:
            one_of(words, "unique_on", UNIQUE, cls.syntax)
        track = one_of(words, "track", TRACKS, cls.syntax)
        count = whole_number(word(words, "count", cls.syntax), 1, 0xFFFFFFFF, cls.syntax)
        period = seconds(word(words, "seconds", cls.syntax))
        threshold = Threshold(cls.name, track, count, period)
        threshold.unique_on = words.get("unique_on", "")
        return cls(threshold)

    def place(self, draft: Draft) -> None:
        place(self.threshold, draft)


register(DetectionFilter)
