"""pcrexform: what a group of an expression matches."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, Transform, register
from vids.engine.rule.regex import Regex
from vids.engine.rule.text import unquote


@final
class Pcrexform(Transform):
    """Replace the buffer by what the one group of an expression matches; without a match it stays as it is."""

    name: ClassVar[str] = "pcrexform"
    syntax: ClassVar[str] = 'pcrexform:"EXPRESSION"; (with one group)'
    source: ClassVar[str] = "Suricata user guide, rules, transformations, pcrexform"
    cases: ClassVar[Cases] = (
        ('"id=(\\d+)"', {"data": b"id=42&", "gives": b"42"}, True),
        ('"id=(\\d+)"', {"data": b"x", "gives": b"x"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("a(b)", "quotes"),
        ('"ab"', "one group"),
        ('"(a)(b)"', "one group"),
        ('"(a"', "does not compile"),
    )

    def __init__(self, regex: Regex) -> None:
        self.regex = regex

    @classmethod
    def parse(cls, text: str) -> Pcrexform:
        unquote(text, cls.syntax)
        regex = Regex(text[1:-1].encode("utf-8", "surrogateescape"), 0, False)
        if regex.n_groups() != 1:
            raise RuleError(f"the expression needs one group, and has {regex.n_groups()} ({cls.syntax})")
        return cls(regex)

    def apply(self, data: bytes) -> bytes:
        found = self.regex.group(data)
        return data if found is None else found


register(Pcrexform)
