"""header_lowercase: header names in lower case."""

from __future__ import annotations

import re
from typing import ClassVar, Final, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value

NAME: Final = re.compile(rb"^[^:\n]+", re.MULTILINE)


@final
class HeaderLowercase(Transform):
    """Turn the names of headers into lower case: what stands before the first colon of each line."""

    name: ClassVar[str] = "header_lowercase"
    syntax: ClassVar[str] = "header_lowercase;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, header_lowercase"
    cases: ClassVar[Cases] = (
        ("", {"data": b"Host: A\r\nX-Y:Z\r\n", "gives": b"host: A\r\nx-y:Z\r\n"}, True),
        ("", {"data": b"A: B:C\nD", "gives": b"a: B:C\nd"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> HeaderLowercase:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return NAME.sub(_lower, data)


def _lower(found: re.Match[bytes]) -> bytes:
    return found[0].lower()


register(HeaderLowercase)
