"""Rules files' texts -> the rules to match, those that wait, and every problem by its place."""

from __future__ import annotations

from typing import Final, final

from vids.engine.rule.capture import FOR_PACKET, Capture, VariableCheck
from vids.engine.rule.classification import Classtype
from vids.engine.rule.dataset import DataSet
from vids.engine.rule.error import RuleError
from vids.engine.rule.hashlist import HASHES
from vids.engine.rule.keywords.flowbits import FlowbitsChange, FlowbitsTest
from vids.engine.rule.keywords.flowint import FlowintChange, FlowintTest
from vids.engine.rule.keywords.xbits import PAIR, HostBitChange, HostBitTest
from vids.engine.rule.names import StateNames
from vids.engine.rule.parser import RuleParser
from vids.engine.rule.resource import Resources
from vids.engine.rule.rule import Rule
from vids.engine.rule.text import RuleText, rule_texts
from vids.engine.rule.threshold_file import parse_directive

ERROR: Final = "error"
WARNING: Final = "warning"

ACTION_ORDER: Final = {"pass": 0, "drop": 1, "reject": 2, "rejectsrc": 2, "rejectdst": 2, "rejectboth": 2}
LAST_ACTION: Final = 3  # alert, config
KINDS: Final = 6  # of state: flowbits, flowints, bits of pairs, bits of hosts, variables of flows, and of packets
MAX_CHAIN: Final = 16  # a sets, b asks and sets, c asks ...: longer chains take a packet more


@final
class Problem:
    """One thing wrong with one rule. An error leaves the rule out; a warning does not."""

    def __init__(self, path: str, line: int, column: int, keyword: str, message: str, severity: str = ERROR) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.keyword = keyword
        self.message = message
        self.severity = severity

    def __str__(self) -> str:
        """Return `file:line:column: keyword: what is wrong (what would be right)`."""
        name = f"{self.keyword}: " if self.keyword else ""
        return f"{self.path}:{self.line}:{self.column}: {name}{self.message}"


@final
class RuleSet:
    """All rules of some files. Add files, then call `order`; a bad rule takes no other down."""

    def __init__(
        self,
        address_groups: dict[str, str],
        port_groups: dict[str, str],
        classtypes: dict[str, Classtype],
        references: dict[str, str],
        resources: Resources | None = None,
    ) -> None:
        self.resources = Resources() if resources is None else resources  # what rules refer to
        self._parser = RuleParser(address_groups, port_groups, classtypes, references, self.resources)
        self.reference_systems = references  # system -> URL prefix
        self.names: StateNames = self._parser.names  # of what the rules remember
        self.rules: list[Rule] = []  # that can match; by number once `order` was called
        self.waiting: list[Rule] = []  # with a keyword, protocol or action that does not work yet
        self.unmet: list[Rule] = []  # meant for another engine (requires)
        self.failed = 0  # rules left out because of an error
        self.problems: list[Problem] = []
        self._by_id: dict[tuple[int, int], Rule] = {}  # (gid, sid)
        self._unknown: set[str] = set()  # classtypes and reference systems that were warned of

    def add(self, path: str, text: str) -> None:
        """Read the rules of one file."""
        for rule_text in rule_texts(text):
            self._add(path, rule_text)

    def asks_for(self, *buffers: str) -> bool:
        """Return whether a rule looks into one of these sticky buffers."""
        return any(inspection.buffer in buffers for rule in self.rules for inspection in rule.inspections)

    def limit(self, path: str, text: str) -> None:
        """Apply the thresholds and suppressions of one file to the rules read so far; a bad line is left out."""
        rules = self.rules + self.waiting
        for line in rule_texts(text):
            try:
                directive = parse_directive(line.text, self._parser.header.addresses)
            except RuleError as error:
                self._report(path, line, error, ERROR)
                continue
            oddity = directive.apply(rules)
            if oddity:
                self._report(path, line, RuleError(oddity, directive.kind, 1), WARNING)

    def check_sets(self) -> None:
        """Leave out the rules that look into a set that could not be filled; say what is wrong with any set."""
        told: set[str] = set()
        for rule in self.rules + self.waiting:
            for values in rule.datasets:
                if values.fault:
                    (self.waiting if rule.waiting else self.rules).remove(rule)
                    self.failed += 1
                    self.problems.append(_set_problem(rule, values, values.fault, ERROR))
                    break
                if values.oddity and values.name not in told:
                    told.add(values.name)
                    self.problems.append(_set_problem(rule, values, values.oddity, WARNING))

    def order(self) -> None:
        """Sort the usable rules by the order of evaluation, and number them.

        Actions first (pass, drop, reject, alert), then rules that set a flowbit, a flowint or a bit of a
        host before those that ask for it, then the priority, then the order in which they were read.
        """
        chain = state_order(self.rules)
        keys: list[tuple[int, int, int, int]] = []
        for at, rule in enumerate(self.rules):
            keys.append((ACTION_ORDER.get(rule.action, LAST_ACTION), chain[at], rule.priority, at))
        keys.sort()
        self.rules = [self.rules[key[3]] for key in keys]
        for number, rule in enumerate(self.rules):
            rule.number = number
            rule.settle()

    @property
    def loaded(self) -> int:
        """Return how many rules can match."""
        return len(self.rules)

    @property
    def skipped(self) -> int:
        """Return how many rules are in order and yet cannot match: they wait, or are meant for another engine."""
        return len(self.waiting) + len(self.unmet)

    def n_errors(self) -> int:
        """Return how many problems are errors."""
        return sum(1 for problem in self.problems if problem.severity == ERROR)

    def _add(self, path: str, rule_text: RuleText) -> None:
        parser = self._parser
        rule = parser.read(rule_text.text, path, rule_text.line)
        for error in parser.problems:
            self._report(path, rule_text, error, ERROR)
        for warning in parser.warnings:
            if warning.message not in self._unknown:  # once for each unknown name, not for each of its rules
                self._unknown.add(warning.message)
                self._report(path, rule_text, warning, WARNING)
        if parser.problems:
            self.failed += 1
        elif rule.skipped:
            self.unmet.append(rule)
        elif self._is_newest(path, rule_text, rule):
            self._by_id[(rule.gid, rule.sid)] = rule
            (self.waiting if rule.waiting else self.rules).append(rule)

    def _is_newest(self, path: str, rule_text: RuleText, rule: Rule) -> bool:
        """Return whether the rule stands alone or replaces an older one of its number."""
        other = self._by_id.get((rule.gid, rule.sid))
        if other is None:
            return True
        column = 1
        for option in rule.options:
            if option.name.lower() == "sid":
                column = option.column
        place = f"{other.path}:{other.line}"
        if rule.rev > other.rev:
            message = f"duplicate signature: sid {rule.sid} rev {rule.rev} replaces rev {other.rev} of {place}"
            self._report(path, rule_text, RuleError(message, "sid", column), WARNING)
            (self.waiting if other.waiting else self.rules).remove(other)
            return True
        message = (
            f"duplicate signature: sid {rule.sid} is rev {other.rev} at {place} (give one another sid, or raise rev)"
        )
        self._report(path, rule_text, RuleError(message, "sid", column), ERROR)
        self.failed += 1
        return False

    def _report(self, path: str, rule_text: RuleText, error: RuleError, severity: str) -> None:
        line, column = rule_text.place(error.column or 1)
        self.problems.append(Problem(path, line, column, error.keyword, error.message, severity))


def _set_problem(rule: Rule, values: DataSet, message: str, severity: str) -> Problem:
    """Return what is wrong with a rule's set."""
    column = 1
    for option in rule.options:
        if option.name.lower() in ("dataset", "datarep", values.keyword):
            if values.name in option.value or values.load == option.value.removeprefix("!").strip():
                column = option.column
    name = f"list {values.load}" if values.format == HASHES else f"set {values.name}"
    return Problem(rule.path, rule.line, column, values.keyword, f"{name}: {message}", severity)


def state_order(rules: list[Rule]) -> list[int]:
    """Return for each rule when it runs: 0 sets bits, 1 and up asks for bits that earlier ones set, last the rest."""
    steps = [MAX_CHAIN] * len(rules)
    writers: list[tuple[int, list[int]]] = []
    readers: list[tuple[int, list[int]]] = []
    for at, rule in enumerate(rules):
        if not rule.checks and not rule.effects:
            continue
        asked, changed = _asked(rule), _changed(rule)
        if asked:
            readers.append((at, asked))
            steps[at] = 1
        elif changed:
            steps[at] = 0
        if changed:
            writers.append((at, changed))
    for _ in range(MAX_CHAIN - 2):
        set_at: dict[int, int] = {}
        for at, changed in writers:
            for bit in changed:
                set_at[bit] = max(set_at.get(bit, 0), steps[at])
        has_moved = False
        for at, asked in readers:
            step = 1 + max([set_at.get(bit, 0) for bit in asked])
            if steps[at] < step < MAX_CHAIN:
                steps[at] = step
                has_moved = True
        if not has_moved:
            break
    return steps


def _asked(rule: Rule) -> list[int]:
    """Return what a rule asks for, of all that rules remember."""
    found: list[int] = []
    for check in rule.checks:
        if isinstance(check, FlowbitsTest):
            found += [number * KINDS for number in check.numbers]
        elif isinstance(check, FlowintTest):
            found.append(check.number * KINDS + 1)
        elif isinstance(check, HostBitTest):
            found.append(check.number * KINDS + (2 if check.track == PAIR else 3))
        elif isinstance(check, VariableCheck):
            found.append(check.number * KINDS + (5 if check.kind == FOR_PACKET else 4))
    return found


def _changed(rule: Rule) -> list[int]:
    """Return what a rule sets, unsets or changes."""
    found: list[int] = []
    for effect in rule.effects:
        if isinstance(effect, FlowbitsChange):
            found.append(effect.number * KINDS)
        elif isinstance(effect, FlowintChange):
            found.append(effect.number * KINDS + 1)
        elif isinstance(effect, HostBitChange):
            found.append(effect.number * KINDS + (2 if effect.track == PAIR else 3))
        elif isinstance(effect, Capture) and effect.number >= 0:
            found.append(effect.number * KINDS + (5 if effect.kind == FOR_PACKET else 4))
    return found
