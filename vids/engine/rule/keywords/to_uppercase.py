"""to_uppercase: upper case."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value


@final
class ToUppercase(Transform):
    """Turn ASCII letters into upper case."""

    name: ClassVar[str] = "to_uppercase"
    syntax: ClassVar[str] = "to_uppercase;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, to_uppercase"
    cases: ClassVar[Cases] = (("", {"data": b"aB\xe4", "gives": b"AB\xe4"}, True),)
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> ToUppercase:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return data.upper()


register(ToUppercase)
