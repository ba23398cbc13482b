"""depth: how far into the buffer the content before it may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.amount import c_integer, is_name
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Depth(Keyword):
    """The content before it must end within the first N bytes; with `offset`, within N bytes from there.

    N counts from the start of the buffer or stream. It may be a variable of byte_extract or byte_math.
    """

    name: ClassVar[str] = "depth"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "depth:N; or depth:VARIABLE; (N at least the length of the content, up to 65535)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, depth"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a number"),
        ("3x", "not a number"),
        ("-1", "out of bounds"),
        ("65536", "65535"),
    )

    def __init__(self, size: int, variable: str) -> None:
        self.size = size
        self.variable = variable

    @classmethod
    def parse(cls, text: str) -> Depth:
        if is_name(text):
            return cls(0, text)
        return cls(c_integer(text, 0, 65535, cls.name), "")

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        content.check_absolute(self.name)
        if content.has_depth():
            raise RuleError("the content before it has a depth or startswith already")
        if self.variable:
            content.depth_variable = draft.variable(self.variable)
            content.uses_variable = True
            return
        length = len(content.pattern)
        if self.size < length:
            raise RuleError(f"depth {self.size} is smaller than the content's {length} bytes: it could never match")
        content.depth = self.size


register(Depth)
