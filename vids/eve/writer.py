"""Events become records, records become lines; structlog renders them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
import structlog

from vids.engine.event import Event
from vids.eve.header import Options, Record
from vids.eve.record import EVENT_TYPES, STATS, make_record
from vids.eve.sink import Sink

_encode = msgspec.json.Encoder().encode


class _EveLogger(structlog.BoundLoggerBase):
    """A structlog logger whose whole entry is the record."""

    def record(self, record: Record) -> None:
        self._proxy_to_logger("msg", None, **record)


def _json(record: Record, **_: Any) -> bytes:
    return _encode(record)


class EveWriter:
    """Writes the records of the wanted event types to a sink."""

    def __init__(self, sink: Sink, options: Options, event_types: Collection[str] = EVENT_TYPES) -> None:
        self._sink = sink
        self._options = options
        self._wanted = frozenset(event_types)
        self._has_stats = STATS in event_types
        render = structlog.processors.JSONRenderer(serializer=_json)
        self._log = structlog.wrap_logger(sink, [render], _EveLogger).bind()

    def write(self, events: Iterable[Event]) -> None:
        """Write the record of each event."""
        for event in events:
            record = make_record(event, self._wanted, self._options)
            if record is not None:
                self._log.record(record)

    def write_stats(self, record: Record) -> None:
        """Write a stats record, if they are wanted."""
        if self._has_stats:
            self._log.record(record)

    def close(self) -> None:
        """Write what is still held."""
        self._sink.close()
