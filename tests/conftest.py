"""What all tests share: where the shared captures are, and whether the engine that runs is the expected one."""

import gc
import os
import time
from pathlib import Path

import pytest
from engine_run import load
from hypothesis import settings

import vids.engine.engine
from vids.engine.rule.ruleset import RuleSet

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("vids", deadline=None)  # machines are slow and busy at times: no test depends on its time
settings.load_profile("vids")


def pytest_configure(config):
    """Stop at once when tests/ would run against another build than asked for (VIDS_EXPECT).

    EVE is in local time: that of the tests is UTC, wherever they run.
    """
    os.environ["TZ"] = "UTC"
    time.tzset()
    wanted = os.environ.get("VIDS_EXPECT")
    is_compiled = not vids.engine.engine.__file__.endswith(".py")
    if wanted and (wanted == "compiled") != is_compiled:
        raise pytest.UsageError(f"expected vids {wanted}, found {vids.engine.engine.__file__}")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write what golden cases give now; review the diff")


def pytest_report_header(config):
    return f"vids.engine: {vids.engine.engine.__file__}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared captures and rulesets (VIDS_SHARED, else ../shared); skips where there is none."""
    folder = Path(os.environ.get("VIDS_SHARED") or ROOT.parent / "shared")
    if not (folder / "captures").is_dir():
        pytest.skip("no shared captures: set VIDS_SHARED")
    return folder


@pytest.fixture(scope="session")
def public_rules(shared) -> RuleSet:
    """A large public ruleset, for any addresses: what of it works is matched, the rest waits."""
    rules = load([shared / "rulesets" / "et-open-2023-05.rules"], {"HOME_NET": "any", "EXTERNAL_NET": "any"})
    gc.freeze()  # they stay for good: each collection would walk them, in all tests that follow
    return rules
