"""What a packet check sees."""

from __future__ import annotations

from typing import final

from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import Packet


@final
class View:
    """One packet, its flow (none where the packet belongs to no flow), and the side that sent it."""

    def __init__(self) -> None:
        self.packet = Packet()
        self.flow: Flow | None = None
        self.to_server = True
