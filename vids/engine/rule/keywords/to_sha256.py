"""to_sha256: SHA-256."""

from __future__ import annotations

import hashlib
from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import refuse_value


@final
class ToSha256(Transform):
    """Replace the buffer by its SHA-256, 32 bytes."""

    name: ClassVar[str] = "to_sha256"
    syntax: ClassVar[str] = "to_sha256;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, to_sha256"
    cases: ClassVar[Cases] = (
        (
            "",
            {
                "data": b"abc",
                "gives": bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            },
            True,
        ),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> ToSha256:
        refuse_value(text, cls.syntax)
        return cls()

    def apply(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()


register(ToSha256)
