"""fast_pattern: which content the multi-pattern matcher looks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

CHOP: Final = re.compile(r"(\d{1,5})\s*,\s*(\d{1,5})", re.ASCII)


@final
class FastPattern(Keyword):
    """Let the multi-pattern matcher look for the content before it; what the rule matches stays the same.

    `OFFSET,LENGTH` gives it a part of the content. `only` is for a content that nothing counts from.
    """

    name: ClassVar[str] = "fast_pattern"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "fast_pattern; or fast_pattern:only; or fast_pattern:OFFSET,LENGTH;"
    source: ClassVar[str] = "Suricata user guide, prefilter-keywords, fast_pattern"
    cases: ClassVar[Cases] = (
        ("", {"before": 'content:"a";', "behind": 'content:"bcd";', "packets": b"a bcd"}, True),
        ("1,2", {"before": 'content:"abcd";', "packets": b"bcd bc"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("yes", "fast_pattern:only"),
        ("1,0", "no byte"),
    )

    def __init__(self, is_only: bool, offset: int, length: int) -> None:
        self.is_only = is_only
        self.offset = offset
        self.length = length  # 0: the whole content

    @classmethod
    def parse(cls, text: str) -> FastPattern:
        if not text or text == "only":
            return cls(text == "only", 0, 0)
        m = CHOP.fullmatch(text)
        if m is None:
            raise RuleError(f"{text!r} is neither `only` nor a part of the content ({cls.syntax})")
        if int(m[2]) == 0:
            raise RuleError("the part of the content has no byte (LENGTH is at least 1)")
        return cls(False, int(m[1]), int(m[2]))

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        if draft.rule.fast_pattern is not None:
            raise RuleError("the rule has a fast_pattern already")
        is_placed = content.is_relative or content.has_depth() or content.has_offset()
        if self.is_only and (content.is_negated or is_placed):
            raise RuleError("fast_pattern:only cannot join a negated content, depth, offset, distance or within")
        if content.is_negated and is_placed:
            raise RuleError("a negated content with depth, offset, distance or within cannot be the fast pattern")
        if self.offset + self.length > len(content.pattern):
            raise RuleError(f"the part ends behind the content's {len(content.pattern)} bytes")
        if self.length:
            content.fast_offset = self.offset
            content.fast_length = self.length
        content.is_fast_only = self.is_only
        content.is_fast_pattern = True
        draft.rule.fast_pattern = content


register(FastPattern)
