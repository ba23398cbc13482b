"""requires: which engine a rule is meant for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import REGISTRY, Cases, Keyword, register
from vids.engine.rule.keywords.waiting import WAITING
from vids.engine.rule.text import short

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

LANGUAGE: Final = (8, 0, 7)  # the version of the rule language that vids speaks
FEATURES: Final[tuple[str, ...]] = ()  # optional parts of the reference engine that vids has
BOUND: Final = re.compile(r"(>=|<=|>|<)\s*(\d{1,5})(?:\.(\d{1,5}))?(?:\.(\d{1,5}))?\s*")


@final
class Requires(Keyword):
    """Skip the rule, without an error, where the engine lacks what it needs.

    `version` compares with the version of the rule language that vids speaks, 8.0.7; alternatives stand between
    bars. `keyword` asks whether vids knows a keyword. vids has none of the optional parts that `feature` names.
    """

    name: ClassVar[str] = "requires"
    syntax: ClassVar[str] = "requires:version >= 8.0 < 9 | >= 9.1, keyword NAME, feature NAME;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, requires"
    cases: ClassVar[Cases] = (
        ("version >= 8", {"packets": b"a"}, True),
        ("version >= 7 < 8 | >= 9", {"packets": b"a"}, False),
        ("keyword dsize", {"packets": b"a"}, True),
        ("feature lua", {"packets": b"a"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "version"),
        ("version 8", "version"),
        ("version >= 7, version >= 9", "twice"),
    )

    def __init__(self, missing: str) -> None:
        self.missing = missing

    @classmethod
    def parse(cls, text: str) -> Requires:
        missing = ""
        has_version = False
        for requirement in text.split(","):
            kind, _, wanted = requirement.strip().partition(" ")
            if not wanted.strip():
                raise RuleError(f"{short(requirement)} is no requirement (expected {cls.syntax})")
            if kind == "version":
                if has_version:
                    raise RuleError("version stands there twice (join both with a space, or with | for either)")
                has_version = True
                if not _is_spoken(wanted, cls.syntax):
                    missing = missing or requirement.strip()
            elif kind == "keyword":
                if wanted.strip() not in REGISTRY and wanted.strip() not in WAITING:
                    missing = missing or requirement.strip()
            elif kind != "feature" or wanted.strip() not in FEATURES:
                missing = missing or requirement.strip()
        return cls(missing)

    def unmet(self) -> str:
        """Return the first requirement that is not met, "" where all are."""
        return self.missing

    def place(self, draft: Draft) -> None:
        if self.missing and not draft.rule.skipped:
            draft.rule.skipped = self.missing


def _is_spoken(text: str, syntax: str) -> bool:
    """Return whether one of the alternatives holds for our version; all are read, so that all are checked."""
    is_spoken = False
    for alternative in text.split("|"):
        is_spoken = _holds(alternative, syntax) or is_spoken
    return is_spoken


def _holds(text: str, syntax: str) -> bool:
    holds = True
    at = 0
    bare = text.strip()
    while at < len(bare) or not bare:
        m = BOUND.match(bare, at)
        if m is None:
            raise RuleError(f"{short(bare)} is no comparison of versions (expected {syntax})")
        version = (int(m[2]), int(m[3] or 0), int(m[4] or 0))
        if m[1] == ">=":
            holds = holds and version <= LANGUAGE
        elif m[1] == ">":
            holds = holds and version < LANGUAGE
        elif m[1] == "<":
            holds = holds and version > LANGUAGE
        else:
            holds = holds and version >= LANGUAGE
        at = m.end()
    return holds


register(Requires)
