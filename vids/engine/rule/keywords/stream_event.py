"""stream-event: what is odd about a TCP connection, by the packet at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.flow.names import EVENTS, SILENT, SPELLINGS
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.text import nearest, short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

PREFIX: Final = "stream."


@final
class StreamEvent(PacketCheck):
    """Match packets that did something odd to their TCP connection: to its handshake, window, streams or end.

    A rule with an event that is never raised here loads and waits.
    """

    name: ClassVar[str] = "stream-event"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "stream-event:NAME;"
    source: ClassVar[str] = "Suricata user guide, rules, stream events"
    cases: ClassVar[Cases] = (
        ("est_invalid_ack", {"stream_events": ["stream.est_invalid_ack"]}, True),
        ("stream.est_invalid_ack", {"stream_events": ["stream.est_invalid_ack"]}, True),
        ("EST_INVALID_ACK", {"stream_events": ["stream.fin_out_of_window", "stream.est_invalid_ack"]}, True),
        ("fin_out_of_window", {"stream_events": ["stream.est_invalid_ack"]}, False),
        ("fin_out_of_window", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a stream event"),
        ("est_invalid_akc", "stream.est_invalid_ack?"),
    )

    def __init__(self, event: str) -> None:
        self.event = event

    @classmethod
    def parse(cls, text: str) -> StreamEvent:
        event = PREFIX + text.lower().removeprefix(PREFIX)
        event = SPELLINGS.get(event, event)
        if event not in EVENTS and event not in SILENT:
            raise RuleError(f"{short(text)} is not a stream event{nearest(event, [*EVENTS, *SILENT])}")
        return cls(event)

    def place(self, draft: Draft) -> None:
        rule = draft.rule
        if self.event in SILENT:
            rule.waiting.append(f"stream-event:{self.event}")
        rule.needs_stream_event = True
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return self.event in view.stream_events


register(StreamEvent)
