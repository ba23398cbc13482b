"""zlib_deflate: decompress zlib."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.rule.inflate import inflate, parse_most
from vids.engine.rule.keyword import Cases, Transform, register

WINDOW: Final = 15  # bits of the window, and the format, as zlib writes them


@final
class ZlibDeflate(Transform):
    """Decompress zlib, up to `max-size` bytes (1024 where it is not given). What is no zlib leaves an empty buffer."""

    name: ClassVar[str] = "zlib_deflate"
    syntax: ClassVar[str] = "zlib_deflate[:max-size N];"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, zlib_deflate"
    cases: ClassVar[Cases] = (
        ("", {"data": b"x\xdaKLJN\x84!\x00\x1d\xe0\x04\x99", "gives": b"abcabcabcabc"}, True),
        ("max-size 5", {"data": b"x\xdaKLJN\x84!\x00\x1d\xe0\x04\x99", "gives": b"abcab"}, True),
        ("", {"data": b"no", "gives": b""}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("max-size", "max-size"),
        ("max-size 0", "16mb"),
        ("size 5", "max-size"),
    )

    def __init__(self, most: int) -> None:
        self.most = most  # bytes

    @classmethod
    def parse(cls, text: str) -> ZlibDeflate:
        return cls(parse_most(text, cls.syntax))

    def apply(self, data: bytes) -> bytes:
        return inflate(data, WINDOW, self.most)


register(ZlibDeflate)
