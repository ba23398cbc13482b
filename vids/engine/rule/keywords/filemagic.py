"""filemagic: the kind of a transferred file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.filetest import SOURCE, add_content, need_magic
from vids.engine.rule.keyword import APPLICATION, Cases, Keyword, register
from vids.engine.rule.keywords.content import Content

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Filemagic(Keyword):
    """Match when libmagic describes a transferred file with these words, in any case; with `!`, when it does not.

    The same as `file.magic; content:"TEXT"; nocase;`. What a file is like is told by its beginning alone. The rule
    waits where libmagic is not installed.
    """

    name: ClassVar[str] = "filemagic"
    group: ClassVar[str] = APPLICATION
    syntax: ClassVar[str] = 'filemagic:[!]"TEXT";'
    source: ClassVar[str] = f"{SOURCE}, file.magic"
    cases: ClassVar[Cases] = (
        ('"pe32 executable"', {"file.magic": b"PE32 executable (GUI) Intel 80386, for MS Windows"}, True),
        ('"PE32 executable"', {"file.magic": b"HTML document, ASCII text"}, False),
        ('!"PE32 executable"', {"file.magic": b"HTML document, ASCII text"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "quotes"), ("PE32", "quotes"), ('""', "empty"))

    def __init__(self, content: Content) -> None:
        self.content = content

    @classmethod
    def parse(cls, text: str) -> Filemagic:
        return cls(Content.parse(text))

    def place(self, draft: Draft) -> None:
        need_magic(draft)
        add_content(draft, "file.magic", self.content)


register(Filemagic)
