"""strip_pseudo_headers: no HTTP/2 pseudo headers."""

from __future__ import annotations

import re
from typing import ClassVar, Final, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value

PSEUDO: Final = re.compile(rb"^:[^\n]*(?:\n|\Z)", re.MULTILINE)


@final
class StripPseudoHeaders(Transform):
    """Remove the lines that begin with a colon, as HTTP/2 writes method, path and status."""

    name: ClassVar[str] = "strip_pseudo_headers"
    syntax: ClassVar[str] = "strip_pseudo_headers;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, strip_pseudo_headers"
    cases: ClassVar[Cases] = (
        ("", {"data": b":a: b\r\nC: D\r\n", "gives": b"C: D\r\n"}, True),
        ("", {"data": b"\r\n:method\r\nhost\r\n\r\n", "gives": b"\r\nhost\r\n\r\n"}, True),
        ("", {"data": b"a:b", "gives": b"a:b"}, True),
        ("", {"data": b"x\n:y", "gives": b"x\n"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> StripPseudoHeaders:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return PSEUDO.sub(b"", data)


register(StripPseudoHeaders)
