"""from_base64: decode base64."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.rule.base64 import decode_rfc2045, decode_rfc4648, decode_strict
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.text import short, whole_number

MODES: Final = ("rfc4648", "rfc2045", "strict")
LARGEST: Final = 65535  # bytes and offset


@final
class FromBase64(Transform):
    """Decode base64: `bytes` of the buffer, from `offset` on.

    Mode `rfc4648` takes the letters up to the first byte that is none, `rfc2045` all letters, whatever is between
    them, and `strict` nothing but wholly valid base64. Where nothing can be decoded, the buffer stays as it is.
    """

    name: ClassVar[str] = "from_base64"
    syntax: ClassVar[str] = "from_base64[:[bytes N][, offset N][, mode rfc4648|rfc2045|strict]];"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, from_base64"
    cases: ClassVar[Cases] = (
        ("", {"data": b"YWJj", "gives": b"abc"}, True),
        ("", {"data": b"YWJj!YWJj", "gives": b"abc"}, True),
        ("mode rfc2045", {"data": b"YW Jj", "gives": b"abc"}, True),
        ("mode strict", {"data": b"YW Jj", "gives": b"YW Jj"}, True),
        ("bytes 4, offset 2", {"data": b"xxYWJjYWJj", "gives": b"abc"}, True),
        ("", {"data": b"YWI", "gives": b"ab"}, True),
        ("mode strict", {"data": b"YWI=", "gives": b"ab"}, True),
        ("", {"data": b"!", "gives": b"!"}, True),
        ("offset 5", {"data": b"YWJj", "gives": b"YWJj"}, True),
        ("bytes 5", {"data": b"YWJj", "gives": b"YWJj"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("mode x", "rfc4648"),
        ("bytes x", "whole number"),
        ("offset 70000", "65535"),
        ("size 3", "size"),
        ("bytes 1, bytes 2", "twice"),
    )

    def __init__(self, length: int, offset: int, mode: str) -> None:
        self.length = length  # bytes to decode; 0 is all
        self.offset = offset
        self.mode = mode

    @classmethod
    def parse(cls, text: str) -> FromBase64:
        values: dict[str, str] = {}
        for part in text.split(",") if text else []:
            name, _, value = part.strip().partition(" ")
            if name not in ("bytes", "offset", "mode"):
                raise RuleError(f"unknown option {short(name)} (expected {cls.syntax})")
            if name in values:
                raise RuleError(f"names {name} twice")
            values[name] = value.strip()
        mode = values.get("mode", MODES[0]).lower()
        if mode not in MODES:
            raise RuleError(f"mode {short(mode)} is none of {', '.join(MODES)}")
        length = whole_number(values.get("bytes", "0"), 0, LARGEST, cls.syntax)
        return cls(length, whole_number(values.get("offset", "0"), 0, LARGEST, cls.syntax), mode)

    def apply(self, data: bytes) -> bytes:
        if self.offset > len(data) or self.offset + self.length > len(data):
            return data
        end = self.offset + self.length if self.length else len(data)
        part = data[self.offset : end]
        if self.mode == "strict":
            found = decode_strict(part)
        elif self.mode == "rfc2045":
            found = decode_rfc2045(part)
        else:
            found = decode_rfc4648(part)
        return found or data


register(FromBase64)
