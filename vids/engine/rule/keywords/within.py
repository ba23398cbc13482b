"""within: how near to the last match the content before it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.content_place import ContentPlace
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FURTHEST: Final = 1 << 20  # bytes


@final
class Within(ContentPlace):
    """The content before it must end within N bytes after the last match; with `distance`, N bytes from there.

    Where nothing matched before, N counts from the start of the buffer. It may be a variable of byte_extract or
    byte_math.
    """

    name: ClassVar[str] = "within"
    syntax: ClassVar[str] = "within:N; or within:VARIABLE; (N at least the length of the content, up to 1048576)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, within"
    lowest: ClassVar[int] = -FURTHEST
    highest: ClassVar[int] = FURTHEST
    cases: ClassVar[Cases] = (
        ("2", {"before": 'content:"a"; content:"b";', "packets": b"acb"}, True),
        ("2", {"before": 'content:"a"; content:"b";', "packets": b"accb"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a number"),
        ("1048577", "out of bounds"),
    )

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        content.check_relative(self.name, draft)
        if content.has_within():
            raise RuleError("the content before it has a within already")
        if self.variable:
            content.within_variable = draft.variable(self.variable)
            content.uses_variable = True
        else:
            self.check_room(content)
            content.within = self.number
        content.is_relative = True


register(Within)
