"""The table of stream events: what is said is in it, and what is in it is said."""

from __future__ import annotations

import re
from pathlib import Path

import vids.engine.flow
from vids.engine.flow.names import EVENTS, SILENT, SPELLINGS

SOURCES = Path(next(iter(vids.engine.flow.__path__)))


def said() -> set[str]:
    """Return every event name in the source of the room, but for the table's own."""
    found: set[str] = set()
    for path in SOURCES.glob("*.py"):
        if path.name != "names.py":
            found |= set(re.findall(r'"(stream\.[a-z0-9_]+)"', path.read_text("utf-8")))
    return found


def test_every_event_is_in_the_table() -> None:
    assert said() <= set(EVENTS)


def test_every_name_in_the_table_is_said() -> None:
    assert set(EVENTS) <= said()


def test_names_are_told_apart() -> None:
    assert not set(EVENTS) & set(SILENT)
    assert not set(SPELLINGS) & (set(EVENTS) | set(SILENT))
    assert set(SPELLINGS.values()) <= set(EVENTS)
    assert all(meaning and not meaning.endswith(".") for meaning in EVENTS.values())
