"""distance: how far behind the last match the content before it may begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.content_place import ContentPlace
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FURTHEST: Final = 1 << 20  # bytes, either way


@final
class Distance(ContentPlace):
    """The content before it must begin at least N bytes after the end of the last match; N may be negative.

    Where nothing matched before, N counts from the start of the buffer. It may be a variable of byte_extract or
    byte_math.
    """

    name: ClassVar[str] = "distance"
    syntax: ClassVar[str] = "distance:N; or distance:VARIABLE; (N from -1048576 to 1048576)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, distance"
    lowest: ClassVar[int] = -FURTHEST
    highest: ClassVar[int] = FURTHEST
    cases: ClassVar[Cases] = (
        ("1", {"before": 'content:"a"; content:"b";', "packets": b"acb"}, True),
        ("1", {"before": 'content:"a"; content:"b";', "packets": b"ab"}, False),
        ("-1", {"before": 'content:"ab"; content:"ba";', "packets": b"aba"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a number"),
        ("-", "not a number"),
        ("1048577", "out of bounds"),
        ("-1048577", "out of bounds"),
    )

    def place(self, draft: Draft) -> None:
        content = draft.last_content(self.name)
        content.check_relative(self.name, draft)
        if content.has_distance():
            raise RuleError("the content before it has a distance already")
        if self.variable:
            content.distance_variable = draft.variable(self.variable)
            content.uses_variable = True
        else:
            content.distance = self.number
        content.is_relative = True


register(Distance)
