"""nocase: compare the content before without regard to case."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Nocase(Keyword):
    """Compare the content before it without regard to case (ASCII letters)."""

    name: ClassVar[str] = "nocase"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "nocase;"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, nocase"
    cases: ClassVar[Cases] = (
        ("", {"before": 'content:"ab";', "packets": b"AB"}, True),
        ("", {"before": 'content:"ab";', "packets": b"AC"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("yes", "no value"),)

    @classmethod
    def parse(cls, text: str) -> Nocase:
        if text:
            raise RuleError(f"takes no value ({cls.syntax})")
        return cls()

    def place(self, draft: Draft) -> None:
        content = draft.last_content("nocase")
        if content.is_nocase:
            raise RuleError("the content before it has a nocase already")
        content.is_nocase = True
        content.folded = content.pattern.lower()


register(Nocase)
