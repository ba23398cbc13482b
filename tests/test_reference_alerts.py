"""The alerts of a large public ruleset on every shared capture, held against the reference engine's, one by one.

`captures/reference-alerts.tsv` is the reference's, made in one run over folders. Each difference that is known
stands in reference_differences.tsv with what the reference engine says when it reads that capture alone, and a reason:

- misplaced: in a run over a folder the reference engine names the wrong file for some alerts, and thresholds carry
  over from file to file; alone it says what vids says.
- deeper: the alert is on a packet within another that the reference engine does not look into (the authentication
  header of IPv4, ERSPAN III, GTP-U); vids does.
- once: the reference engine tells of a match in a packet, and again of the same bytes in the stream; vids tells once.
- unreadable: the reference engine does not read a pcapng with several kinds of interfaces; vids does.
- direction: the reference engine takes every packet of a protocol without ports for the client's, and so does not
  look at the answer; vids does.
- opening: the reference engine does not follow a connection whose SYN carries data, unless it has the option of TCP
  Fast Open; vids does where the SYN/ACK acknowledges the data.

A new difference fails, and so does one that is gone: `pytest --update-golden` writes those that are there now, a
question mark where somebody is to ask the reference engine about that capture alone, and to find the reason.
Rules that wait for a keyword are not compared. tools/compare_alerts.py prints the same as a table, by topic.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest
from engine_run import IGNORE_CHECKSUMS, Bench, alerts_of, batches_of, shifted, times_of
from golden_capture import VICTIM, WORM, Timed

from vids.engine.batch import batch_of

LATEST_NS = 9 * 10**18  # of what 64 bits hold: some captures span a century
PAUSE_NS = 5 * 86_400 * 10**9  # longer than any threshold of these rules
KNOWN = Path(__file__).resolve().parent / "reference_differences.tsv"
REASONS = {"misplaced", "deeper", "once", "unreadable", "direction", "opening"}
COLUMNS = ("capture", "sid", "vids", "table", "alone", "reason")


def rows(path):
    """Return the rows of a table with tabs, each as a dictionary."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def packet_between():
    """Return a frame that no rule is for."""
    tape = Timed()
    tape.udp(WORM, 9, VICTIM, 9, b"")
    return tape.frames[0]


def alerts_of_each(ruleset, captures):
    """Yield the alerts of each capture, as if an engine met it alone.

    To make an engine for each takes a minute. Instead one meets them all, long after each other: what was
    remembered of one (flows, thresholds) is over when the next begins, and a packet between them makes its flows end.
    """
    bench = Bench(ruleset, IGNORE_CHECKSUMS)
    engine = bench.engine()
    now_ns = 0
    between = packet_between()
    for batches in captures:
        times = times_of(batches) or [0]
        span_ns = max(times) - min(times)
        if now_ns + span_ns > LATEST_NS:
            engine = bench.engine()
            now_ns = 0
        events = [event for batch in shifted(batches, now_ns - min(times)) for event in engine.feed(batch)]
        now_ns += span_ns + PAUSE_NS
        yield alerts_of([*events, *engine.feed(batch_of([(now_ns, between)]))])
        now_ns += PAUSE_NS


@pytest.fixture(scope="module")
def differences(shared, public_rules):
    """(capture, sid) -> (alerts of vids, alerts of the reference), where they differ."""
    folder = shared / "captures"
    working = {rule.sid for rule in public_rules.rules}
    wanted = {}
    for row in rows(folder / "reference-alerts.tsv"):
        if int(row["sid"]) in working:
            wanted[row["capture"], int(row["sid"])] = int(row["count"])
    paths = sorted(path for path in folder.glob("*/**/*") if path.is_file())
    found = {
        (str(path.relative_to(folder)), sid): count
        for path, alerts in zip(paths, alerts_of_each(public_rules, [batches_of(path) for path in paths]), strict=True)
        for sid, count in Counter(sid for _, sid in alerts).items()
    }
    assert len(found.keys() & wanted.keys()) > 50
    both = sorted(found.keys() | wanted.keys())
    return {key: (found.get(key, 0), wanted.get(key, 0)) for key in both if found.get(key, 0) != wanted.get(key, 0)}


def test_every_difference_is_known(differences, request):
    if request.config.getoption("--update-golden"):
        update(differences)
    known = {(row["capture"], int(row["sid"])): (int(row["vids"]), int(row["table"])) for row in rows(KNOWN)}
    wrong = [
        f"{capture} {sid}: vids {ours}, table {theirs}"
        for (capture, sid), (ours, theirs) in differences.items()
        if known.get((capture, sid)) != (ours, theirs)
    ]
    gone = [f"{capture} {sid}: no difference any more" for capture, sid in sorted(known.keys() - differences.keys())]
    assert not wrong + gone, "\n" + "\n".join(wrong + gone)


def update(differences):
    """Write the differences that there are; what was known of them stays."""
    known = {(row["capture"], int(row["sid"])): row for row in rows(KNOWN)}
    with KNOWN.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (capture, sid), (ours, theirs) in sorted(differences.items()):
            row = known.get((capture, sid), {"alone": "?", "reason": "?"})
            writer.writerow((capture, sid, ours, theirs, row["alone"], row["reason"]))


def test_every_difference_has_its_reason():
    for row in rows(KNOWN):
        assert row["reason"] in REASONS, row
        assert (row["alone"] == row["vids"]) == (row["reason"] == "misplaced"), row


def test_the_table_is_in_order():
    keys = [(row["capture"], int(row["sid"])) for row in rows(KNOWN)]
    assert keys == sorted(set(keys))
