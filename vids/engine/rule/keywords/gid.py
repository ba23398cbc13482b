"""gid: the group that the rule's number counts in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import register
from vids.engine.rule.rule_number import RuleNumber

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Gid(RuleNumber):
    """Name the group in which the `sid` is unique; 1 where the rule says nothing."""

    name: ClassVar[str] = "gid"
    syntax: ClassVar[str] = "gid:N;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, gid"
    lowest: ClassVar[int] = 0

    def place(self, draft: Draft) -> None:
        super().place(draft)
        draft.rule.gid = self.number


register(Gid)
