"""What there is to say of files: their bytes for the store as they come, and what they are once they have ended."""

from __future__ import annotations

from typing import final

from vids.engine.detect.transactions import TransactionRules
from vids.engine.event import Event, FileBytes, FileDropped, FileFacts, FileInfo
from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import Packet
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.digest import STORED
from vids.engine.proto.file import File
from vids.engine.proto.files import Files
from vids.engine.proto.transaction import Transaction
from vids.engine.settings import Settings


@final
class FileReports:
    """Makes events of the files that moved on with a packet, once rules have looked at it."""

    def __init__(self, files: Files, rules: TransactionRules, settings: Settings) -> None:
        self.files = files
        self.rules = rules
        self.is_wanted = settings.wants_files
        self.depth = settings.file_store_depth

    def report(self, packet: Packet, flow: Flow, dialogue: Dialogue, events: list[Event]) -> None:
        """Add the events of a conversation's files."""
        conversation = dialogue.conversation
        if conversation is None:
            return
        if conversation.moved_files:
            for file in conversation.moved_files:
                if file.more:
                    self._hand_out(file, conversation, flow, events)
            conversation.moved_files.clear()  # the files know this list
        if conversation.ended_files:
            left: list[tuple[Transaction, File]] = []
            for transaction, file in conversation.ended_files:
                if transaction.has_news(file.to_server):
                    left.append((transaction, file))  # rules have yet to look at its end
                else:
                    self._end(transaction, file, packet, flow, dialogue, events)
            conversation.ended_files = left
        for file in self.files.ranges.dropped:
            events.append(FileDropped(file.handle))
        self.files.ranges.dropped.clear()

    def abandon(self, dialogue: Dialogue, events: list[Event]) -> None:
        """Drop what was told of files that are not followed to their end."""
        conversation = dialogue.conversation
        if conversation is None:
            return
        for transaction in conversation.transactions:
            for file in transaction.files:
                if file.is_handed_out and not file.has_ended():
                    events.append(FileDropped(file.handle))
                    file.let_go()

    def _hand_out(self, file: File, conversation: Conversation, flow: Flow, events: list[Event]) -> None:
        """Tell bytes that are more than is held of a file, unless no rule will want it any more."""
        if not file.is_handed_out:
            if not file.is_wanted and not self._may_want(file, conversation):
                file.let_go()
                return
            if flow.tcp is not None:
                flow.tcp.client.deepen(self.depth)
                flow.tcp.server.deepen(self.depth)
        events.append(FileBytes(file.handle, file.take()))

    def _may_want(self, file: File, conversation: Conversation) -> bool:
        for transaction in conversation.transactions:
            if file in transaction.files:
                return self.rules.may_store(transaction)
        return bool(self.files.needs & STORED)  # it is put together of parts, and of no transaction yet

    def _end(
        self,
        transaction: Transaction,
        file: File,
        packet: Packet,
        flow: Flow,
        dialogue: Dialogue,
        events: list[Event],
    ) -> None:
        if file.size > len(file.data) and not file.has_gaps:
            self.files.n_cut_data += 1
        if file.is_wanted:
            self._store(file, events)
        handle = file.handle if file.is_handed_out else 0
        file.let_go()
        if not handle and not self.is_wanted:
            return
        event = FileInfo(FileFacts(file, transaction.number), handle)
        event.timestamp_ns = packet.timestamp_ns
        event.set_flow_side(flow, file.to_server)
        event.set_origin(packet)
        event.flow = flow
        event.is_silent = not self.is_wanted or transaction.is_silent or dialogue.is_silent
        event.app_names = dialogue.names()
        protocol = dialogue.protocol
        if protocol is not None and protocol.record_type and not event.is_silent:
            event.application = (protocol.record_type, transaction.record())
        events.append(event)

    def _store(self, file: File, events: list[Event]) -> None:
        """Tell what is left of a file that a rule wants, if all that was before it is there."""
        if file.moved is None:
            self.files.n_too_late += 1
        elif file.size > 0:
            if file.more or not file.is_handed_out:
                events.append(FileBytes(file.handle, file.take()))
            self.files.number(file)
