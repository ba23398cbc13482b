"""startswith: the content before it stands at the start of the buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Startswith(Keyword):
    """The content before it must be the first bytes of the buffer or stream: a depth of its own length."""

    name: ClassVar[str] = "startswith"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "startswith;"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, startswith"
    cases: ClassVar[Cases] = (
        ("", {"before": 'content:"ab";', "packets": b"abc"}, True),
        ("", {"before": 'content:"ab";', "packets": b"cab"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> Startswith:
        if text:
            raise RuleError(f"takes no value ({cls.syntax})")
        return cls()

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        content.check_absolute(self.name)
        if content.has_depth() or content.has_offset():
            raise RuleError("the content before it has a depth, offset or startswith already")
        content.depth = len(content.pattern)
        content.is_startswith = True


register(Startswith)
