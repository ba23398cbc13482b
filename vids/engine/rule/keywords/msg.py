"""msg: what an alert says."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Keyword, register
from vids.engine.rule.text import clean, unquote

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Msg(Keyword):
    """Give the alert its text; `;`, `"` and `\\` in it are escaped with `\\`."""

    name: ClassVar[str] = "msg"
    syntax: ClassVar[str] = 'msg:"text";'
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, msg"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "quotes"), ("text", "quotes"), ('""', "empty"))

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def parse(cls, text: str) -> Msg:
        inner = clean(unquote(text, cls.syntax))
        if not inner:
            raise RuleError(f"the text is empty ({cls.syntax})")
        return cls(inner)

    def place(self, draft: Draft) -> None:
        draft.only_once(self.name)
        draft.rule.msg = self.text


register(Msg)
