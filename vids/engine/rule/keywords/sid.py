"""sid: the rule's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import register
from vids.engine.rule.rule_number import RuleNumber

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Sid(RuleNumber):
    """Give the rule its number, unique in its `gid`; alerts carry it as signature_id."""

    name: ClassVar[str] = "sid"
    syntax: ClassVar[str] = "sid:N;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, sid"

    def place(self, draft: Draft) -> None:
        super().place(draft)
        draft.rule.sid = self.number


register(Sid)
