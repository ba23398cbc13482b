"""domain: a part of a name, by the list of public suffixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.resource import Suffixes
from vids.engine.rule.suffix import WITHOUT, domain
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Domain(Transform):
    """Replace a name by its registered domain: the public suffix and one label more (bbc.co.uk).

    What is no name, or nothing but a suffix, stays as it is. Without the list of public suffixes (the package
    publicsuffixlist) the rule waits.
    """

    name: ClassVar[str] = "domain"
    syntax: ClassVar[str] = "domain;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, domain"
    cases: ClassVar[Cases] = (("", {"data": b"a.b", "gives": b"a.b"}, True),)  # no list, no change
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    def __init__(self) -> None:
        self.suffixes: Suffixes | None = None

    @classmethod
    def parse(cls, text: str) -> Domain:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        self.suffixes = draft.resources.suffixes
        if self.suffixes is None:
            draft.rule.waiting.append(f"{self.name} {WITHOUT}")
        draft.add_transform(self)

    def apply(self, data: bytes) -> bytes:
        return data if self.suffixes is None else domain(data, self.suffixes)


register(Domain)
