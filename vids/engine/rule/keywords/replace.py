"""replace: other bytes in place of a content, where packets pass through."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.keywords.content import pattern_bytes
from vids.engine.rule.rule import PAYLOAD_BUFFER

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Replace(Keyword):
    """Name the bytes to put in place of the content before it, as many as that has.

    No packet is rewritten: the rule matches, on single packets, as it would without `replace`. This is what the
    reference engine does too where packets do not pass through it.
    """

    name: ClassVar[str] = "replace"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = 'replace:"text|0d 0a|text";'
    source: ClassVar[str] = "Suricata user guide, rules, payload keywords, replace"
    cases: ClassVar[Cases] = (
        ('"b"', {"before": 'content:"a";', "packets": b"a"}, True),
        ('"b"', {"before": 'content:"a";', "packets": b"b"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("abc", "quotes"), ('"|6|"', "hexadecimal"), ('"a"', "content"))

    def __init__(self, replacement: bytes) -> None:
        self.replacement = replacement

    @classmethod
    def parse(cls, text: str) -> Replace:
        if len(text) < 2 or text[0] != '"' or text[-1] != '"':
            raise RuleError(f"the bytes must stand in quotes ({cls.syntax})")
        return cls(pattern_bytes(text[1:-1]))

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        if content.is_negated or draft.last_buffer != PAYLOAD_BUFFER:
            raise RuleError("replaces a content that must be in the payload (no negated one, no sticky buffer)")
        if len(content.pattern) != len(self.replacement):
            raise RuleError(f"has {len(self.replacement)} bytes, its content {len(content.pattern)} (write as many)")
        draft.rule.needs_packet = True


register(Replace)
