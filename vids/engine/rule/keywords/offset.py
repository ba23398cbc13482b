"""offset: where the search for the content before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.content_place import ContentPlace
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Offset(ContentPlace):
    """The content before it must not begin before byte N.

    N counts from the start of the buffer or stream, the first byte is 0. It may be a variable of byte_extract or
    byte_math. `depth` counts from here, whichever of the two stands first.
    """

    name: ClassVar[str] = "offset"
    syntax: ClassVar[str] = "offset:N; or offset:VARIABLE; (N up to 65535)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, offset"
    cases: ClassVar[Cases] = (
        ("1", {"before": 'content:"ab";', "packets": b"cab"}, True),
        ("1", {"before": 'content:"ab";', "packets": b"abc"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a number"),
        ("-1", "out of bounds"),
        ("65536", "65535"),
    )

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        content.check_absolute(self.name)
        if content.is_startswith:
            raise RuleError("the content before it has startswith: it begins at 0")
        if content.has_offset():
            raise RuleError("the content before it has an offset already")
        if self.variable:
            content.offset_variable = draft.variable(self.variable)
            content.uses_variable = True
        else:
            content.offset = self.number


register(Offset)
