"""xor: exclusive or with a key."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import unquote

MAX_KEY: Final = 255  # bytes


@final
class Xor(Transform):
    """Combine the buffer with a key by exclusive or; the key begins anew when it is used up."""

    name: ClassVar[str] = "xor"
    syntax: ClassVar[str] = 'xor:"HEX";'
    source: ClassVar[str] = "Suricata user guide, rules, transformations, xor"
    cases: ClassVar[Cases] = (
        ('"01"', {"data": b"abc", "gives": b"`cb"}, True),
        ('"0102"', {"data": b"abcd", "gives": b"``bf"}, True),
        ('"ff"', {"data": b"", "gives": b""}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("0d", "quotes"),
        ('"0"', "hexadecimal"),
        ('"xy"', "hexadecimal"),
        ('""', "hexadecimal"),
    )

    def __init__(self, key: bytes) -> None:
        self.key = key

    @classmethod
    def parse(cls, text: str) -> Xor:
        digits = unquote(text, cls.syntax)
        try:
            key = bytes.fromhex(digits)
        except ValueError:
            key = b""
        if not 0 < len(key) <= MAX_KEY:
            raise RuleError(f"the key must be 1 to {MAX_KEY} bytes in hexadecimal ({cls.syntax})")
        return cls(key)

    def apply(self, data: bytes) -> bytes:
        key = self.key * (len(data) // len(self.key) + 1)
        n = len(data)
        return (int.from_bytes(data, "big") ^ int.from_bytes(key[:n], "big")).to_bytes(n, "big")


register(Xor)
