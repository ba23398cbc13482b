"""rev: the rule's revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import register
from vids.engine.rule.rule_number import RuleNumber

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Rev(RuleNumber):
    """Number the revisions of a rule: of two with one `sid`, the higher counts."""

    name: ClassVar[str] = "rev"
    syntax: ClassVar[str] = "rev:N;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, rev"

    def place(self, draft: Draft) -> None:
        super().place(draft)
        draft.rule.rev = self.number


register(Rev)
