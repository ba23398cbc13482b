"""compress_whitespace: one white space of many."""

from __future__ import annotations

import re
from typing import ClassVar, Final, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value

WHITE_SPACE: Final = re.compile(rb"([ \t\n\v\f\r])[ \t\n\v\f\r]+")


@final
class CompressWhitespace(Transform):
    """Leave the first of every run of white space, whichever it is."""

    name: ClassVar[str] = "compress_whitespace"
    syntax: ClassVar[str] = "compress_whitespace;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, compress_whitespace"
    cases: ClassVar[Cases] = (
        ("", {"data": b"a \t b  ", "gives": b"a b "}, True),
        ("", {"data": b"\t\ta", "gives": b"\ta"}, True),
        ("", {"data": b"ab", "gives": b"ab"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> CompressWhitespace:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return WHITE_SPACE.sub(rb"\1", data)


register(CompressWhitespace)
