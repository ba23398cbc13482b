"""iprep: the reputation of an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.address_check import AddressCheck
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import STATE, Cases, register
from vids.engine.rule.reputation import MOST, Reputations
from vids.engine.rule.text import short, whole_number

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SIDES: Final = ("any", "src", "dst", "both")
OPERATORS: Final = ("<", ">", "<=", ">=", "=")
PRESENCES: Final = ("isset", "isnotset")
WITHOUT: Final = "iprep (no reputation-files)"


@final
class Iprep(AddressCheck):
    """Match the score that reputation files give the source, the destination, any of them or both, in a category.

    `isset` and `isnotset` ask whether there is a score. Without reputation files the rule waits.
    """

    name: ClassVar[str] = "iprep"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "iprep:any|src|dst|both,CATEGORY,<|>|<=|>=|=,N; or iprep:SIDE,CATEGORY,isset|isnotset;"
    source: ClassVar[str] = "Suricata user guide, rules, ip reputation keyword"
    cases: ClassVar[Cases] = (
        ("src,CnC,>,50", {"packets": b"a"}, True),
        ("src,CnC,>,90", {"packets": b"a"}, False),
        ("dst,CnC,isset", {"packets": b"a"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("all,CnC,>,1", "all"),
        ("src,CnC,>", "expected"),
        ("src,CnC,!,3", "'!'"),
        ("src,CnC,>,128", "127"),
    )

    def __init__(self, side: str, category: str, test: IntegerTest | None, is_set: bool) -> None:
        super().__init__(side)
        self.category = category
        self.test = test  # None asks for presence alone
        self.is_set = is_set
        self.number = -1
        self.reputations: Reputations | None = None

    @classmethod
    def parse(cls, text: str) -> Iprep:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) == 3 and parts[2] in PRESENCES:
            test = None
        elif len(parts) == 4:
            if parts[2] not in OPERATORS:
                raise RuleError(f"{short(parts[2])} does not compare (expected {cls.syntax})")
            score = whole_number(parts[3], 0, MOST, cls.syntax)
            test = IntegerTest.parse(f"{parts[2]}{score}", MOST, cls.syntax)
        else:
            raise RuleError(f"{short(text)} is no question about a reputation (expected {cls.syntax})")
        if parts[0] not in SIDES:
            raise RuleError(f"{short(parts[0])} is no side (expected {cls.syntax})")
        return cls(parts[0], parts[1], test, parts[2] != PRESENCES[1])

    def place(self, draft: Draft) -> None:
        reputations = draft.resources.reputations
        if reputations is None:
            draft.rule.waiting.append(WITHOUT)
        elif self.category not in reputations.categories:
            raise RuleError(f"category {short(self.category)} is not in reputation-categories-file")
        else:
            self.number = reputations.categories[self.category]
        self.reputations = reputations
        draft.rule.checks.append(self)

    def holds(self, address: bytes) -> bool:
        if self.reputations is None:
            return False
        score = self.reputations.score(address, self.number)
        if self.test is None:
            return (score >= 0) == self.is_set
        return score >= 0 and self.test.holds(score)


register(Iprep)
