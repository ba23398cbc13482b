"""strip_whitespace: no white space."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value

WHITE_SPACE: Final = b" \t\n\v\f\r"


@final
class StripWhitespace(Transform):
    """Remove all white space: space, tab, line feed, vertical tab, form feed, carriage return."""

    name: ClassVar[str] = "strip_whitespace"
    syntax: ClassVar[str] = "strip_whitespace;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, strip_whitespace"
    cases: ClassVar[Cases] = (
        ("", {"data": b" a\t\nb \x0b\x0c\rc", "gives": b"abc"}, True),
        ("", {"data": b"ab", "gives": b"ab"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> StripWhitespace:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return data.translate(None, WHITE_SPACE)


register(StripWhitespace)
