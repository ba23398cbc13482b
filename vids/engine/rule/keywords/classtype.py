"""classtype: what kind of threat it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class ClassType(Keyword):
    """Name the kind of threat: classification.config gives its text and the default priority."""

    name: ClassVar[str] = "classtype"
    syntax: ClassVar[str] = "classtype:NAME;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, classtype"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "name"), ("two words", "name"))

    def __init__(self, classtype: str) -> None:
        self.classtype = classtype

    @classmethod
    def parse(cls, text: str) -> ClassType:
        if not text or " " in text:
            raise RuleError(f"expected one name ({cls.syntax})")
        return cls(text)

    def place(self, draft: Draft) -> None:
        if draft.rule.classtype:
            draft.warn("a second classtype has no effect (keep one)")
            return
        draft.rule.classtype = self.classtype


register(ClassType)
