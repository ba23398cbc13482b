"""prefilter: which option to try first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Prefilter(Keyword):
    """Name the option before it as the first to try. It steers the engine, not the outcome: vids goes by contents."""

    name: ClassVar[str] = "prefilter"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "prefilter;"
    source: ClassVar[str] = "Suricata user guide, rules, prefilter keywords, prefilter"
    cases: ClassVar[Cases] = (
        ("", {"before": "dsize:1;", "packets": b"a"}, True),
        ("", {"before": "dsize:1;", "packets": b"ab"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> Prefilter:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        rule = draft.rule
        if not rule.checks and not rule.inspections and not rule.waiting:
            raise RuleError("needs an option before it that matches (ttl:64; prefilter;)")


register(Prefilter)
