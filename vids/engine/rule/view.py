"""What a packet check sees."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.flow.host import Hosts
from vids.engine.packet.packet import Packet
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.transaction import Transaction


@final
class View:
    """One packet, its flow (none where the packet belongs to no flow), and the side that sent it.

    For a stream `packet` is the one that moved it on, maybe from the other side: ask for `source` and `destination`.
    """

    def __init__(self) -> None:
        self.packet = Packet()
        self.flow: Flow | None = None
        self.to_server = True
        self.is_stream = False  # looks at a stream, not at the packet
        self.stream_events: list[str] = []  # of the packet at hand
        self.protocol: Protocol | None = None  # of the transaction
        self.transaction: Transaction | None = None  # that is looked at, if one is
        self.hosts = Hosts()  # what is remembered of hosts
        self.captured: dict[str, bytes] | None = None  # by the rule that matched last (rule/capture.py)
        self.packet_variables: dict[str, bytes] = {}  # that rules captured from the packet, by name

    def source(self) -> bytes:
        """Return the address that the bytes at hand came from: 4 or 16 bytes, or none without IP."""
        flow = self.flow
        if not self.is_stream or flow is None:
            return self.packet.source()
        return flow.source if self.to_server else flow.destination

    def destination(self) -> bytes:
        """Return the address that the bytes at hand go to."""
        flow = self.flow
        if not self.is_stream or flow is None:
            return self.packet.destination()
        return flow.destination if self.to_server else flow.source

    def now_ns(self) -> i64:
        """Return the packet's time."""
        return self.packet.timestamp_ns
