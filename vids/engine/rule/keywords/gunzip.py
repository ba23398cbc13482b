"""gunzip: decompress gzip."""

from __future__ import annotations

from typing import ClassVar, Final, final

from vids.engine.rule.inflate import inflate, parse_most
from vids.engine.rule.keyword import Cases, Transform, register

WINDOW: Final = 31  # bits of the window, and the format, as zlib writes them


@final
class Gunzip(Transform):
    """Decompress gzip, up to `max-size` bytes (1024 where it is not given). What is no gzip leaves an empty buffer."""

    name: ClassVar[str] = "gunzip"
    syntax: ClassVar[str] = "gunzip[:max-size N];"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, gunzip"
    cases: ClassVar[Cases] = (
        (
            "",
            {
                "data": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03KLJN\x84!\x004*nZ\x0c\x00\x00\x00",
                "gives": b"abcabcabcabc",
            },
            True,
        ),
        (
            "max-size 5",
            {"data": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03KLJN\x84!\x004*nZ\x0c\x00\x00\x00", "gives": b"abcab"},
            True,
        ),
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
    def parse(cls, text: str) -> Gunzip:
        return cls(parse_most(text, cls.syntax))

    def apply(self, data: bytes) -> bytes:
        return inflate(data, WINDOW, self.most)


register(Gunzip)
