"""The record of a packet that a rule's tag asked for."""

from __future__ import annotations

from typing import Final

from vids.engine.event import TaggedPacket
from vids.eve.alert import FRAME, add_frame
from vids.eve.header import PACKET, Options, Record, packet_record
from vids.eve.shape import Fields

TAGGED_PACKET: Final[Fields] = {**PACKET, **FRAME}


def tagged_record(event: TaggedPacket, options: Options) -> Record | None:
    """Return the packet itself, or None where such records are not wanted."""
    if not options.log.types.alert.tagged_packets:
        return None
    record = packet_record(event, "packet", options, [])
    add_frame(record, event.packet, event.link_type)
    return record
