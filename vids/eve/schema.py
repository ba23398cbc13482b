"""The JSON schema of what vids writes: one line of EVE is one of these records."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.table import PROTOCOLS
from vids.eve.alert import ALERT
from vids.eve.anomaly import ANOMALY
from vids.eve.drop import DROP
from vids.eve.fileinfo import FILEINFO
from vids.eve.flow import FLOW_END
from vids.eve.packet import TAGGED_PACKET
from vids.eve.shape import Fields, Json, Ref, schema_of
from vids.eve.stats import COUNTERS, STATS_RECORD
from vids.eve.transaction import TRANSACTION

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
TIME: Final = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}[+-]\d{4}$"}
SHAPES: Final[dict[str, Fields]] = {  # by event type
    "alert": ALERT,
    "anomaly": ANOMALY,
    "drop": DROP,
    "fileinfo": FILEINFO,
    "flow": FLOW_END,
    "packet": TAGGED_PACKET,
    "stats": STATS_RECORD,
}


def schema() -> Json:
    """Return the schema (JSON Schema, draft 7): of each type of record, and which one a line must be."""
    definitions: Json = {"time": TIME, "counters": schema_of(COUNTERS)}
    shapes = dict(SHAPES)
    for protocol in PROTOCOLS:
        if protocol.record_type:
            definitions[protocol.record_type] = schema_of(protocol.record_shape)
            shapes[protocol.record_type] = {**TRANSACTION, protocol.record_type: Ref(protocol.record_type)}
    choices = []
    for name, shape in sorted(shapes.items()):
        definitions[f"{name}_record"] = schema_of({**shape, "event_type": {name}})
        choices.append({"if": _is_of(name), "then": {"$ref": f"#/$defs/{name}_record"}})
    return {
        "$schema": DIALECT,
        "title": "EVE records of vids",
        "type": "object",
        "required": ["event_type"],
        "properties": {"event_type": {"enum": sorted(shapes)}},
        "allOf": choices,
        "$defs": definitions,
    }


def _is_of(name: str) -> Json:
    return {"properties": {"event_type": {"const": name}}, "required": ["event_type"]}
