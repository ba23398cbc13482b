"""tools/compare_alerts.py: which pairs of capture and sid it takes for equal, more and fewer, and what it counts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from golden_capture import VICTIM, WORM, Timed, pcap_bytes

TOOL = Path(__file__).resolve().parent.parent / "tools" / "compare_alerts.py"
RULES = """
alert udp any any -> any 9 (msg:"a"; content:"a"; sid:1;)
alert udp any any -> any 9 (msg:"b"; content:"b"; threshold:type limit, track by_src, count 1, seconds 60; sid:2;)
alert bittorrent-dht any any -> any any (msg:"waits"; content:"a"; sid:3;)
"""
SAID = {"one/x.pcap": [b"a", b"a", b"b"], "two/y.pcap": [b"b", b"b"], "two/z.pcap": [b"-"]}
X, Y, Z = SAID
OURS = {(X, 1): 2, (X, 2): 1, (Y, 2): 1}  # each capture by itself: the threshold begins anew
CASES = [
    # name                reference                          reasons                                  lines                               one           two           why                  code
    ("equal",             OURS,                              [],                                      [],                                 "2 2 100.0 2",  "1 1 100.0 1",  "none",              0),
    ("as often",          OURS | {(X, 1): 3},                [],                                      [(X, 1, 2, 3, "fewer", "?")],       "2 2 100.0 1",  "1 1 100.0 1",  "1 ?",               1),
    ("more",              {(X, 1): 2, (Y, 2): 1},            [(X, 2, "?", "deeper")],                 [(X, 2, 1, 0, "more", "deeper")],   "2 1 50.0 1",   "1 1 100.0 1",  "1 deeper",          0),
    ("fewer",             OURS | {(Z, 1): 1},                [],                                      [(Z, 1, 0, 1, "fewer", "?")],       "2 2 100.0 2",  "2 1 50.0 1",   "1 ?",               1),
    ("waits",             OURS | {(X, 3): 2},                [],                                      [(X, 3, 0, 2, "fewer", "waits")],   "3 2 66.7 2",   "1 1 100.0 1",  "1 waits",           0),
    ("of no topic",       OURS | {("three/w.pcap", 1): 1},   [],                                      [],                                 "2 2 100.0 2",  "1 1 100.0 1",  "none",              0),
]  # fmt: skip


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("captures")
    for name, said in SAID.items():
        tape = Timed()
        for data in said:
            tape.udp(WORM, 4000, VICTIM, 9, data)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(pcap_bytes(tape.timed()))
    return folder


def compare(captures, folder, reference, reasons=()):
    """Return the exit status, the lines on differences, and the summary: topic -> against the reference, and alone."""
    (folder / "x.rules").write_text(RULES)
    table = ["capture\tsid\talone\treason", *("\t".join(map(str, row)) for row in reasons)]
    (folder / "reasons.tsv").write_text("\n".join(table) + "\n")
    command = [sys.executable, TOOL, "-r", folder / "x.rules", "--root", captures, "--reference", reference]
    done = subprocess.run(
        [*command, "--reasons", folder / "reasons.tsv", "one", "two"], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    found = [(c, int(sid), int(a), int(b), *rest) for c, sid, a, b, *rest in (r for r in lines[1:] if r[0][0] != "#")]
    summary = {row[0][2:]: " ".join(row[1:]).replace(" %", "") for row in lines if row[0].startswith("# ")}
    why = next(name for name in summary if name.startswith("differences: "))
    return done.returncode, found, summary, why.removeprefix("differences: ")


def table_of(folder, counts):
    path = folder / "reference.tsv"
    rows = [f"{capture}\t{sid}\t{count}\tmsg" for (capture, sid), count in counts.items()]
    path.write_text("\n".join(["capture\tsid\tcount\tmsg", *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("counts", "reasons", "lines", "one", "two", "why", "status"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_compare(captures, tmp_path, counts, reasons, lines, one, two, why, status):
    code, found, summary, said = compare(captures, tmp_path, table_of(tmp_path, counts), reasons)
    assert (code, found, said) == (status, lines, why)
    assert (summary["one"], summary["two"]) == (f"{one} {one}", f"{two} {two}")  # the same alone


def test_a_misplaced_alert_is_none_of_those_alone(captures, tmp_path):
    reference = table_of(tmp_path, {(X, 1): 2, (X, 2): 1, (Z, 2): 1})
    reasons = [(Y, 2, 1, "misplaced"), (Z, 2, 0, "misplaced")]
    code, found, summary, said = compare(captures, tmp_path, reference, reasons)
    assert [row[4] for row in found] == ["more", "fewer"]
    assert (code, said) == (0, "2 misplaced")
    assert summary["two"] == "2 0 0.0 0 1 1 100.0 1"
    assert summary["all"] == "4 2 50.0 2 3 3 100.0 3"


def test_the_reference_may_be_eve_of_each_capture(captures, tmp_path):
    eve = tmp_path / "eve"
    for (capture, sid), count in OURS.items():
        (eve / capture).mkdir(parents=True, exist_ok=True)
        with (eve / capture / "eve.json").open("a") as file:
            file.write((json.dumps({"event_type": "alert", "alert": {"signature_id": sid}}) + "\n") * count)
            file.write('{"event_type": "stats"}\n')
    code, found, summary, _ = compare(captures, tmp_path, eve)
    assert (code, found) == (0, [])
    assert summary["all"] == "3 3 100.0 3 3 3 100.0 3"
