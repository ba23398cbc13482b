"""fileext: the extension of a transferred file's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.filetest import SOURCE, add_content
from vids.engine.rule.keyword import APPLICATION, Cases, Keyword, register
from vids.engine.rule.keywords.content import Content

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Fileext(Keyword):
    """Match when the name of a transferred file ends with a dot and this, in any case; with `!`, when it does not.

    The same as `file.name; content:".EXTENSION"; nocase; endswith;`.
    """

    name: ClassVar[str] = "fileext"
    group: ClassVar[str] = APPLICATION
    syntax: ClassVar[str] = 'fileext:[!]"EXTENSION";'
    source: ClassVar[str] = f"{SOURCE}, fileext"
    cases: ClassVar[Cases] = (
        ('"exe"', {"file.name": b"/a/b.EXE"}, True),
        ('"exe"', {"file.name": b"/a/exe"}, False),
        ('"exe"', {"file.name": b"/a/b.exe.txt"}, False),
        ('!"exe"', {"file.name": b"/a/b.txt"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "quotes"), ("exe", "quotes"), ('""', "empty"))

    def __init__(self, content: Content) -> None:
        self.content = content

    @classmethod
    def parse(cls, text: str) -> Fileext:
        given = Content.parse(text)
        return cls(Content(b"." + given.pattern, given.is_negated))

    def place(self, draft: Draft) -> None:
        self.content.is_endswith = True
        add_content(draft, "file.name", self.content)


register(Fileext)
