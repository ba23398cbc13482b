"""app-layer-event: what is odd about a transaction, or about a flow's application protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.proto.dialogue import EVENTS
from vids.engine.proto.table import protocols_of
from vids.engine.proto.transaction import Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.header import WAITING_PROTOCOLS
from vids.engine.rule.keyword import APPLICATION, PacketCheck, TransactionCheck, register
from vids.engine.rule.text import nearest, short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class OfFlow(PacketCheck):
    """An event of the flow as a whole: that its protocol was not what one side looks like, and kin."""

    def __init__(self, event: str) -> None:
        self.event = event

    def match(self, view: View) -> bool:
        app = None if view.flow is None else view.flow.app
        return app is not None and self.event in app.events


@final
class AppLayerEvent(TransactionCheck):
    """Match a transaction that has an oddity, once.

    The name is PROTOCOL.EVENT, as in anomaly records and in capitals there for some protocols. Without a protocol it
    is an event of the flow as a whole: applayer_mismatch_protocol_both_directions and kin.
    """

    name: ClassVar[str] = "app-layer-event"
    group: ClassVar[str] = APPLICATION
    syntax: ClassVar[str] = "app-layer-event:PROTOCOL.EVENT;"
    source: ClassVar[str] = "Suricata user guide, rules, app-layer keywords, app-layer-event"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "PROTOCOL.EVENT"),
        ("applayer_mismatch_protocol", "applayer_mismatch_protocol_both_directions?"),
        ("gopher.odd", "not an application protocol"),
    )

    def __init__(self, word: str, event: str, names: list[str]) -> None:
        self.word = word  # the protocol; "" for an event of the flow
        self.event = event
        self.names = names

    @classmethod
    def parse(cls, text: str) -> AppLayerEvent:
        word, dot, event = text.strip().lower().rpartition(".")
        if not dot:
            if event not in EVENTS:
                remedy = nearest(event, EVENTS) or f" (expected {cls.syntax})"
                raise RuleError(f"{short(text)} is not an event of a flow's application{remedy}")
            return cls("", event, [])
        protocols = protocols_of(word)
        if not protocols and word not in WAITING_PROTOCOLS:
            raise RuleError(f"{short(word)} is not an application protocol{nearest(word, WAITING_PROTOCOLS)}")
        known = [name for protocol in protocols for name in protocol.events]
        if known and event not in known:
            raise RuleError(f"{short(event)} is not an event of {word}{nearest(event, known)}")
        return cls(word, event, [protocol.name for protocol in protocols if event in protocol.events])

    def place(self, draft: Draft) -> None:
        rule = draft.rule
        if not self.word:
            rule.checks.append(OfFlow(self.event))
            rule.is_protocol_only = True
            return
        if not self.names:
            rule.waiting.append(f"events of {self.word}")
        rule.needs_app_event = True
        rule.transaction_checks.append(self)

    def asked_of(self) -> tuple[str, ...]:
        return tuple(self.names)

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        return self.event in transaction.events


register(AppLayerEvent)
