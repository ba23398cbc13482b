"""tld: a part of a name, by the list of public suffixes."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.suffix import SuffixTransform, tld


@final
class Tld(SuffixTransform):
    """Replace a name by its public suffix (co.uk).

    What is no name, or nothing but a suffix, stays as it is. Without the list of public suffixes (the package
    publicsuffixlist) the rule waits.
    """

    name: ClassVar[str] = "tld"
    syntax: ClassVar[str] = "tld;"
    source: ClassVar[str] = "Suricata user guide, rules, transformations, tld"
    cases: ClassVar[Cases] = (
        ("", {"data": b"www.bbc.co.uk", "gives": b"co.uk"}, True),
        ("", {"data": b"no name", "gives": b"no name"}, True),
    )

    def apply(self, data: bytes) -> bytes:
        return data if self.suffixes is None else tld(data, self.suffixes)


register(Tld)
