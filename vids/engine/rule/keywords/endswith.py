"""endswith: the content before it stands at the end of the buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Endswith(Keyword):
    """The content before it must be the last bytes of the buffer; other modifiers still hold."""

    name: ClassVar[str] = "endswith"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "endswith;"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, endswith"
    cases: ClassVar[Cases] = (
        ("", {"before": 'content:"ab";', "packets": b"cab"}, True),
        ("", {"before": 'content:"ab";', "packets": b"abc"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> Endswith:
        if text:
            raise RuleError(f"takes no value ({cls.syntax})")
        return cls()

    def place(self, draft: Draft) -> None:
        draft.last_content(self.name).is_endswith = True


register(Endswith)
