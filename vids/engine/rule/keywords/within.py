"""within: how near to the last match the content before it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.amount import c_integer, is_name
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FURTHEST: Final = 1 << 20  # bytes


@final
class Within(Keyword):
    """The content before it must end within N bytes after the last match; with `distance`, N bytes from there.

    Where nothing matched before, N counts from the start of the buffer. It may be a variable of byte_extract or
    byte_math.
    """

    name: ClassVar[str] = "within"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "within:N; or within:VARIABLE; (N at least the length of the content, up to 1048576)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, within"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a number"),
        ("1048577", "out of bounds"),
    )

    def __init__(self, size: int, variable: str) -> None:
        self.size = size
        self.variable = variable

    @classmethod
    def parse(cls, text: str) -> Within:
        if is_name(text):
            return cls(0, text)
        return cls(c_integer(text, -FURTHEST, FURTHEST, cls.name), "")

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        content.check_relative(self.name, draft)
        if content.has_within():
            raise RuleError("the content before it has a within already")
        if self.variable:
            content.within_variable = draft.variable(self.variable)
            content.uses_variable = True
        else:
            length = len(content.pattern)
            if self.size < length:
                what = f"within {self.size} is smaller than the content's {length} bytes"
                raise RuleError(f"{what}: it could never match")
            content.within = self.size
        content.is_relative = True


register(Within)
