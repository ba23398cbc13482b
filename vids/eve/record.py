"""The table of records: which event becomes which, and what makes it. A new record is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vids.engine.event import Alert, Anomaly, Drop, Event, FlowEnd, TaggedPacket
from vids.eve.alert import alert_record
from vids.eve.anomaly import anomaly_record
from vids.eve.drop import drop_record
from vids.eve.flow import flow_record
from vids.eve.header import Options, Record
from vids.eve.packet import tagged_record

Maker = Callable[[Any, Options], Record | None]  # of its own event class; None leaves the event out

RECORDS: Final[dict[type[Event], tuple[str, Maker]]] = {
    Alert: ("alert", alert_record),
    Anomaly: ("anomaly", anomaly_record),
    Drop: ("drop", drop_record),
    FlowEnd: ("flow", flow_record),
    TaggedPacket: ("packet", tagged_record),
}
STATS: Final = "stats"  # made of counters, not of an event: vids/eve/stats.py
EVENT_TYPES: Final = (*(name for name, _ in RECORDS.values()), STATS)
