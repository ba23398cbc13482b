"""sid: the rule's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import Keyword, register
from vids.engine.rule.text import whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Sid(Keyword):
    """Give the rule its number, unique in its `gid`; alerts carry it as signature_id."""

    name: ClassVar[str] = "sid"
    syntax: ClassVar[str] = "sid:N;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, sid"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "whole number"),
        ("-1", "whole number"),
        ("4294967296", "4294967295"),
    )

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> Sid:
        return cls(whole_number(text, 1, 0xFFFFFFFF, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.only_once(self.name)
        draft.rule.sid = self.number


register(Sid)
