"""domain: a part of a name, by the list of public suffixes."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.suffix import SuffixTransform, domain


@final
class Domain(SuffixTransform):
    """Replace a name by its registered domain: the public suffix and one label more (bbc.co.uk).

    What is no name, or nothing but a suffix, stays as it is. Without the list of public suffixes (the package
    publicsuffixlist) the rule waits.
    """

    name: ClassVar[str] = "domain"
    syntax: ClassVar[str] = "domain;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, domain"
    cases: ClassVar[Cases] = (
        ("", {"data": b"www.bbc.co.uk", "gives": b"bbc.co.uk"}, True),
        ("", {"data": b"co.uk", "gives": b"co.uk"}, True),
        ("", {"data": b"no name", "gives": b"no name"}, True),
    )

    def apply(self, data: bytes) -> bytes:
        return data if self.suffixes is None else domain(data, self.suffixes)


register(Domain)
