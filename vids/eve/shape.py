"""What records are made of, as plain values, and the JSON schema of it.

A shape is `str`, `int`, `float`, `bool` or `object` (anything); a list of one shape; a set of the words that a text may
be; a tuple of shapes, any of which it may have; `Ref` for one that has a name; or a dict from the names of an object's
fields to their shapes. A field that may be missing ends in `?`; the field `*` stands for all others, if there may be
any. Each record maker says beside itself what it makes, so do the protocols (Protocol.record_shape).
"""

from __future__ import annotations

from typing import Final

from vids.engine.proto.table import PROTOCOLS

Shape = object  # see above
Fields = dict[str, object]  # of an object
Json = dict[str, object]

TYPES: Final[dict[object, str]] = {str: "string", int: "integer", float: "number", bool: "boolean"}


class Ref:
    """A shape by its name in the schema."""

    def __init__(self, name: str) -> None:
        self.name = name


TIME: Final = Ref("time")
APPLICATIONS: Final[Fields] = {  # the object of a transaction, in records that show it
    f"{protocol.record_type}?": Ref(protocol.record_type) for protocol in PROTOCOLS if protocol.record_type
}


def schema_of(shape: Shape) -> Json:
    """Return the JSON schema of a shape."""
    if isinstance(shape, Ref):
        return {"$ref": f"#/$defs/{shape.name}"}
    if isinstance(shape, dict):
        return _object(shape)
    if isinstance(shape, list):
        (item,) = shape
        return {"type": "array", "items": schema_of(item)}
    if isinstance(shape, set):
        return {"enum": sorted(shape)}
    if isinstance(shape, tuple):
        return {"anyOf": [schema_of(each) for each in shape]}
    return {} if shape is object else {"type": TYPES[shape]}


def _object(fields: Fields) -> Json:
    named = {name: shape for name, shape in fields.items() if name != "*"}
    made: Json = {
        "type": "object",
        "properties": {name.removesuffix("?"): schema_of(shape) for name, shape in named.items()},
        "additionalProperties": schema_of(fields["*"]) if "*" in fields else False,
    }
    if required := [name for name in named if not name.endswith("?")]:
        made["required"] = required
    return made
