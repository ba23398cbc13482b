"""dotprefix: a dot before the buffer."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value


@final
class Dotprefix(Transform):
    """Put a dot before the buffer, so that `.example.com` fits the name itself and all below it."""

    name: ClassVar[str] = "dotprefix"
    syntax: ClassVar[str] = "dotprefix;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, dotprefix"
    cases: ClassVar[Cases] = (
        ("", {"data": b"a.b", "gives": b".a.b"}, True),
        ("", {"data": b"", "gives": b"."}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> Dotprefix:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return b"." + data


register(Dotprefix)
