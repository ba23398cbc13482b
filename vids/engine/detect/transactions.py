"""Rules on transactions: which come into question when one moves on, and which of them hold.

Each side of a transaction is looked at as it grows. A buffer is searched once it is known, for the fast patterns of
all rules that have theirs in it; a rule that comes into question waits until all that it asks about is known. So a
request is judged when it is there, and a rule fires once for each side of a transaction.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.detect.fast_pattern import choose_field
from vids.engine.detect.group import Group
from vids.engine.detect.inspect import holds
from vids.engine.detect.look import Look, keep_notes
from vids.engine.detect.name_table import NameTable
from vids.engine.flow.flow import Flow
from vids.engine.proto.digest import STORED
from vids.engine.proto.field import Field
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.table import FIELDS, PROTOCOLS
from vids.engine.proto.transaction import COMPLETE, TO_CLIENT, TO_SERVER, Transaction
from vids.engine.rule.keyword import PacketCheck
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.keywords.flow import FlowOption
from vids.engine.rule.rule import MAY_BE_ABSENT, MUST_BE_ABSENT, MUST_BE_THERE, Inspection, Rule
from vids.engine.settings import Settings

FAILS: Final = 0  # what becomes of a rule that came into question
WAITS: Final = 1
HOLDS: Final = 2

MAX_CANDIDATES: Final = 4096  # rules of one side of a transaction
NO_RULES: Final[list[int]] = []
NO_VALUES: Final[list[int]] = []


@final
class FieldGroup:
    """The rules whose fast pattern looks into one buffer of one side, transformed in one way."""

    def __init__(self, number: int, field: Field, inspection: Inspection) -> None:
        self.number = number
        self.field = field
        self.inspection = inspection  # of any of them: the transforms are the same
        self.names = NameTable()
        self.rules: list[Rule] = []
        self.contents: list[Content] = []
        self.group: Group | None = None  # of those that the names do not answer

    def add(self, rule: Rule, content: Content, inspection: Inspection) -> None:
        """Take a rule."""
        if not self.names.add(rule.number, content, inspection):
            self.rules.append(rule)
            self.contents.append(content)

    def build(self, algorithm: str) -> None:
        """Make the matcher, once all rules are there."""
        if self.rules:
            self.group = Group(self.rules, algorithm, True, self.contents)

    def candidates(self, value: bytes) -> list[int]:
        """Return the rules that a value of the buffer brings into question."""
        if self.inspection.transforms:
            value = self.inspection.transformed(value)
        found = self.names.find(value)
        if self.group is not None:
            found += self.group.candidates(value)
        return found


@final
class SideRules:
    """All rules on one side of a protocol's transactions."""

    def __init__(self) -> None:
        self.groups: list[FieldGroup] = []
        self.always: list[int] = []  # without a fast pattern: in question at every transaction
        self.of_events: list[int] = []  # in question when the transaction has a new event
        self.by_key: dict[str, FieldGroup] = {}

    def is_empty(self) -> bool:
        """Return whether there are no rules at all."""
        return not self.groups and not self.always and not self.of_events


@final
class TransactionRules:
    """The rules on transactions of a ruleset, by protocol and side."""

    def __init__(self, rules: list[Rule], settings: Settings) -> None:
        self.steps: i64 = settings.inspection_steps
        self.n_inspected: i64 = 0
        self.n_exhausted: i64 = 0  # inspections that ran into the step limit
        self.n_dropped: i64 = 0  # rules that did not get to wait
        self.storing: set[int] = set()  # numbers of the rules that have files stored
        self.exchanges: set[int] = set()  # numbers of the rules on both sides at once
        self.of_responses: dict[str, SideRules] = {protocol.name: SideRules() for protocol in PROTOCOLS}
        self.of_requests: dict[str, SideRules] = {protocol.name: SideRules() for protocol in PROTOCOLS}
        self._n_groups = 0
        for rule in rules:
            if rule.is_exchange:
                self.exchanges.add(rule.number)
            if rule.file_needs & STORED:
                self.storing.add(rule.number)
            for name in rule.app_protocols:
                self._add(rule, name)
        for table in (self.of_requests, self.of_responses):
            for side in table.values():
                for group in side.groups:
                    group.build(settings.mpm_algorithm)

    def _add(self, rule: Rule, protocol: str) -> None:
        for bit in (TO_SERVER, TO_CLIENT):
            if not rule.sides & bit:
                continue
            if not rule.is_exchange:
                self._add_side(rule, protocol, bit, bit)
            elif bit == TO_CLIENT:  # looked at with the response; what names it may be in the request
                self._add_side(rule, protocol, bit, 0)

    def _add_side(self, rule: Rule, protocol: str, home: i64, side: i64) -> None:
        """Put a rule where its fast pattern is looked for; else where it is always asked, at `home`."""
        table = self.of_requests if home == TO_SERVER else self.of_responses
        if rule.needs_app_event:
            table[protocol].of_events.append(rule.number)
            return
        chosen = choose_field(rule, FIELDS[protocol])
        if chosen is None:
            table[protocol].always.append(rule.number)
            return
        inspection, content = chosen
        field = FIELDS[protocol][inspection.buffer]
        if side == 0:
            side = own_side(inspection, field, TO_CLIENT)
        rules = (self.of_requests if side == TO_SERVER else self.of_responses)[protocol]
        group = rules.by_key.get(inspection.key)
        if group is None:
            group = FieldGroup(self._n_groups, field, inspection)
            self._n_groups += 1
            rules.by_key[inspection.key] = group
            rules.groups.append(group)
        group.add(rule, content, inspection)

    def collect(self, protocol: Protocol, transaction: Transaction, to_server: bool) -> list[int]:
        """Return the rules to try on a side of a transaction that moved on, in the order of evaluation."""
        rules = (self.of_requests if to_server else self.of_responses)[protocol.name]
        if rules.is_empty() and not self.exchanges:
            return NO_RULES
        asked = transaction.asked(to_server)
        waiting = asked.waiting
        if not asked.has_begun:
            asked.has_begun = True
            waiting.update(rules.always)
        progress = transaction.progress(to_server)
        has_more = transaction.has_more_request if to_server else transaction.has_more_response
        for group in rules.groups:
            field = group.field
            if progress < field.progress or group.number in asked.scanned:
                continue
            if field.is_final(progress):
                asked.scanned.add(group.number)
            elif not has_more:
                continue
            for value in field.read(transaction, to_server):
                found = group.candidates(value)
                if found:
                    waiting.update(found)
        if len(transaction.events) > asked.n_events:
            asked.n_events = len(transaction.events)
            waiting.update(rules.of_events)
        if to_server:
            transaction.has_more_request = False
        else:
            transaction.has_more_response = False
        if asked.done:
            waiting -= asked.done
        if to_server and self.exchanges:
            self._hand_over(transaction, waiting)
        while len(waiting) > MAX_CANDIDATES:
            waiting.pop()
            self.n_dropped += 1
        return sorted(waiting)

    def _hand_over(self, transaction: Transaction, waiting: set[int]) -> None:
        """Let rules on both sides wait with the response."""
        both = waiting & self.exchanges
        if both:
            waiting -= both
            transaction.asked(False).waiting.update(both)

    def may_store(self, transaction: Transaction) -> bool:
        """Return whether a rule that has files stored is in question and undecided."""
        for asked in (transaction.request_asked, transaction.response_asked):
            if asked is not None and self.storing & asked.waiting:
                return True
        return False

    def try_rule(self, rule: Rule, look: Look, transaction: Transaction) -> bool:
        """Return whether a rule holds now; what is decided is not asked again."""
        to_server = look.view.to_server
        asked = transaction.asked(to_server)
        if rule.number in asked.done:
            return False  # told of the other side, with the same packet
        outcome = self._decide(rule, look, transaction, to_server)
        if outcome != WAITS:
            asked.waiting.discard(rule.number)
        if outcome != HOLDS:
            return False
        asked.done.add(rule.number)
        if rule.needs_app_event:
            transaction.asked(not to_server).done.add(rule.number)  # an event is of both sides: told once
        return True

    def _decide(self, rule: Rule, look: Look, transaction: Transaction, to_server: bool) -> i64:
        if rule.transport >= 0 and (look.view.flow is None or look.view.flow.protocol != rule.transport):
            return FAILS
        if not look.header.may_hold(rule) or not look.header.holds(rule):
            return FAILS
        waits = False
        for check in rule.transaction_checks:
            side = _side_of(check.sides(), to_server)
            if transaction.progress(side) < check.progress(transaction, side):
                waits = True
            elif not check.match(transaction, side, look.view):
                return FAILS
        outcome = self._inspect(rule, look, transaction, to_server)
        if outcome == FAILS or (outcome == HOLDS and waits):
            return FAILS if outcome == FAILS else WAITS
        if outcome == HOLDS:
            for packet_check in rule.checks:
                if not packet_check.match(look.view):
                    return WAITS if _waits_for_opening(packet_check, look.view.flow) else FAILS
        return outcome

    def _inspect(self, rule: Rule, look: Look, transaction: Transaction, to_server: bool) -> i64:
        """Return what the payload options say, each in its buffer."""
        self.n_inspected += 1
        values = [0] * rule.n_values if rule.n_values else NO_VALUES
        if rule.datasets:
            look.cursor.context = look.other.context = None
        if rule.has_captures:
            look.cursor.captured = look.other.captured = None
        outcome: i64 = HOLDS
        for inspection in rule.inspections:
            if inspection.is_plain:
                held = self._plain_holds(inspection, look, values)
                is_final = transaction.progress(to_server) >= COMPLETE
            elif inspection.is_field:
                field = self._field(inspection, look)
                if field is None:
                    return FAILS
                side = own_side(inspection, field, TO_SERVER if to_server else TO_CLIENT) == TO_SERVER
                progress = transaction.progress(side)
                if progress < field.progress:
                    outcome = WAITS
                    continue
                held = self._field_holds(inspection, field.read(transaction, side), look, values)
                is_final = field.is_final(progress)
            else:
                held = self._packet_buffer_holds(inspection, look, values)
                is_final = True
            if not held:
                if is_final:
                    return FAILS
                outcome = WAITS
        return outcome

    def _field(self, inspection: Inspection, look: Look) -> Field | None:
        protocol = look.view.protocol
        return None if protocol is None else FIELDS[protocol.name].get(inspection.buffer)

    def _plain_holds(self, inspection: Inspection, look: Look, values: list[int]) -> bool:
        cursor = look.cursor
        if not look.has_payload:
            look.load_payload(self.steps)
        cursor.rewind()
        cursor.steps = self.steps
        cursor.values = values
        return self._checked(holds(inspection.checks, cursor), look)

    def _packet_buffer_holds(self, inspection: Inspection, look: Look, values: list[int]) -> bool:
        source = inspection.source
        data = None if source is None else source.read(look.view)
        return self._field_holds(inspection, [] if data is None else [data], look, values)

    def _field_holds(self, inspection: Inspection, found: list[bytes], look: Look, values: list[int]) -> bool:
        """Return whether all options hold in one of the buffer's values."""
        if not found:
            return inspection.presence != MUST_BE_THERE
        if inspection.presence == MUST_BE_ABSENT:
            return False
        if inspection.presence == MAY_BE_ABSENT and not inspection.checks:
            return True
        cursor = look.other
        for value in found:
            cursor.load(inspection.transformed(value), 0, self.steps)
            cursor.values = values
            if self._checked(holds(inspection.checks, cursor), look):
                return True
        return False

    def _checked(self, is_held: bool, look: Look) -> bool:
        for cursor in (look.cursor, look.other):
            if cursor.notes is not None:
                keep_notes(cursor, look.view.flow)
            if cursor.is_exhausted:
                self.n_exhausted += 1
                cursor.is_exhausted = False
        return is_held


def own_side(inspection: Inspection, field: Field, otherwise: i64) -> i64:
    """Return the side that an inspection looks at: the one that it names, the only one that it has, or `otherwise`."""
    if inspection.side:
        return inspection.side
    return field.sides if field.sides in (TO_SERVER, TO_CLIENT) else otherwise


def is_open(flow: Flow) -> bool:
    """Return whether the handshake of a connection is over: a SYN may carry a request (RFC 7413)."""
    return flow.tcp is None or flow.was_established or flow.tcp.is_midstream


def _waits_for_opening(check: PacketCheck, flow: Flow | None) -> bool:
    """Return whether a test fails for the handshake that is not over."""
    return flow is not None and not is_open(flow) and isinstance(check, FlowOption) and check.wants_established()


def _side_of(sides: i64, to_server: bool) -> bool:
    """Return whether a check is asked of the request: where it has one side only, of that."""
    if sides == TO_SERVER:
        return True
    return False if sides == TO_CLIENT else to_server
