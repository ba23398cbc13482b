"""url_decode: percent signs and plus."""

from __future__ import annotations

import re
from typing import ClassVar, Final, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value

ESCAPED: Final = re.compile(rb"%([0-9a-fA-F]{2})")


@final
class UrlDecode(Transform):
    """Decode `%41` to a byte and `+` to a space; a percent sign without two digits stays."""

    name: ClassVar[str] = "url_decode"
    syntax: ClassVar[str] = "url_decode;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, url_decode"
    cases: ClassVar[Cases] = (
        ("", {"data": b"a%41+b", "gives": b"aA b"}, True),
        ("", {"data": b"%4%zz%", "gives": b"%4%zz%"}, True),
        ("", {"data": b"%25%34%31", "gives": b"%41"}, True),
        ("", {"data": b"%00", "gives": b"\x00"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> UrlDecode:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        data = data.replace(b"+", b" ")
        if b"%" not in data:
            return data
        return ESCAPED.sub(_byte, data)


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


register(UrlDecode)
