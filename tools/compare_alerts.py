"""Compare the alerts of vids with another engine's: per capture, which rules alert, and how often.

    tools/compare_alerts.py -r RULES [--set KEY=VALUE]... --root FOLDER --reference REFERENCE [--reasons TABLE]
                            [--all] [--jobs N] TOPIC...

TOPIC is a capture or a folder of them below FOLDER, and a line of the summary. REFERENCE is a table with tabs that has
the columns capture (a path below FOLDER), sid and count, or a folder with the other engine's EVE of each capture:
REFERENCE/CAPTURE/eve.json. TABLE has a row for each difference that is known, with the columns capture, sid, alone
(what the other engine says of that capture alone, where REFERENCE was made in one run over all) and reason.

Prints a line for each pair of capture and sid that differs (--all: for each pair), with tabs: capture, sid, count of
vids, count of the reference, equal, more or fewer, and the reason: `waits` where vids knows the rule but not yet a
keyword or protocol of it, a question mark where nobody said. Then, behind #, per topic: the pairs that either engine
has, those that both have, those that both have as often; and the same against what the reference says alone.
Exit status 1 if a difference has no reason.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from vids import config as configuration
from vids import rulefiles
from vids.capture.file import open_captures
from vids.engine.engine import Engine
from vids.engine.event import Alert

UNKNOWN: Final = "?"
WAITS: Final = "waits"
ENGINES: Final[list[Engine]] = []  # one, that has seen nothing: each process that is forked uses its own copy

Pair = tuple[str, int]  # capture, sid
Counts = dict[Pair, int]


@dataclass
class Tally:
    """How many pairs of a topic there are."""

    either: int = 0
    both: int = 0
    equal: int = 0

    def count(self, ours: int, theirs: int) -> None:
        """Count a pair."""
        self.either += ours > 0 or theirs > 0
        self.both += ours > 0 and theirs > 0
        self.equal += 0 < ours == theirs

    def __str__(self) -> str:
        percent = 100 * self.both / self.either if self.either else 100.0
        return f"{self.either}\t{self.both}\t{percent:.1f} %\t{self.equal}"


@dataclass
class Topic:
    """The captures of one argument."""

    name: str
    captures: list[Path]
    reference: Tally = field(default_factory=Tally)
    alone: Tally = field(default_factory=Tally)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table with tabs."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def topics(root: Path, names: list[str]) -> list[Topic]:
    """Return the captures of each argument, in the order of paths."""
    found = []
    for name in names:
        path = root / name
        captures = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        found.append(Topic(name, captures))
    return found


def engine_of(rules: list[Path], settings: list[str]) -> tuple[Engine, set[int]]:
    """Return an engine with these rules, and the sids of the rules that wait."""
    config = configuration.load(None, ["stream.checksum-validation=false", *settings])
    ruleset = rulefiles.load(rules, config.vars.address_groups, config.vars.port_groups)
    return Engine(ruleset, configuration.engine_settings(config)), {rule.sid for rule in ruleset.waiting}


def alerts_of(capture: str) -> Counter[int]:
    """Return how often each rule alerts on a capture; to be called once in a process."""
    engine = ENGINES[0]
    found: Counter[int] = Counter()
    for batch in open_captures([capture]):
        found.update(event.rule.sid for event in engine.feed(batch) if isinstance(event, Alert))
    found.update(event.rule.sid for event in engine.close() if isinstance(event, Alert))
    return found


def alerts_of_vids(root: Path, captures: list[Path], jobs: int) -> Counts:
    """Return the alerts on each capture, as if an engine met it alone: to make one for each would take minutes."""
    gc.freeze()  # or each process would copy the rules when it collects
    with get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        found = pool.map(alerts_of, [str(capture) for capture in captures], chunksize=1)
    counts: Counts = {}
    for capture, alerts in zip(captures, found, strict=True):
        counts.update({(str(capture.relative_to(root)), sid): count for sid, count in alerts.items()})
    return counts


def alerts_of_reference(reference: Path, root: Path, captures: list[Path]) -> Counts:
    """Return the other engine's alerts on these captures."""
    names = [str(capture.relative_to(root)) for capture in captures]
    if reference.is_dir():
        return dict(Counter((name, sid) for name in names for sid in sids_of(reference / name / "eve.json")))
    wanted = set(names)
    return {(row["capture"], int(row["sid"])): int(row["count"]) for row in rows(reference) if row["capture"] in wanted}


def sids_of(path: Path) -> Iterator[int]:
    """Yield the sid of each alert in a file of EVE; none where there is no such file."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["event_type"] == "alert":
                yield record["alert"]["signature_id"]


def compare(options: argparse.Namespace) -> bool:
    """Print what there is to say; return whether every difference has its reason."""
    chosen = topics(options.root, options.topics)
    captures = sorted({capture for topic in chosen for capture in topic.captures})
    engine, waiting = engine_of(options.rules, options.set)
    ENGINES.append(engine)
    ours = alerts_of_vids(options.root, captures, options.jobs)
    theirs = alerts_of_reference(options.reference, options.root, captures)
    known = {(row["capture"], int(row["sid"])): row for row in rows(options.reasons)} if options.reasons else {}
    print("capture\tsid\tvids\treference\tis\treason")
    reasons: Counter[str] = Counter()
    for pair in sorted({*ours, *theirs}):
        count, reference = ours.get(pair, 0), theirs.get(pair, 0)
        row = known.get(pair, {})
        reason = row.get("reason", WAITS if pair[1] in waiting else UNKNOWN)
        if count != reference:
            reasons[reason] += 1
        if count != reference or options.all:
            what = "equal" if count == reference else "more" if count > reference else "fewer"
            print(f"{pair[0]}\t{pair[1]}\t{count}\t{reference}\t{what}\t{'' if count == reference else reason}")
        alone = row.get("alone", UNKNOWN)
        for topic in chosen:
            if options.root / pair[0] in topic.captures:
                topic.reference.count(count, reference)
                topic.alone.count(count, int(alone) if alone != UNKNOWN else reference)
    summarize(chosen, reasons)
    return not reasons[UNKNOWN]


def summarize(chosen: list[Topic], reasons: Counter[str]) -> None:
    """Print the summary."""
    print("# topic\tpairs\tof both\t\tas often\talone: pairs\tof both\t\tas often")
    for topic in chosen:
        print(f"# {topic.name}\t{topic.reference}\t{topic.alone}")
    print(f"# all\t{total([topic.reference for topic in chosen])}\t{total([topic.alone for topic in chosen])}")
    print("# differences: " + (", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) or "none"))


def total(tallies: list[Tally]) -> Tally:
    """Return the sum of some tallies."""
    return Tally(
        sum(tally.either for tally in tallies), sum(tally.both for tally in tallies), sum(t.equal for t in tallies)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-r", "--rules", type=Path, action="append", required=True, help="a file or folder; repeatable")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of vids; repeatable")
    parser.add_argument("--root", type=Path, required=True, help="the folder that captures are named from")
    parser.add_argument("--reference", type=Path, required=True, help="a table, or a folder of EVE")
    parser.add_argument("--reasons", type=Path, help="the table of known differences")
    parser.add_argument("--all", action="store_true", help="print the pairs that are equal, too")
    parser.add_argument("--jobs", type=int, default=2, help="captures at a time")
    parser.add_argument("topics", nargs="+", metavar="TOPIC", help="a capture or folder below the root")
    return 0 if compare(parser.parse_args()) else 1


if __name__ == "__main__":
    sys.exit(main())
