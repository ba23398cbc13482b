"""Records held to docs/eve.schema.json."""

import json
from functools import cache
from pathlib import Path

import fastjsonschema

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "eve.schema.json"


@cache
def _checks():
    return fastjsonschema.compile(json.loads(SCHEMA.read_text(encoding="utf-8")))


def validate(record):
    """Raise fastjsonschema.JsonSchemaValueException unless the record is one of the schema's."""
    _checks()(record)


def fault_of(record):
    """Return what is wrong with a record, or nothing."""
    try:
        validate(record)
    except fastjsonschema.JsonSchemaValueException as error:
        return f"{record.get('event_type')}: {error}"
    return ""
