"""decode-event: what is odd about a packet."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.packet.names import EVENTS, SILENT
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.text import nearest, short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class DecodeEvent(PacketCheck):
    """Match packets of which the decoder said so: truncated, malformed, of unknown type.

    Events of layers that are not decoded yet are known by name; a rule with one waits.
    """

    name: ClassVar[str] = "decode-event"
    aliases: ClassVar[tuple[str, ...]] = ("engine-event",)
    syntax: ClassVar[str] = "decode-event:NAME;"
    source: ClassVar[str] = "Suricata user guide, rules, decode layer anomalies"
    cases: ClassVar[Cases] = (
        ("ipv4.trunc_pkt", {"events": ["ipv4.trunc_pkt"]}, True),
        ("ipv4.trunc_pkt", {"events": ["tcp.opt_duplicate"]}, False),
        ("ipv4.trunc_pkt", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "not a decode event"), ("ipv4.trunc_pk", "ipv4.trunc_pkt?"))

    def __init__(self, event: str) -> None:
        self.event = event

    @classmethod
    def parse(cls, text: str) -> DecodeEvent:
        event = text.lower()
        if event not in EVENTS and event not in SILENT:
            raise RuleError(f"{short(text)} is not a decode event{nearest(event, [*EVENTS, *SILENT])}")
        return cls(event)

    def place(self, draft: Draft) -> None:
        if self.event in SILENT:
            draft.rule.waiting.append(f"decode-event:{self.event}")
        draft.rule.needs_event = True
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return self.event in view.packet.events


register(DecodeEvent)
