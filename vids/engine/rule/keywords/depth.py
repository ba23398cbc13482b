"""depth: how far into the buffer the content before it may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.content_place import ContentPlace
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Depth(ContentPlace):
    """The content before it must end within the first N bytes; with `offset`, within N bytes from there.

    N counts from the start of the buffer or stream. It may be a variable of byte_extract or byte_math.
    """

    name: ClassVar[str] = "depth"
    syntax: ClassVar[str] = "depth:N; or depth:VARIABLE; (N at least the length of the content, up to 65535)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, depth"
    cases: ClassVar[Cases] = (
        ("2", {"before": 'content:"ab";', "packets": b"abc"}, True),
        ("2", {"before": 'content:"ab";', "packets": b"cab"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a number"),
        ("3x", "not a number"),
        ("-1", "out of bounds"),
        ("65536", "65535"),
    )

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        content.check_absolute(self.name)
        if content.has_depth():
            raise RuleError("the content before it has a depth or startswith already")
        if self.variable:
            content.depth_variable = draft.variable(self.variable)
            content.uses_variable = True
            return
        self.check_room(content)
        content.depth = self.number


register(Depth)
