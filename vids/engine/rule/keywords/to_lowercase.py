"""to_lowercase: lower case."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value


@final
class ToLowercase(Transform):
    """Turn ASCII letters into lower case."""

    name: ClassVar[str] = "to_lowercase"
    syntax: ClassVar[str] = "to_lowercase;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, to_lowercase"
    cases: ClassVar[Cases] = (("", {"data": b"aB\xc4", "gives": b"ab\xc4"}, True),)
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> ToLowercase:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return data.lower()


register(ToLowercase)
