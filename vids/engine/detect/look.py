"""One place to look at because of a packet: the packet itself, or a stream that it moved on."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.detect.scope import Header
from vids.engine.flow.flow import Flow
from vids.engine.flow.host import Hosts
from vids.engine.flow.stream import Stream
from vids.engine.packet.packet import Packet
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.transaction import Transaction
from vids.engine.rewrite import Rewrite
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.rule import Inspection, Rule
from vids.engine.rule.view import View

PACKET: Final = 0  # the looks of a packet, by number
CLIENT: Final = 1  # the stream of what the client sends
SERVER: Final = 2
TRANSACTION: Final = 3  # and from here on transactions
MASK: Final = 0xFFF
SHIFT: Final = 12  # a piece of work is (rule number << SHIFT | look): sorted, that is the order of evaluation


@final
class Look:
    """What the rules' headers, packet checks and payload options see there."""

    def __init__(self, hosts: Hosts, is_stream: bool) -> None:
        self.view = View()
        self.view.hosts = hosts
        self.view.is_stream = is_stream
        self.header = Header()
        self.cursor = Cursor()  # in the raw payload
        self.other = Cursor()  # in any other buffer
        self.stream: Stream | None = None
        self.has_payload = False  # of a transaction: the cursor holds the bytes that moved it

    def load_payload(self, steps: i64) -> None:
        """Let the cursor look at the bytes around a transaction: what its stream holds, or its datagram."""
        self.has_payload = True
        flow = self.view.flow
        if flow is not None and flow.tcp is not None:
            stream = flow.tcp.client if self.view.to_server else flow.tcp.server
            self.cursor.load(stream.held(), stream.base, steps)
        else:
            self.cursor.load(self.view.packet.payload(), 0, steps)


@final
class Match:
    """A rule and the bytes that it matched in (none for a rule on headers)."""

    def __init__(self, rule: Rule, flow: Flow | None, to_server: bool, is_stream: bool, payload: bytes) -> None:
        self.rule = rule
        self.flow = flow
        self.to_server = to_server
        self.is_stream = is_stream
        self.payload = payload
        self.protocol: Protocol | None = None  # of the transaction that matched, if one did
        self.transaction: Transaction | None = None
        self.context: dict[str, bytes] | None = None  # JSON of what was found in data sets
        self.captured: dict[str, bytes] | None = None  # groups of its expressions (rule/capture.py)
        self.packet_variables: dict[str, bytes] | None = None  # that rules captured from the packet
        self.rewrites: list[Rewrite] | None = None  # what it puts in place of other bytes of the packet


def point_at_packet(look: Look, packet: Packet, flow: Flow | None, to_server: bool) -> None:
    """Make a look one at a packet's header and checks; its payload is loaded when something may be in it."""
    look.view.packet = packet
    look.view.flow = flow
    look.view.to_server = to_server
    look.header.point_at_packet(packet)


def point_at_stream(look: Look, packet: Packet, flow: Flow, to_server: bool, stream: Stream, steps: int) -> None:
    """Make a look one at the window of a stream; `packet` moved it, maybe from the other side."""
    look.stream = stream
    look.view.packet = packet
    look.view.flow = flow
    look.view.to_server = to_server
    look.header.point_at_flow(flow, to_server)
    look.cursor.load(stream.window, stream.window_at, steps)


def point_at_transaction(
    look: Look, packet: Packet, flow: Flow, to_server: bool, protocol: Protocol, transaction: Transaction
) -> None:
    """Make a look one at a side of a transaction that `packet` moved on."""
    view = look.view
    view.packet = packet
    view.flow = flow
    view.to_server = to_server
    view.is_stream = flow.tcp is not None
    view.protocol = protocol
    view.transaction = transaction
    look.has_payload = False
    look.header.point_at_flow(flow, to_server)


def bytes_of(inspection: Inspection, look: Look) -> bytes | None:
    """Return what an inspection looks into there, transformed; None where there is no such buffer."""
    source = inspection.source
    data = None if source is None else source.read(look.view)
    return None if data is None else inspection.transformed(data)


def keep_notes(cursor: Cursor, flow: Flow | None) -> None:
    """Hand what options found out over to the flow."""
    if flow is not None and cursor.notes is not None:
        if flow.entropy is None:
            flow.entropy = {}
        flow.entropy.update(cursor.notes)
    cursor.notes = None
