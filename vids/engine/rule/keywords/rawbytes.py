"""rawbytes: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class RawBytes(Keyword):
    """Do nothing: rules of other engines say it, and all payload here is raw."""

    name: ClassVar[str] = "rawbytes"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "rawbytes;"
    source: ClassVar[str] = "Suricata user guide, rules, payload keywords, rawbytes"
    cases: ClassVar[Cases] = (
        ("", {"before": 'content:"a";', "packets": b"a"}, True),
        ("", {"before": 'content:"a";', "packets": b"b"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> RawBytes:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        draft.last_content("rawbytes")


register(RawBytes)
