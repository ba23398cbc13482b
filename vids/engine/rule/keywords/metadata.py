"""metadata: facts about the rule, for people and their tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Keyword, register
from vids.engine.rule.text import clean

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Metadata(Keyword):
    """Attach facts to the rule: pairs of a key and a value, logged with its alerts; a key may come again."""

    name: ClassVar[str] = "metadata"
    syntax: ClassVar[str] = "metadata:KEY VALUE[, KEY VALUE ...];"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, metadata"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "KEY VALUE"),)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    @classmethod
    def parse(cls, text: str) -> Metadata:
        if not text:
            raise RuleError(f"expected at least one pair ({cls.syntax})")
        pairs: list[tuple[str, str]] = []
        for pair in clean(text).split(","):
            key, _, value = pair.strip().partition(" ")
            if key:
                pairs.append((key, value.strip()))
        return cls(pairs)

    def place(self, draft: Draft) -> None:
        metadata = draft.rule.metadata
        for key, value in self.pairs:
            if not value:
                continue  # a key alone says nothing that could be logged
            if key in metadata:
                metadata[key].append(value)
            else:
                metadata[key] = [value]


register(Metadata)
