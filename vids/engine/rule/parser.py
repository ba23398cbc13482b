"""A rule's text -> Rule, or everything that is wrong with it."""

from __future__ import annotations

from typing import Final, final

from vids.engine.rule.application import APPLICATION
from vids.engine.rule.classification import DEFAULT_PRIORITY, Classtype
from vids.engine.rule.draft import Draft
from vids.engine.rule.error import RuleError
from vids.engine.rule.header import HeaderParser
from vids.engine.rule.keyword import META
from vids.engine.rule.keywords.requires import Requires
from vids.engine.rule.language import REGISTRY, WAITING
from vids.engine.rule.names import StateNames
from vids.engine.rule.protocol import settle
from vids.engine.rule.resource import Resources
from vids.engine.rule.rule import Option, Rule
from vids.engine.rule.text import check_quotes, nearest, short, split_rule

MAX_TEXT: Final = 262_144  # characters of one rule: the longest in public rulesets has 3,055


@final
class RuleParser:
    """Reads rules against one set of variables and tables.

    `address_groups` and `port_groups` are vars.address-groups and vars.port-groups: name -> expression.
    """

    def __init__(
        self,
        address_groups: dict[str, str],
        port_groups: dict[str, str],
        classtypes: dict[str, Classtype],
        references: dict[str, str],
        resources: Resources | None = None,
    ) -> None:
        self.header = HeaderParser(address_groups, port_groups)
        self.classtypes = classtypes
        self.references = references
        self.names = StateNames()
        self.resources = Resources() if resources is None else resources
        self.problems: list[RuleError] = []  # of the last rule, by column
        self.warnings: list[RuleError] = []  # of the last rule: odd, but it works

    def parse(self, text: str, path: str = "", line: int = 0) -> Rule:
        """Return the rule. Raises its first RuleError; `problems` holds them all."""
        rule = self.read(text, path, line)
        if self.problems:
            raise self.problems[0]
        return rule

    def read(self, text: str, path: str = "", line: int = 0) -> Rule:
        """Return what can be read of the rule; it is usable when `problems` is empty."""
        rule = Rule()
        rule.path = path
        rule.line = line
        rule.text = text.strip()
        draft = Draft(rule)
        draft.names = self.names
        draft.resources = self.resources
        self.problems = []
        self.warnings = draft.warnings
        if len(text) > MAX_TEXT:
            self.problems.append(RuleError(f"the rule has {len(text)} characters (at most {MAX_TEXT})", "", 1))
            return rule
        parts = split_rule(text)
        self.problems += parts.problems
        self.problems += self.header.parse(parts.fields, rule)
        rule.options = parts.options
        if "requires" in text:
            self._requirements(rule)
        for option in parts.options:
            self._option(option, draft)
        self._finish(draft)
        self.problems.sort(key=_column)
        return rule

    def _requirements(self, rule: Rule) -> None:
        """Find out first whether the rule is meant for this engine: if not, its other options may be unknown."""
        for option in rule.options:
            if option.name.lower() == Requires.name:
                try:
                    rule.skipped = rule.skipped or Requires.parse(option.value).unmet()
                except RuleError:
                    return  # reported when its turn comes

    def _option(self, option: Option, draft: Draft) -> None:
        try:
            self._apply(option, draft)
        except RuleError as error:
            error.keyword = option.name
            error.column = option.column
            self.problems.append(error)

    def _apply(self, option: Option, draft: Draft) -> None:
        name = option.name
        keyword = REGISTRY.get(name) or REGISTRY.get(name.lower())
        if draft.rule.skipped and (keyword is None or keyword.group != META):
            return
        if keyword is not None:
            check_quotes(option)
            draft.begin(keyword.name, keyword.group, option.column, option.value)
            keyword.parse(option.value).place(draft)
            draft.review()
            return
        pending = APPLICATION.get(name.lower()) or WAITING.get(name) or WAITING.get(name.lower())
        if pending is None:
            known = [*REGISTRY, *APPLICATION, *WAITING]
            remedy = nearest(name, known) or " (`vids keywords` lists those that there are)"
            raise RuleError(f"{short(name)} is not a keyword{remedy}")
        check_quotes(option)
        draft.begin(pending.name, pending.group, option.column, option.value)
        pending.place(option.value, draft)
        draft.review()

    def _finish(self, draft: Draft) -> None:
        """Check the rule as a whole."""
        rule = draft.rule
        if not rule.sid and not any(error.keyword.lower() == "sid" for error in self.problems):
            end = max(len(rule.text), 1)
            self.problems.append(RuleError("the rule has no sid (add sid:N;, unique in its gid)", "sid", end))
        if rule.skipped:
            return
        try:
            settle(rule)
        except RuleError as error:
            self.problems.append(error)
        self.problems += draft.leftovers()
        self._classify(draft)
        for system, _ in rule.references:
            if system not in self.references:
                self._warn(draft, "reference", f"reference system {short(system)} is not in reference.config")

    def _classify(self, draft: Draft) -> None:
        rule = draft.rule
        if not rule.classtype:
            return
        found = self.classtypes.get(rule.classtype.lower())
        if found is None:
            self._warn(
                draft, "classtype",
                f"classtype {short(rule.classtype)} is not in classification.config: priority {DEFAULT_PRIORITY}",
            )  # fmt: skip
            return
        rule.category = found.category
        if not draft.has_priority:
            rule.priority = found.priority

    def _warn(self, draft: Draft, name: str, message: str) -> None:
        column = 1
        for option in draft.rule.options:
            if option.name.lower() == name:
                column = option.column
        draft.warnings.append(RuleError(message, name, column))


def _column(error: RuleError) -> int:
    return error.column
