"""The record of malformed or suspect traffic."""

from __future__ import annotations

from typing import Final

from vids.config import AnomalyOutput
from vids.engine.event import Anomaly
from vids.eve.header import PACKET, Options, Record, add_transaction, add_tunnel, packet_record
from vids.eve.shape import Fields
from vids.eve.text import clean

PREFIXES: Final = {"decode": "decoder.", "stream": "stream."}  # of the event's name, by its type

ANOMALY: Final[Fields] = {
    **PACKET, "tx_id?": int,
    "anomaly": {"app_proto?": str, "type": {"decode", "stream", "applayer"}, "event": str, "layer?": str},
}  # fmt: skip


def anomaly_record(anomaly: Anomaly, options: Options) -> Record | None:
    """Return what was odd about a packet, or None where records of its type are not wanted."""
    if not is_wanted(anomaly.kind, options.log.types.anomaly):
        return None
    prefix = PREFIXES.get(anomaly.kind, "")
    name = anomaly.name if anomaly.name.startswith(prefix) else prefix + anomaly.name
    record = packet_record(anomaly, "anomaly", options, [])
    add_transaction(record, anomaly.transaction_number)
    said: Record = {"app_proto": anomaly.app_protocol} if anomaly.app_protocol else {}
    said["type"] = anomaly.kind
    said["event"] = clean(name)
    if anomaly.layer:
        said["layer"] = anomaly.layer
    record["anomaly"] = said
    add_tunnel(record, anomaly, options)
    return record


def is_wanted(kind: str, wanted: AnomalyOutput) -> bool:
    """Return whether anomalies of this type are written."""
    kinds = {"decode": wanted.types.decode, "stream": wanted.types.stream, "applayer": wanted.types.applayer}
    return wanted.enabled and kinds[kind]
