"""Every shared capture replays, however malformed: done or one clear line, whole EVE, never a bug."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from eve_schema import fault_of
from golden_case import EVERYTHING

import vids.cli.replay
from vids.cli.main import exit_code

ROOT = Path(__file__).resolve().parent.parent
DONE, INPUT = 0, 4
LIMITS = "vids: limits reached: "  # which this traffic may well do: it is said in a line, and no fault
NO_CAPTURES = {"README.md", "INDEX.md", "reference-alerts.tsv"}
UNREADABLE = re.compile(r".*\.test|test_data-test0(06|07|10)\.ntar")  # JSON; block lengths that no block may have
FOLDERS = ("everyday", "exploits", "formats", "malformed", "overlap", "tunnels", "worms")
MIXED = r"""
alert ip any any -> any any (msg:"VIDS test: every flow"; sid:1;)
alert ip any any -> [10.0.0.0/8,2001:db8::/32,!10.1.0.0/16] any (msg:"VIDS test: addresses"; sid:2;)
alert tcp any any -> any any (msg:"VIDS test: a stream"; flow:established; content:"|0d 0a|"; \
    pcre:"/[a-z]+: .{3,40}\r\n/Ri"; sid:3;)
alert tcp any any -> any any (msg:"VIDS test: segments"; tcp.flags:S,CE; ttl:>1; sid:4;)
alert udp any any -> any any (msg:"VIDS test: bytes"; content:"|00|"; byte_test:1,>,3,0,relative; \
    byte_jump:2,0,relative; isdataat:!9,relative; sid:5;)
alert icmp any any -> any any (msg:"VIDS test: a ping"; itype:8; icode:0; icmp_seq:1; \
    threshold:type limit,track by_src,count 2,seconds 60; sid:6;)
alert pkthdr any any -> any any (msg:"VIDS test: malformed"; decode-event:ipv4.trunc_pkt; sid:7;)
alert ip any any -> any any (msg:"VIDS test: many steps"; content:"a"; content:"b"; distance:0; \
    content:"c"; within:9; content:"d"; distance:-3; sid:8;)
drop tcp any any -> any [80,8080] (msg:"VIDS test: a flow"; content:"GET "; flowbits:set,vids.get; sid:9;)
alert tcp any 80 -> any any (msg:"VIDS test: its answer"; flow:to_client; content:"HTTP/"; startswith; \
    flowbits:isset,vids.get; sid:10;)
pass udp any any -> any 123 (msg:"VIDS test: the time"; dsize:48; sid:11;)
alert http any any -> any any (msg:"VIDS test: waits"; http.uri; content:"/"; sid:12;)
"""
ALERT = "outputs.eve-log.types.alert."
WORDY = [f"{ALERT}{name}=true" for name in ("payload", "payload-printable", "payload-length", "packet", "verdict")]
OTHER_WAY = ("stream.midstream=true", "host-os-policy.last=[0.0.0.0/0]", "vlan.use-for-tracking=false")


@pytest.fixture
def rules(tmp_path, monkeypatch):
    """The arguments for the shipped rules and some of every kind."""
    monkeypatch.setenv("VIDS_DEBUG", "1")  # a bug shows its traceback
    mixed = tmp_path / "mixed.rules"
    mixed.write_text(MIXED)
    return ["--rules", str(ROOT / "rules"), "--rules", str(mixed)]


@pytest.fixture(scope="module")
def ruleset():
    return {}


@pytest.fixture
def loaded_once(ruleset, monkeypatch):
    """Read the rules for the first capture only, and search them in the way that is ready soonest: hundreds follow."""
    load_rules = vids.cli.replay.load_rules

    def load_once(paths, config, library):
        if not ruleset:
            ruleset["all"] = load_rules(paths, config, library)
        return ruleset["all"]

    monkeypatch.setattr(vids.cli.replay, "load_rules", load_once)
    return sets(["mpm-algo=ac"])


def captures(folder):
    """Return the captures below a folder, in order."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in NO_CAPTURES)
    assert found, f"no captures below {folder}"
    return found


def sets(settings):
    return [part for setting in settings for part in ("--set", setting)]


def complaint(path, code, said, eve):
    """Return what is wrong with the replay of one capture, or nothing."""
    lines = [line for line in said.splitlines() if not line.startswith(LIMITS)]
    if code != (INPUT if UNREADABLE.fullmatch(path.name) else DONE):
        return f"exit {code}: {said}"
    if len(lines) > 1 or (code and not lines) or not all(line.startswith(f"vids: {path}: ") for line in lines):
        return f"exit {code} with {len(lines)} lines: {said}"
    records = [json.loads(line.decode("utf-8")) for line in eve.read_bytes().splitlines()]
    if faults := {fault for record in records if (fault := fault_of(record))}:
        return f"not of the schema: {sorted(faults)}"
    last = records[-1]
    if last["event_type"] != "stats" or last["stats"]["replay"]["packets"] != last["stats"]["decoder"]["pkts"]:
        return f"the last record is {last}"
    if last["stats"]["detect"]["alert"] != sum(record["event_type"] == "alert" for record in records):
        return "alerts were counted and not written"
    if last["stats"]["flow"]["total"] != sum(record["event_type"] == "flow" for record in records):
        return "flows were counted and not written"
    return ""


def test_every_folder_is_named(shared):
    assert {path.name for path in (shared / "captures").iterdir() if path.is_dir()} == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_capture(shared, rules, loaded_once, tmp_path, capsys, folder):
    eve = tmp_path / "eve.json"
    wrong = {}
    for path in captures(shared / "captures" / folder):
        arguments = ["replay", *rules, *loaded_once, "--events", EVERYTHING, *sets(WORDY), "--eve", str(eve), str(path)]
        capsys.readouterr()
        code = exit_code(arguments)
        if text := complaint(path, code, capsys.readouterr().err, eve):
            wrong[path.name] = text
    assert not wrong, "\n".join(f"{name}: {text}" for name, text in wrong.items())


@pytest.mark.parametrize("folder", FOLDERS)
def test_all_captures_at_once_with_other_settings(shared, rules, tmp_path, capsys, folder):
    """One engine for them all: flows of one capture meet packets of another, and time jumps."""
    eve = tmp_path / "eve.json"
    paths = captures(shared / "captures" / folder)
    unreadable = [str(path) for path in paths if UNREADABLE.fullmatch(path.name)]
    capsys.readouterr()
    how = ["--ips", "--checksums", "ignore", *sets(OTHER_WAY), "--events", EVERYTHING, "--eve", str(eve)]
    code = exit_code(["replay", *rules, *how, *map(str, paths)])
    said = capsys.readouterr().err.splitlines()
    assert code == (INPUT if unreadable else DONE), said
    by_path = defaultdict(int)
    for line in said:
        if not line.startswith(LIMITS):
            by_path[line.removeprefix("vids: ").partition(": ")[0]] += 1
    assert set(unreadable) <= set(by_path) <= set(map(str, paths)), said
    assert set(by_path.values()) <= {1}, said
    *records, last = [json.loads(line) for line in eve.read_bytes().splitlines()]
    stats = last["stats"]
    assert stats["ips"]["accepted"] + stats["ips"]["blocked"] == stats["decoder"]["pkts"] == stats["replay"]["packets"]
    assert stats["flow"]["total"] == sum(record["event_type"] == "flow" for record in records)
    assert stats["flow"]["active"] == 0
