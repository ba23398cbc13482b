"""gid: the group that the rule's number counts in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import Keyword, register
from vids.engine.rule.text import whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Gid(Keyword):
    """Name the group in which the `sid` is unique; 1 where the rule says nothing."""

    name: ClassVar[str] = "gid"
    syntax: ClassVar[str] = "gid:N;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, gid"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "whole number"),
        ("-1", "whole number"),
        ("4294967296", "4294967295"),
    )

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> Gid:
        return cls(whole_number(text, 0, 0xFFFFFFFF, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.only_once(self.name)
        draft.rule.gid = self.number


register(Gid)
