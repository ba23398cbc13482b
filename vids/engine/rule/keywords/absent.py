"""absent: the sticky buffer is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.rule import DECODED_BUFFER, MAY_BE_ABSENT, MUST_BE_ABSENT, PAYLOAD_BUFFER
from vids.engine.rule.text import short

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Absent(Keyword):
    """Match when the sticky buffer before it is not there; with `or_else`, also when the options behind it hold."""

    name: ClassVar[str] = "absent"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "absent; or absent:or_else; (behind a sticky buffer)"
    source: ClassVar[str] = "Suricata user guide, rules, payload keywords, absent"
    cases: ClassVar[Cases] = (
        ("", {"before": "ipv6.hdr;", "packets": b"a"}, True),
        ("", {"before": "ipv4.hdr;", "packets": b"a"}, False),
        ("or_else", {"before": "ipv4.hdr;", "behind": 'content:"|45|";', "packets": b"a"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("or", "or_else"), ("", "sticky buffer"))

    def __init__(self, has_else: bool) -> None:
        self.has_else = has_else

    @classmethod
    def parse(cls, text: str) -> Absent:
        if text not in ("", "or_else"):
            raise RuleError(f"{short(text)} is not or_else (expected {cls.syntax})")
        return cls(text == "or_else")

    def place(self, draft: Draft) -> None:
        if draft.buffer in (PAYLOAD_BUFFER, DECODED_BUFFER):
            raise RuleError(f"needs a sticky buffer before it ({self.syntax})")
        inspection = draft.inspection()
        if inspection.checks:
            raise RuleError(f"comes too late: an option looks into {draft.buffer} already (put it before them)")
        inspection.presence = MAY_BE_ABSENT if self.has_else else MUST_BE_ABSENT


register(Absent)
