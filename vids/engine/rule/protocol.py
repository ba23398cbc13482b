"""What a rule's options together say about applications: which protocols it can match in, and on which side."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.proto.table import BY_NAME, FIELDS, PROTOCOLS
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER
from vids.engine.rule.application import APPLICATION
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PacketCheck
from vids.engine.rule.keywords.app_layer_protocol import AppLayerProtocol
from vids.engine.rule.keywords.flow import FlowOption
from vids.engine.rule.rule import Rule
from vids.engine.rule.view import View

WORDS = {TO_SERVER: "requests", TO_CLIENT: "responses"}


@final
class OfProtocol(PacketCheck):
    """The protocol that a rule's header names: its flow must speak it."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def match(self, view: View) -> bool:
        flow = view.flow
        return flow is not None and flow.app is not None and flow.app.name in self.names


def settle(rule: Rule) -> None:
    """Work out the protocols and sides of a rule whose options are all placed. Raises RuleError."""
    header = rule.app_protocols
    if rule.waiting or _wait_for_fields(rule):
        return
    rule.is_transactional = bool(rule.transaction_checks) or any(i.is_field for i in rule.inspections)
    if header:
        rule.checks.insert(0, OfProtocol(header))
    if not rule.is_transactional:
        if rule.is_exchange:
            raise RuleError("`=>` joins a request and its response: it needs a buffer of each", "", 1)
        rule.is_protocol_only = rule.is_protocol_only or _asks_protocol_alone(rule)
        return
    allowed = header or [protocol.name for protocol in PROTOCOLS]
    for inspection in rule.inspections:
        if inspection.is_field:
            allowed = _narrow(allowed, APPLICATION[inspection.buffer].protocols, inspection.buffer)
    for check in rule.transaction_checks:
        if check.asked_of():
            allowed = _narrow(allowed, list(check.asked_of()), check.name or "a number")
    if rule.transport >= 0:
        allowed = [name for name in allowed if rule.transport in BY_NAME[name].transports]
        if not allowed:
            raise RuleError(
                f"no application over {rule.protocol} has what it asks for (another protocol in the header)"
            )
    rule.app_protocols = allowed
    if not rule.is_exchange:
        _settle_sides(rule, allowed[0])


def _wait_for_fields(rule: Rule) -> bool:
    """Let the rule wait for buffers that no protocol has yet; return whether there are any."""
    has_missing = False
    for inspection in rule.inspections:
        if inspection.is_field and inspection.buffer not in APPLICATION:
            has_missing = True
            if inspection.buffer not in rule.waiting:
                rule.waiting.append(inspection.buffer)
    return has_missing


def _narrow(allowed: list[str], owners: list[str], what: str) -> list[str]:
    """Return the protocols among `allowed` that have it, too. Raises RuleError where none has."""
    narrowed = [name for name in allowed if name in owners]
    if not narrowed:
        raise RuleError(f"{what} is of {', '.join(owners)}, and the rule of {', '.join(allowed)} (make two rules)")
    return narrowed


def _settle_sides(rule: Rule, protocol: str) -> None:
    """Limit the rule to the sides that all of it can be asked of. Raises RuleError where there is none."""
    sides: i64 = rule.sides
    for inspection in rule.inspections:
        if inspection.is_field:
            own = inspection.side or FIELDS[protocol][inspection.buffer].sides
            sides = _common(sides, own, inspection.buffer)
    for check in rule.transaction_checks:
        sides = _common(sides, check.sides(), check.name or "the number")
    rule.sides = int(sides)


def _common(sides: i64, own: i64, what: str) -> i64:
    if not sides & own:
        raise RuleError(
            f"{what} is of {WORDS[int(own)]}, and the rest of the rule of {WORDS[int(sides)]}"
            " (change flow, make two rules, or join both with =>)"
        )
    return sides & own


def _asks_protocol_alone(rule: Rule) -> bool:
    """Return whether the rule asks about the protocol of a flow, its direction and state, and nothing else."""
    asks = False
    for check in rule.checks:
        if isinstance(check, OfProtocol | AppLayerProtocol):
            asks = True
        elif not isinstance(check, FlowOption):
            return False
    return asks and not rule.inspections
