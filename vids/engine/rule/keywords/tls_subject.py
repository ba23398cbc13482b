"""tls.subject: a content that looks into the subject of a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.tls import GUIDE

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

BUFFER: Final = "tls.cert_subject"


@final
class TlsSubject(Keyword):
    """Match text in `tls.cert_subject`, whatever the sticky buffer is: the old spelling of a content there."""

    name: ClassVar[str] = "tls.subject"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = 'tls.subject:[!]"text";'
    source: ClassVar[str] = f"{GUIDE}, tls.subject"
    cases: ClassVar[Cases] = (
        ('"CN=www.example.org"', {"tls.cert_subject": b"C=US, O=Example, CN=www.example.org"}, True),
        ('"O=Other"', {"tls.cert_subject": b"C=US, O=Example, CN=www.example.org"}, False),
        ('!"O=Other"', {"tls.cert_subject": b"C=US, O=Example, CN=www.example.org"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (('""', "empty"), ("abc", "quotes"))

    def __init__(self, content: Content) -> None:
        self.content = content

    @classmethod
    def parse(cls, text: str) -> TlsSubject:
        return cls(Content.parse(text))

    def place(self, draft: Draft) -> None:
        draft.inspection_of(BUFFER).checks.append(self.content)
        draft.last = self.content
        draft.last_buffer = BUFFER


register(TlsSubject)
