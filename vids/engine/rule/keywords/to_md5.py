"""to_md5: MD5."""

from __future__ import annotations

import hashlib
from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value


@final
class ToMd5(Transform):
    """Replace the buffer by its MD5, 16 bytes."""

    name: ClassVar[str] = "to_md5"
    syntax: ClassVar[str] = "to_md5;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, to_md5"
    cases: ClassVar[Cases] = (
        ("", {"data": b"", "gives": b"\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\t\x98\xec\xf8B~"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> ToMd5:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return hashlib.md5(data, usedforsecurity=False).digest()


register(ToMd5)
