"""The table of alerts: grouped by rule, the worst first, nothing a terminal would obey."""

import io

from rich.console import Console

from vids.cli.table import BLIND, MAX_PAIRS, AlertTable, blind_spots
from vids.engine.event import Alert
from vids.engine.rule.rule import Rule
from vids.eve.stats import Load, Replay


def rule(sid, msg, priority):
    found = Rule()
    found.sid, found.msg, found.priority = sid, msg, priority
    return found


def alert(of, source, destination, ns=10**18, is_blocked=False):
    event = Alert(of)
    event.source, event.destination, event.timestamp_ns, event.is_blocked = source, destination, ns, is_blocked
    return event


def shown(events, counters=None, width=200):
    table = AlertTable()
    table.write(events)
    out = io.StringIO()
    console = Console(file=out, width=width)
    table.show(console, counters or {}, Load(5, 1, 2, 0.25), Replay(1000, 64000, 0.5))
    return out.getvalue().splitlines()


A, B = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))


def test_nothing_found():
    assert shown([]) == [
        "0 alerts of 0 rules; 1,000 packets, 64,000 bytes, 0 flows in 0.50 s (2,000 packets/s)",
        "rules: 5 loaded, 2 waiting, 1 failed, in 0.25 s",
    ]


def test_alerts_are_grouped_by_rule_and_the_worst_come_first():
    low, high = rule(1, "low", 3), rule(2, "high", 1)
    lines = shown([alert(low, A, B), alert(high, A, B), alert(low, B, A), alert(low, A, B)])
    assert lines[0].split()[:3] == ["count", "sid", "severity"]
    assert lines[1].split()[:3] == ["1", "2", "1"]
    assert lines[1].rstrip().endswith("high     10.0.0.1 -> 10.0.0.2")
    assert lines[2].split()[:3] == ["3", "1", "3"]
    assert lines[2].rstrip().endswith("10.0.0.1 -> 10.0.0.2 and 1 more")
    assert lines[4].startswith("4 alerts of 2 rules; ")


def test_blocked_alerts_are_counted():
    found = rule(1, "x", 1)
    lines = shown([alert(found, A, B, is_blocked=True), alert(found, A, B)])
    assert lines[1].startswith("2 (1 blocked)")


def test_the_pairs_of_a_scan_are_bounded():
    found = rule(1, "scan", 1)
    lines = shown([alert(found, A, number.to_bytes(4)) for number in range(MAX_PAIRS + 500)])
    assert f"{MAX_PAIRS + 500:,}" in lines[1]
    assert lines[1].rstrip().endswith(f"and {MAX_PAIRS - 1}+ more")


def test_without_addresses():
    assert shown([alert(rule(1, "x", 1), b"", b"")])[1].rstrip().endswith("- -> -")


def test_a_rule_s_author_commands_no_terminal():
    lines = shown([alert(rule(1, "[red]\x1b[31m\r\udce9[/red]", 1), A, B)])
    assert "[red]\\x1b[31m\\x0d\\xe9[/red]" in lines[1]


def test_blind_spots_are_named():
    counters = {name: at for at, (name, _) in enumerate(BLIND)}
    lines = blind_spots(counters)
    assert len(lines) == len(BLIND) - 1  # the first is zero
    assert lines[0].startswith("1 frames of a link type")
    assert shown([], {"tcp.reassembly_gap": 1234})[-1].startswith("note: 1,234 gaps in TCP streams")
