"""What gid, sid and rev share: a number of the rule itself, named once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from vids.engine.rule.keyword import Keyword
from vids.engine.rule.text import whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

HIGHEST: Final = 0xFFFFFFFF


class RuleNumber(Keyword):
    """A number of 32 bits."""

    lowest: ClassVar[int] = 1
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "whole number"),
        ("-1", "whole number"),
        ("4294967296", "4294967295"),
    )

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> RuleNumber:
        return cls(whole_number(text, cls.lowest, HIGHEST, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.only_once(self.name)
