"""uricontent: a content that looks into the URI of an HTTP request."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.keyword import PAYLOAD, Keyword, register
from vids.engine.rule.keywords.content import Content

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

BUFFER: Final = "http.uri"


@final
class UriContent(Keyword):
    """Match bytes in `http.uri`, whatever the sticky buffer is: the old spelling of a content there.

    It takes the modifiers of `content`.
    """

    name: ClassVar[str] = "uricontent"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = 'uricontent:[!]"bytes or |hex|";'
    source: ClassVar[str] = "Suricata user guide, rules, http keywords, uricontent"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (('""', "empty"), ("abc", "quotes"))

    def __init__(self, content: Content) -> None:
        self.content = content

    @classmethod
    def parse(cls, text: str) -> UriContent:
        return cls(Content.parse(text))

    def place(self, draft: Draft) -> None:
        draft.inspection_of(BUFFER).checks.append(self.content)
        draft.last = self.content
        draft.last_buffer = BUFFER


register(UriContent)
