"""Every shipped rule fires on its capture, as often as it should, and on no near miss."""

import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest
from replaying import PCAPS, ROOT, RULES, replay

from vids.cli.main import exit_code

CASES = [
    # sid      capture               alerts
    (1000001, "slammer.pcap", 3),
    (1000101, "codered.pcap", 1),
    (1000102, "codered.pcap", 1),
    (1000201, "nimda_doors.pcap", 1),
    (1000202, "nimda_doors.pcap", 1),
    (1000203, "nimda_doors.pcap", 1),
    (1000204, "nimda_doors.pcap", 1),
    (1000205, "nimda_climbs.pcap", 8),
    (1000206, "nimda_climbs.pcap", 5),
    (1000206, "nimda_spread.pcap", 1),
    (1000214, "nimda_spread.pcap", 1),
    (1000215, "nimda_spread.pcap", 1),
    (1000216, "nimda_spread.pcap", 1),
    (1000217, "nimda_spread.pcap", 1),
    (1000218, "nimda_spread.pcap", 1),
    (1000219, "nimda_spread.pcap", 1),
    (1000302, "blaster.pcap", 1),
    (1000303, "blaster.pcap", 1),
    (1000304, "blaster.pcap", 1),
    (1000305, "blaster.pcap", 2),
    (1000401, "witty.pcap", 2),
    (1000501, "welchia.pcap", 1),
    (1000502, "welchia.pcap", 1),
    (1000503, "welchia.pcap", 2),
    (1000504, "welchia.pcap", 2),
    (1000602, "sasser.pcap", 1),
    (1000603, "sasser.pcap", 1),
    (1000604, "sasser.pcap", 1),
    (1000702, "conficker.pcap", 2),
    (1000801, "mirai.pcap", 1),
    (1000802, "mirai.pcap", 1),
    (1000803, "mirai.pcap", 1),
    (1000804, "mirai.pcap", 1),
    (1000805, "mirai.pcap", 1),
    (1000806, "mirai.pcap", 1),
    (1000902, "eternalblue.pcap", 1),
    (1000903, "eternalblue.pcap", 1),
    (1000904, "eternalblue.pcap", 1),
    (1000905, "eternalblue.pcap", 1),
    (1000906, "eternalblue.pcap", 1),
    (1000908, "doublepulsar.pcap", 2),
    (1001001, "wannacry.pcap", 2),
    (1001002, "wannacry.pcap", 1),
]
KEEPERS = [
    # sid that only sets a flow bit, the one that reads it
    (1000301, 1000302),
    (1000601, 1000602),
    (1000701, 1000702),
    (1000901, 1000903),
    (1000907, 1000908),
]
NEAR_MISSES = [
    "slammer_near_miss.pcap",
    "codered_near_miss.pcap",
    "nimda_near_miss.pcap",
    "nimda_spread_near_miss.pcap",
    "blaster_near_miss.pcap",
    "witty_near_miss.pcap",
    "welchia_near_miss.pcap",
    "sasser_near_miss.pcap",
    "conficker_near_miss.pcap",
    "mirai_near_miss.pcap",
    "eternalblue_near_miss.pcap",
    "doublepulsar_near_miss.pcap",
    "wannacry_near_miss.pcap",
]
MAX_BYTES = 10 * 1024
KEYS = ("malware_family", "attack_target", "deployment", "confidence", "signature_severity", "created_at", "updated_at")
MITRE = ("mitre_tactic_id", "mitre_tactic_name", "mitre_technique_id", "mitre_technique_name")


def expected() -> dict[str, Counter[int]]:
    """Return what each capture fires, near misses included."""
    fires: dict[str, Counter[int]] = defaultdict(Counter)
    for sid, capture, count in CASES:
        fires[capture][sid] = count
    return fires | {capture: Counter() for capture in NEAR_MISSES}


def rules() -> dict[int, str]:
    """Return the text of every shipped rule, continuation lines joined."""
    text = "".join(path.read_text() for path in sorted(RULES.glob("*.rules")))
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    found = [(int(re.search(r"\bsid:(\d+);", line)[1]), line) for line in lines if line and not line.startswith("#")]
    assert len(dict(found)) == len(found), "a sid stands twice"
    return dict(found)


@pytest.mark.parametrize("capture", sorted(expected()))
def test_capture(capture, tmp_path):
    assert replay(tmp_path, PCAPS / capture) == (0, expected()[capture])


def test_the_folder_as_one(tmp_path):
    assert replay(tmp_path, PCAPS) == (0, sum(expected().values(), Counter()))


def test_every_rule_is_in_a_table():
    assert sorted(rules()) == sorted({sid for sid, _, _ in CASES} | {sid for sid, _ in KEEPERS})


@pytest.mark.parametrize(("keeper", "reader"), KEEPERS)
def test_a_rule_without_alert_sets_what_another_reads(keeper, reader):
    bit = re.search(r"flowbits:set,([\w.]+); noalert;", rules()[keeper])[1]
    assert f"flowbits:isset,{bit};" in rules()[reader]


@pytest.mark.parametrize("sid", sorted(rules()))
def test_a_rule_says_what_an_analyst_needs(sid):
    text = rules()[sid]
    assert 1_000_000 < sid < 1_100_000
    assert re.search(r'\bmsg:"VIDS WORM [^"]+";', text)
    assert re.search(r"\bclasstype:[\w-]+; target:(src_ip|dest_ip);", text)
    assert re.search(r"\breference:(cve|url),", text)
    assert [key for key in KEYS + MITRE if not re.search(rf"[:, ]{key} \w", text)] == []


def test_the_rules_have_no_problem():
    assert exit_code(["rules", "check", str(RULES)]) == 0


def test_the_folder_holds_what_is_tested():
    assert sorted(path.name for path in PCAPS.glob("*.pcap")) == sorted(expected())
    assert [path.name for path in PCAPS.glob("*.pcap") if path.stat().st_size > MAX_BYTES] == []


def test_the_index_says_what_fires():
    rows = re.findall(r"^\| (\S+\.pcap) \|.*\| ([^|]+) \|$", (PCAPS / "INDEX.md").read_text(), re.MULTILINE)
    index = {name: Counter({int(a): int(b) for a, b in re.findall(r"(\d+) x (\d+)", fires)}) for name, fires in rows}
    assert index == expected()


def test_the_captures_are_made_again_byte_for_byte(tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "make_pcaps.py", tmp_path / "pcaps"], check=True)
    made = {path.name: path.read_bytes() for path in (tmp_path / "pcaps").iterdir()}
    assert made == {path.name: path.read_bytes() for path in PCAPS.iterdir()}
