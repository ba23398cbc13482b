"""priority: how urgent the alert is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import Keyword, register
from vids.engine.rule.text import whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Priority(Keyword):
    """Say how urgent an alert is, 1 the most; without it the classtype decides, else it is 3."""

    name: ClassVar[str] = "priority"
    syntax: ClassVar[str] = "priority:N;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, priority"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "whole number"), ("-1", "whole number"), ("256", "255"))

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> Priority:
        return cls(whole_number(text, 1, 255, cls.syntax))

    def place(self, draft: Draft) -> None:
        if draft.has_priority:
            draft.warn("a second priority: the more urgent counts (keep one)")
            draft.rule.priority = min(draft.rule.priority, self.number)
            return
        draft.has_priority = True
        draft.rule.priority = self.number


register(Priority)
