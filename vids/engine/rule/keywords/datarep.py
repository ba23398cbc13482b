"""datarep: the reputation that a list gives the buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.cursor import Cursor
from vids.engine.rule.dataset import KINDS, DataSet
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PayloadCheck, register
from vids.engine.rule.keywords.dataset import declared, words_of
from vids.engine.rule.text import short, whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

OPERATORS: Final = ("<", ">", "<=", ">=", "=", "==", "!=")
WORDS: Final = ("type", "load", "memcap", "hashsize")
LARGEST: Final = 65535


@final
class Datarep(PayloadCheck):
    """Match the reputation that a list gives the sticky buffer, as it is after its transforms.

    The list is a file beside the rules, a value and its reputation a line. A buffer without any does not match.
    """

    name: ClassVar[str] = "datarep"
    syntax: ClassVar[str] = (
        "datarep:NAME,<|>|<=|>=|==|!=,N[,type string|md5|sha256|ipv4|ip][,load FILE][,memcap SIZE][,hashsize N];"
    )
    source: ClassVar[str] = "Suricata user guide, rules, datasets, datarep"
    cases: ClassVar[Cases] = (
        ("rated,>,80", {"before": "ip.src;", "packets": b"a"}, True),
        ("rated,>,90", {"before": "ip.src;", "packets": b"a"}, False),
        ("rated,>,80", {"before": "ip.dst;", "packets": b"a"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("a,~,1", "~"),
        ("a,>,x", "whole number"),
        ("a,>,1,state b", "state"),
        ("a,>,1,type ip,load x", "sticky buffer"),
    )

    def __init__(self, set_name: str, test: IntegerTest, words: dict[str, str]) -> None:
        self.set_name = set_name
        self.test = test
        self.words = words
        self.values = DataSet(set_name, words.get("type", KINDS[0]))

    @classmethod
    def parse(cls, text: str) -> Datarep:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) < 3 or not parts[0]:
            raise RuleError(f"{short(text)} names no list and comparison (expected {cls.syntax})")
        if parts[1] not in OPERATORS:
            raise RuleError(f"{short(parts[1])} does not compare (expected {cls.syntax})")
        value = whole_number(parts[2], 0, LARGEST, cls.syntax)
        operator = "=" if parts[1] == "==" else parts[1]
        test = IntegerTest.parse(f"{operator}{value}", LARGEST, cls.syntax)
        return cls(parts[0], test, words_of(parts[3:], WORDS, cls.syntax))

    def place(self, draft: Draft) -> None:
        if not draft.buffer:
            raise RuleError("looks up a sticky buffer: none stands before it (dns.query; datarep:...;)")
        self.values = declared(draft, self.set_name, self.words)
        self.values.has_reputation = True
        draft.inspection().checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        cursor.begin = base
        cursor.end = base
        reputation = self.values.reputation(cursor.data)
        return reputation >= 0 and self.test.holds(reputation)


register(Datarep)
