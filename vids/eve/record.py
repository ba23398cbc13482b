"""The table of records: which event becomes which, and what makes it. A new record is one file and one line here;
those of transactions are of their protocols (vids/engine/proto/table.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from vids.engine.event import Alert, Anomaly, Drop, Event, FileInfo, FlowEnd, TaggedPacket, TransactionRecord
from vids.engine.proto.table import PROTOCOLS
from vids.eve.alert import alert_record
from vids.eve.anomaly import anomaly_record
from vids.eve.drop import drop_record
from vids.eve.fileinfo import fileinfo_record
from vids.eve.flow import flow_record
from vids.eve.header import Options, Record
from vids.eve.packet import tagged_record
from vids.eve.transaction import transaction_record

Maker = Callable[[Any, Options], Record | None]  # of its own event class; None leaves the event out

RECORDS: Final[dict[type[Event], tuple[str, Maker]]] = {
    Alert: ("alert", alert_record),
    Anomaly: ("anomaly", anomaly_record),
    Drop: ("drop", drop_record),
    FileInfo: ("fileinfo", fileinfo_record),
    FlowEnd: ("flow", flow_record),
    TaggedPacket: ("packet", tagged_record),
}
STATS: Final = "stats"  # made of counters, not of an event: vids/eve/stats.py
TRANSACTION_TYPES: Final = tuple(sorted({protocol.record_type for protocol in PROTOCOLS if protocol.record_type}))
EVENT_TYPES: Final = (*(name for name, _ in RECORDS.values()), *TRANSACTION_TYPES, STATS)


def make_record(event: Event, wanted: Collection[str], options: Options) -> Record | None:
    """Return an event's record; None where its type is not wanted, or there is nothing to say."""
    if isinstance(event, TransactionRecord):
        return transaction_record(event, options) if event.record_type in wanted else None
    found = RECORDS.get(type(event))
    return found[1](event, options) if found is not None and found[0] in wanted else None
