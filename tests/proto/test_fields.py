"""Every sticky buffer and number of every protocol: its own table of cases, and that it is documented."""

from __future__ import annotations

import pytest
from splitting import flat, listen

from vids.engine.proto.field import BOTH, Case, Field, NumberCase, NumberField
from vids.engine.proto.filefield import FILE_FIELDS
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.table import PROTOCOLS
from vids.engine.proto.transaction import COMPLETE

FIELDS = [(protocol, field) for protocol in PROTOCOLS for field in (*protocol.fields, *protocol.numbers)]
CASES = [(protocol, field, case) for protocol, field in FIELDS for case in field.cases]


def field_name(item: object) -> str:
    return getattr(item, "name", "")


@pytest.mark.parametrize(("protocol", "field", "case"), CASES, ids=field_name)
def test_case(protocol: Protocol, field: Field | NumberField, case: Case | NumberCase) -> None:
    """What each side says is fed whole; the values are those of the last transaction once both have ended."""
    request, response, expected = case
    ear = listen(protocol, [(True, request), (False, response)])
    assert flat(field, ear.last()) == expected
    assert flat(field, ear.last()) == expected, "a value changes when it is read twice"


@pytest.mark.parametrize(("protocol", "field"), FIELDS, ids=field_name)
def test_documented(protocol: Protocol, field: Field | NumberField) -> None:
    assert field.meaning
    assert field.source
    assert field.sides & BOTH
    assert 0 <= field.progress <= COMPLETE
    assert field in FILE_FIELDS or any(expected for _, _, expected in field.cases), "no case in which it is there"
    if isinstance(field, NumberField):
        assert all(name == name.lower() for name in field.names or ())
        assert all(0 <= value <= field.highest for value in (field.names or {}).values())


def test_no_name_is_taken_twice() -> None:
    """A field of several protocols (ja3.hash) is one keyword: the same names, of the same sides."""
    owners: dict[str, Field | NumberField] = {}
    for protocol in PROTOCOLS:
        own: set[str] = set()
        for field in (*protocol.fields, *protocol.numbers):
            for name in (field.name, *field.aliases, *(field.modifiers if isinstance(field, Field) else ())):
                assert name not in own, name
                own.add(name)
                other = owners.setdefault(name, field)
                assert (other.name, other.aliases, other.sides) == (field.name, field.aliases, field.sides), name


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=field_name)
def test_events_are_named_as_rules_name_them(protocol: Protocol) -> None:
    assert protocol.name
    assert len(set(protocol.events)) == len(protocol.events)
    assert all(event == event.lower() and "." not in event for event in protocol.events)
