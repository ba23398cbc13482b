"""The table of event names: complete, and known to the rules that people write."""

import re
from pathlib import Path

import vids.engine.packet
from vids.engine.packet.names import EVENTS, SILENT

ROOM = Path(vids.engine.packet.__file__).parent
NAME = re.compile(r'"([a-z0-9_]+\.[a-z0-9_]+|too_many_layers)"')
TABLES = ("names.py", "counters.py")  # the names of others


def names_in_decode() -> set[str]:
    """Return the names that the room's source gives to events."""
    sources = [path.read_text() for path in ROOM.glob("*.py") if path.name not in TABLES]
    found = {name for source in sources for name in NAME.findall(source)}
    return {name for name in found if not name.startswith("defrag.")}  # those are counters


def test_the_table_holds_what_decode_says_and_no_more():
    assert names_in_decode() == set(EVENTS)


def test_no_name_is_there_twice():
    assert not set(EVENTS) & set(SILENT)
    assert len(set(SILENT)) == len(SILENT)


def test_every_name_has_a_meaning():
    assert all(meaning and not meaning.endswith(".") for meaning in EVENTS.values())


def test_rules_use_names_that_are_known(shared):
    used = set()
    for path in [*shared.glob("rulesets/**/*.rules"), *shared.glob("conformance/**/*.rules")]:
        used |= set(re.findall(r"decode-event:\s*([^;]+);", path.read_text(errors="replace")))
    assert used, "no rule uses decode-event"
    known = set(EVENTS) | set(SILENT)
    assert {name.strip() for name in used} <= known
