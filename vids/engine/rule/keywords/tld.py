"""tld: a part of a name, by the list of public suffixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.resource import Suffixes
from vids.engine.rule.suffix import WITHOUT, tld
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Tld(Transform):
    """Replace a name by its public suffix (co.uk).

    What is no name, or nothing but a suffix, stays as it is. Without the list of public suffixes (the package
    publicsuffixlist) the rule waits.
    """

    name: ClassVar[str] = "tld"
    syntax: ClassVar[str] = "tld;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, tld"
    cases: ClassVar[Cases] = (("", {"data": b"a.b", "gives": b"a.b"}, True),)  # no list, no change
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    def __init__(self) -> None:
        self.suffixes: Suffixes | None = None

    @classmethod
    def parse(cls, text: str) -> Tld:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        self.suffixes = draft.resources.suffixes
        if self.suffixes is None:
            draft.rule.waiting.append(f"{self.name} {WITHOUT}")
        draft.add_transform(self)

    def apply(self, data: bytes) -> bytes:
        return data if self.suffixes is None else tld(data, self.suffixes)


register(Tld)
