"""Hooks behind a rule's protocol: when in a flow or transaction it is looked at (`tcp:flow_start`, `tls:done`)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.protocol import Protocol
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER, Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PacketCheck, TransactionCheck
from vids.engine.rule.rule import Rule
from vids.engine.rule.text import short
from vids.engine.rule.view import View

EVERY_PACKET: Final = "all"
FLOW_START: Final = "flow_start"


@final
class AtFlowStart(PacketCheck):
    """The packet is the first of its side of the flow."""

    def match(self, view: View) -> bool:
        flow = view.flow
        return flow is not None and (flow.packets_to_server if view.to_server else flow.packets_to_client) == 1


@final
class AtProgress(TransactionCheck):
    """One side of the transaction has come so far."""

    def __init__(self, names: list[str], side: int, state: int) -> None:
        self.names = names
        self.side = side
        self.state = state

    def asked_of(self) -> tuple[str, ...]:
        return tuple(self.names)

    def sides(self) -> i64:
        return self.side

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return self.state

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        return True


def place_hook(rule: Rule, protocols: list[Protocol], word: str, hook: str) -> None:
    """Add what a hook asks to the rule. Raises RuleError for one that its protocol has not."""
    if hook == EVERY_PACKET:
        return
    if not protocols:
        if hook != FLOW_START:
            raise RuleError(f"{short(hook)} is not a hook of {word} (expected {word}:{FLOW_START} or {word}:all)")
        rule.checks.append(AtFlowStart())
        return
    known: list[str] = []
    for protocol in protocols:
        for side, states in ((TO_SERVER, protocol.request_states), (TO_CLIENT, protocol.response_states)):
            for state, name in states.items():
                known.append(name)
                if name == hook:
                    rule.transaction_checks.append(AtProgress([protocol.name], side, state))
                    return
    if hook in ("request_started", "response_started"):
        side = TO_SERVER if hook.startswith("request") else TO_CLIENT
        rule.transaction_checks.append(AtProgress([protocol.name for protocol in protocols], side, 0))
        return
    raise RuleError(f"{short(hook)} is not a hook of {word} (expected one of: {', '.join(known) or 'none yet'})")
