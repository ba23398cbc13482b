"""What there is to say of applications: oddities, and records of transactions that are due."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.event import Anomaly, Event, TransactionRecord
from vids.engine.filereport import FileReports
from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import Packet
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.listener import Listener
from vids.engine.settings import Settings
from vids.engine.verdict import Judge


@final
class AppReports:
    """Makes events of what moved in a flow's application, before and after rules look at it."""

    def __init__(self, listener: Listener, files: FileReports, judge: Judge, settings: Settings) -> None:
        self.listener = listener
        self.files = files
        self.judge = judge
        self.wants_records = settings.wants_transactions
        self.wants_anomalies = settings.wants_app_anomalies

    def anomalies(self, packet: Packet, flow: Flow, dialogue: Dialogue, events: list[Event]) -> None:
        """Tell what is odd about the application, and about each transaction that moved."""
        if dialogue.has_odd_news():
            for name in dialogue.news():
                self._anomaly(packet, flow, dialogue, name.upper(), "proto_detect", -1, events)
        conversation = dialogue.conversation
        if conversation is None or not conversation.news:
            return
        is_loud = dialogue.protocol is not None and dialogue.protocol.has_loud_events
        for transaction in conversation.news:
            if transaction.has_more_events:
                transaction.has_more_events = False
                self.listener.n_events_limit += 1
            while transaction.n_reported < len(transaction.events):
                name = transaction.events[transaction.n_reported]
                if is_loud:
                    name = name.upper()
                self._anomaly(packet, flow, dialogue, name, "proto_parser", transaction.number, events)
                transaction.n_reported += 1

    def records(self, packet: Packet, flow: Flow, dialogue: Dialogue, events: list[Event]) -> None:
        """Tell of the transactions and files whose record is due, and forget those that are over."""
        conversation, protocol = dialogue.conversation, dialogue.protocol
        if conversation is None or protocol is None:
            return
        if conversation.records:
            if self.wants_records and protocol.record_type:
                for transaction in conversation.records:
                    if transaction.is_silent or dialogue.is_silent:
                        continue
                    event = TransactionRecord(protocol.record_type, transaction.record())
                    event.timestamp_ns = packet.timestamp_ns
                    event.set_flow_side(flow, transaction.is_from_client())
                    event.set_origin(packet)
                    event.flow = flow
                    event.transaction_number = transaction.number
                    self.judge.note_state(event, flow)
                    events.append(event)
            conversation.records = []
        if conversation.ended_files or conversation.moved_files or self.listener.files.ranges.dropped:
            self.files.report(packet, flow, dialogue, events)
        conversation.forget()

    def _anomaly(
        self, packet: Packet, flow: Flow, dialogue: Dialogue, name: str, layer: str, number: i64, events: list[Event]
    ) -> None:
        self.listener.count_event(dialogue.name, name)
        if not self.wants_anomalies:
            return
        event = Anomaly("applayer", name)
        event.set_packet(packet)
        if packet.ip_version == 0:  # made up for what a flow leaves behind
            event.set_flow_side(flow, True)
        event.flow = flow
        event.layer = layer
        event.app_protocol = dialogue.name
        event.transaction_number = number
        events.append(event)
