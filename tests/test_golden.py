"""Golden cases: rules and a capture in, EVE out, byte for byte; `pytest --update-golden` writes what comes out.

The diff of an update is reviewed like code.
"""

import difflib
import json

import golden_capture
import pytest
from golden_case import GOLDEN, cases

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case.folder.name for case in CASES])
def test_golden(case, tmp_path, request):
    found = case.replay(tmp_path)
    if request.config.getoption("--update-golden"):
        case.eve.write_bytes(found)
    wanted = case.eve.read_bytes()
    if found != wanted:
        pytest.fail(f"{case.purpose}\n" + "\n".join(difference(wanted, found)), pytrace=False)


def difference(wanted, found):
    """Return what is other, a field a line."""
    spread = [
        [line for record in lines.splitlines() for line in json.dumps(json.loads(record), indent=1).splitlines()]
        for lines in (wanted, found)
    ]
    return difflib.unified_diff(*spread, "golden", "found", lineterm="", n=4)


@pytest.mark.parametrize("case", CASES, ids=[case.folder.name for case in CASES])
def test_a_case_is_whole(case):
    assert case.purpose.endswith(".")
    assert bool(case.pcap) != bool(case.tape), "one capture"
    assert {path.name for path in case.folder.iterdir()} == {"case.toml", "test.rules", "eve.jsonl"}
    assert case.eve.stat().st_size > 0


def test_nothing_lies_about():
    assert set(GOLDEN.iterdir()) == {case.folder for case in CASES}
    assert {case.tape for case in CASES} - {""} == set(golden_capture.CAPTURES), "a tape that no case plays"
