"""tls.fingerprint: a content that looks into the fingerprint of a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.keyword import PAYLOAD, Cases, Keyword, register
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.tls import GUIDE

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

BUFFER: Final = "tls.cert_fingerprint"


@final
class TlsFingerprint(Keyword):
    """Match text in `tls.cert_fingerprint`, whatever the sticky buffer is: the old spelling of a content there."""

    name: ClassVar[str] = "tls.fingerprint"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = 'tls.fingerprint:[!]"text";'
    source: ClassVar[str] = f"{GUIDE}, tls.fingerprint"
    cases: ClassVar[Cases] = (
        (
            '"43:bc:f8:3f"',
            {"tls.cert_fingerprint": b"43:bc:f8:3f:a2:21:5d:ae:85:88:69:a0:38:e7:b6:fe:a3:54:de:45"},
            True,
        ),
        (
            '"43:bc:f8:40"',
            {"tls.cert_fingerprint": b"43:bc:f8:3f:a2:21:5d:ae:85:88:69:a0:38:e7:b6:fe:a3:54:de:45"},
            False,
        ),
        (
            '!"43:bc:f8:40"',
            {"tls.cert_fingerprint": b"43:bc:f8:3f:a2:21:5d:ae:85:88:69:a0:38:e7:b6:fe:a3:54:de:45"},
            True,
        ),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (('""', "empty"), ("abc", "quotes"))

    def __init__(self, content: Content) -> None:
        self.content = content

    @classmethod
    def parse(cls, text: str) -> TlsFingerprint:
        return cls(Content.parse(text))

    def place(self, draft: Draft) -> None:
        draft.inspection_of(BUFFER).checks.append(self.content)
        draft.last = self.content
        draft.last_buffer = BUFFER


register(TlsFingerprint)
