"""The pages of docs/ that come from the code are fresh, and what they name exists."""

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

from vids.config import SETTINGS
from vids.engine.engine import Engine
from vids.engine.limits import LIMITS, reached
from vids.engine.packet.names import EVENTS as DECODE_EVENTS
from vids.engine.proto.table import PROTOCOLS
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "vids" / "engine" / "proto" / "dns"
EVENTS = {f"decoder.event.{event}" for event in DECODE_EVENTS} | {  # counted by name once they happen
    f"app_layer.event.{protocol.name}.{event}" for protocol in PROTOCOLS for event in protocol.events
}
IDS = [limit.bound for limit in LIMITS]


def make_docs():
    """Load the tool that makes the pages."""
    specification = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_pages_are_fresh():
    assert make_docs().stale() == [], "run python tools/make_docs.py"


@pytest.mark.parametrize("limit", LIMITS, ids=IDS)
def test_a_limit_is_what_the_table_says(limit):
    module = importlib.import_module(limit.where)
    assert limit.counter in EVENTS or limit.counter in Engine(RuleSet({}, {}, {}, {}), Settings()).counters()
    assert limit.bound in SETTINGS if limit.is_setting() else hasattr(module, limit.bound)
    assert limit.unit
    assert limit.effect


def test_bounds_stand_in_the_table_once():
    assert len(set(IDS)) == len(IDS)


def test_a_limit_is_reached_when_its_counter_says_so():
    assert reached(dict.fromkeys((limit.counter for limit in LIMITS), 0)) == []
    assert [limit.bound for limit in reached({"flow.max_flows_reached": 2, "decoder.pkts": 5})] == ["flow.max-flows"]
    assert reached({limit.counter: 1 for limit in LIMITS}) == list(LIMITS)


def test_the_page_on_protocols_names_files_that_exist():
    """Paths are of the repository, of vids/engine or of the model's folder, of which every file is named."""
    words = set(re.findall(r"`([\w/.]+)`", (ROOT / "docs" / "protocols.md").read_text()))
    places = (ROOT, ROOT / "vids", ROOT / "vids" / "engine", ROOT / "vids" / "engine" / "rule" / "keywords", MODEL)
    for word in sorted(word for word in words if word.endswith((".py", "/"))):
        assert any((place / word).exists() for place in places), word
    assert {path.name for path in MODEL.glob("*.py")} - {"__init__.py"} <= words
