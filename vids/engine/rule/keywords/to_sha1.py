"""to_sha1: SHA-1."""

from __future__ import annotations

import hashlib
from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value


@final
class ToSha1(Transform):
    """Replace the buffer by its SHA-1, 20 bytes."""

    name: ClassVar[str] = "to_sha1"
    syntax: ClassVar[str] = "to_sha1;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, to_sha1"
    cases: ClassVar[Cases] = (
        ("", {"data": b"abc", "gives": b"\xa9\x99>6G\x06\x81j\xba>%qxP\xc2l\x9c\xd0\xd8\x9d"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> ToSha1:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return hashlib.sha1(data, usedforsecurity=False).digest()


register(ToSha1)
