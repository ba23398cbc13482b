"""tls.issuerdn: a content that looks into the issuer of a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.tls import GUIDE

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

BUFFER: Final = "tls.cert_issuer"


@final
class TlsIssuerdn(Keyword):
    """Match text in `tls.cert_issuer`, whatever the sticky buffer is: the old spelling of a content there."""

    name: ClassVar[str] = "tls.issuerdn"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = 'tls.issuerdn:[!]"text";'
    source: ClassVar[str] = f"{GUIDE}, tls.issuerdn"
    cases: ClassVar[Cases] = (
        ('"CN=Example CA"', {"tls.cert_issuer": b"C=US, CN=Example CA"}, True),
        ('"CN=Other"', {"tls.cert_issuer": b"C=US, CN=Example CA"}, False),
        ('!"CN=Other"', {"tls.cert_issuer": b"C=US, CN=Example CA"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (('""', "empty"), ("abc", "quotes"))

    def __init__(self, content: Content) -> None:
        self.content = content

    @classmethod
    def parse(cls, text: str) -> TlsIssuerdn:
        return cls(Content.parse(text))

    def place(self, draft: Draft) -> None:
        draft.inspection_of(BUFFER).checks.append(self.content)
        draft.last = self.content
        draft.last_buffer = BUFFER


register(TlsIssuerdn)
