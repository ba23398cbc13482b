"""reference: where to read on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Keyword, register
from vids.engine.rule.text import clean

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Reference(Keyword):
    """Say where to read on about the threat: a system of reference.config (url, cve ...) and a key in it."""

    name: ClassVar[str] = "reference"
    syntax: ClassVar[str] = "reference:SYSTEM,KEY;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, reference"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "SYSTEM,KEY"), ("url", "SYSTEM,KEY"), ("url,", "SYSTEM,KEY"))

    def __init__(self, system: str, key: str) -> None:
        self.system = system
        self.key = key

    @classmethod
    def parse(cls, text: str) -> Reference:
        system, _, key = text.partition(",")
        system, key = system.strip().lower(), key.strip()
        if not system or not key:
            raise RuleError(f"expected a system and a key ({cls.syntax})")
        return cls(clean(system), clean(key))

    def place(self, draft: Draft) -> None:
        draft.rule.references.append((self.system, self.key))


register(Reference)
