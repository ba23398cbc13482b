"""filename: the name of a transferred file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.filetest import SOURCE, add_content
from vids.engine.rule.keyword import APPLICATION, Cases, Keyword, register
from vids.engine.rule.keywords.content import Content

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Filename(Keyword):
    """Match when the name of a transferred file has this in it, in any case; with `!`, when it has not.

    The same as `file.name; content:"NAME"; nocase;`.
    """

    name: ClassVar[str] = "filename"
    group: ClassVar[str] = APPLICATION
    syntax: ClassVar[str] = 'filename:[!]"NAME";'
    source: ClassVar[str] = f"{SOURCE}, file.name"
    cases: ClassVar[Cases] = (
        ('"Secret"', {"file.name": b"/a/secret.doc"}, True),
        ('"secret"', {"file.name": b"/a/public.doc"}, False),
        ('!"secret"', {"file.name": b"/a/public.doc"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "quotes"), ("secret", "quotes"), ('""', "empty"))

    def __init__(self, content: Content) -> None:
        self.content = content

    @classmethod
    def parse(cls, text: str) -> Filename:
        return cls(Content.parse(text))

    def place(self, draft: Draft) -> None:
        add_content(draft, "file.name", self.content)


register(Filename)
