"""replace: other bytes in place of a content, where packets pass through."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.keywords.content import pattern_bytes
from vids.engine.rule.rule import PAYLOAD_BUFFER, Replacement

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Replace(Keyword):
    """Put other bytes in place of the content before it, as many as that has, where packets pass through (`--ips`).

    There the rule looks at single packets, and what it rewrites goes on with right checksums unless it is dropped.
    All rules see the packet as it came. Elsewhere the rule matches as it would without `replace`.
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
        if content.place_variable >= 0:
            raise RuleError("the content before it has a replace already")
        place = draft.define(f"place {len(draft.rule.replacements)} of replace")  # no option can name it: it has spaces
        content.place_variable = place
        draft.rule.replacements.append(Replacement(place, self.replacement))


register(Replace)
