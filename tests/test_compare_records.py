"""tools/compare_records.py: which records are taken for the same, and what it says of those that differ."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parent.parent / "tools" / "compare_records.py"


def dns(number, is_back=False, port=4000, **values):
    ends = [("10.0.0.1", port), ("10.0.0.2", 53)]
    (src_ip, src_port), (dest_ip, dest_port) = reversed(ends) if is_back else ends
    return {
        "event_type": "dns", "pcap_cnt": 1, "proto": "UDP", "src_ip": src_ip, "src_port": src_port,
        "dest_ip": dest_ip, "dest_port": dest_port, "dns": {"tx_id": number, **values},
    }  # fmt: skip


ONE, TWO = dns(0, id=1, answers=[{"rdata": "a"}, {"rdata": "b"}]), dns(1, is_back=True, id=2)
CASES = [
    # name                   of vids                          of the other                                 said
    ("equal",                [ONE, TWO],                      [TWO, ONE],                                  ["dns: 2 equal"]),
    ("another value",        [ONE],                           [dns(0, id=1, answers=[{"rdata": "a"}, {"rdata": "c"}])], ["dns: 0 equal, 1 differ", "dns.answers[].rdata", '"b" for "c"']),
    ("a field too many",     [ONE, dns(1, id=2, z=True)],     [ONE, dns(1, id=2)],                         ["dns: 1 equal, 1 differ", "dns.z", "true for nothing"]),
    ("turned around",        [dns(1, id=2)],                  [TWO],                                       ["dns: 0 equal, 1 differ", "src_ip"]),
    ("another flow",         [ONE],                           [dns(0, port=4001, id=1)],                   ["1 vids alone, 1 other alone"]),
    ("one missing",          [TWO],                           [ONE, TWO],                                  ["dns: 1 equal, 1 other alone"]),
    ("by transaction",       [dns(0, id=1), dns(1, id=2)],    [dns(1, id=3), dns(0, id=4)],                ["2 differ", "1 for 4", "2 for 3"]),
]  # fmt: skip


def compare(folder, ours, other, *options):
    paths = []
    for name, lines in (("vids.json", ours), ("other.json", other)):
        paths.append(folder / name)
        paths[-1].write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = subprocess.run([sys.executable, TOOL, *options, *paths], capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize(("ours", "other", "said"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_compare(tmp_path, ours, other, said):
    code, out = compare(tmp_path, ours, other)
    assert all(part in out for part in said), out
    assert code == (0 if said == ["dns: 2 equal"] else 1)


def test_paths_can_be_left_out_and_types_chosen(tmp_path):
    alert = {**ONE, "event_type": "alert", "alert": {"signature_id": 1}}
    renumbered = dns(5, id=1, answers=[{"rdata": "a"}, {"rdata": "b"}])
    assert compare(tmp_path, [ONE, alert], [renumbered], "--type", "dns", "--ignore", "dns.tx_id") == (
        0,
        "dns: 1 equal\n",
    )
    assert compare(tmp_path, [ONE], [renumbered], "--ignore", "dns.*", "--ignore", "alert.*")[0] == 0
    assert compare(tmp_path, [alert], [])[0] == 1


def test_folders_are_compared_file_by_file(tmp_path):
    for folder, names in (("a", ("1.json", "2.json")), ("b", ("1.json", "3.json"))):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_text(json.dumps(ONE) + "\n")
    command = [sys.executable, TOOL, tmp_path / "a", tmp_path / "b"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "1 files compared, 2 of one engine alone\ndns: 1 equal\n"
