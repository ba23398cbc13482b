"""Bytes from flows to application protocols: who hears what, and when a side is done."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.flow.session import TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.packet.packet import TCP, UDP
from vids.engine.proto.dialogue import FAILED, Dialogue
from vids.engine.proto.files import Files
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.table import PROTOCOLS
from vids.engine.settings import Settings

SUFFIXES: Final[dict[int, str]] = {TCP: "tcp", UDP: "udp"}


@final
class Listener:
    """Gives each flow a dialogue when it first says something, and feeds it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.files = Files(settings)
        self.over_tcp: list[Protocol] = [p.over(TCP, settings) for p in PROTOCOLS if TCP in p.transports]
        self.over_udp: list[Protocol] = [p.over(UDP, settings) for p in PROTOCOLS if UDP in p.transports]
        self.n_flows: dict[str, int] = {}  # by protocol, as stats names them
        self.n_transactions: dict[str, int] = {}
        self.n_events_limit: i64 = 0  # transactions with more events than are kept
        self.n_changes_limit: i64 = 0  # flows that changed their protocol too often
        self.n_events: dict[str, int] = {}  # by protocol and event

    def hear_streams(self, flow: Flow, session: TcpSession, everything: bool) -> Dialogue | None:
        """Hand on what both sides of a connection said; `everything` as in Stream.take."""
        app = flow.app
        if app is None:
            if session.client.end == 0 and session.server.end == 0:
                return None
            app = Dialogue(self.settings, self.over_tcp, TCP, flow.source_port, flow.destination_port, self.files)
            app.may_be_reversed = session.is_midstream
            flow.app = app
        assert isinstance(app, Dialogue)
        if not app.is_over:
            self._hear(app, session.client, True, everything)
        if not app.is_over:
            self._hear(app, session.server, False, everything)
        return app

    def hear_datagram(self, flow: Flow, payload: bytes, to_server: bool) -> Dialogue:
        """Hand on one datagram."""
        app = flow.app
        if app is None:
            app = Dialogue(self.settings, self.over_udp, UDP, flow.source_port, flow.destination_port, self.files)
            flow.app = app
        assert isinstance(app, Dialogue)
        if not app.is_over:
            app.feed(payload, to_server)
        return app

    def end(self, flow: Flow) -> Dialogue | None:
        """Note that both sides of a flow say no more."""
        app = flow.app
        if app is None:
            return None
        assert isinstance(app, Dialogue)
        if not app.is_over:
            app.close(True, False)
            app.close(False, False)
        self._count(flow, app)
        return app

    def _hear(self, dialogue: Dialogue, stream: Stream, to_server: bool, everything: bool) -> None:
        lost = stream.missed()
        if lost > 0:
            dialogue.gap(lost, to_server)
        data = stream.hear(everything)
        if data:
            dialogue.feed(data, to_server)
        if stream.is_depth_reached and stream.heard >= stream.limit:
            dialogue.close(to_server, True)
        elif stream.has_said_all():
            dialogue.close(to_server, False)

    def _count(self, flow: Flow, dialogue: Dialogue) -> None:
        name = dialogue.name
        if not name or name == FAILED:
            dialogue.name = FAILED
            name = "failed_" + SUFFIXES[int(flow.protocol)]
        self.n_flows[name] = self.n_flows.get(name, 0) + 1
        self.n_transactions[name] = self.n_transactions.get(name, 0) + dialogue.n_transactions

    def count_event(self, protocol: str, event: str) -> None:
        """Count what is odd about an application."""
        name = f"app_layer.event.{protocol or 'unknown'}.{event.lower()}"
        self.n_events[name] = self.n_events.get(name, 0) + 1

    def counters(self) -> dict[str, int]:
        """Return how many flows and transactions of each protocol ended."""
        counts: dict[str, int] = {
            "app_layer.flow.failed_tcp": 0,
            "app_layer.flow.failed_udp": 0,
            "app_layer.events_limit": self.n_events_limit,
            "app_layer.changes_limit": self.n_changes_limit,
        }
        for name, n_flows in self.n_flows.items():
            counts[f"app_layer.flow.{name}"] = n_flows
        for name, n_transactions in self.n_transactions.items():
            if n_transactions:
                counts[f"app_layer.tx.{name}"] = n_transactions
        counts.update(self.n_events)
        counts.update(self.files.counters())
        return counts
