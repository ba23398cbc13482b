"""Compare the EVE of vids with another engine's, record by record, for the same captures.

    tools/compare_records.py [--type TYPE]... [--ignore PATH]... [--examples N] VIDS OTHER

VIDS and OTHER are two files of EVE lines, or two folders that hold files of the same names (those of other names are
left out, and counted). Records of a type are of the same flow if their addresses, ports and protocol are, whichever is
the source; within a flow equal ones are paired first, then those of the same transaction, then the rest in order.
Compared are the object that bears the type's name (`dns` of a dns record) and source and destination; --ignore leaves
out a path, such as `dns.tx_id` or `http.*`. Prints how many are equal, differ, or are of one engine alone, and for each
path that differs how often, with examples. Exit status 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

ENDS: Final = ("src_ip", "src_port", "dest_ip", "dest_port")
NOTHING: Final = "nothing"

Record = dict[str, Any]
Key = tuple[object, ...]
Difference = tuple[str, str, str]  # path, value of vids, value of the other


def records(path: Path, types: list[str]) -> dict[Key, list[Record]]:
    """Return the records of these types (none: all with an object of their own), by type and flow."""
    found: dict[Key, list[Record]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            kind = record["event_type"]
            if isinstance(record.get(kind), dict) and (kind in types or (not types and kind != "stats")):
                ends = sorted(str((record.get(f"{end}_ip"), record.get(f"{end}_port"))) for end in ("src", "dest"))
                found.setdefault((kind, record.get("proto"), *ends), []).append(record)
    return found


def seen(record: Record, ignored: list[str]) -> dict[str, str]:
    """Return what is compared of a record: path -> value as JSON."""
    kind = record["event_type"]
    values = dict(flat({kind: record[kind], **{end: record.get(end) for end in ENDS}}, ""))
    return {path: value for path, value in values.items() if not any(fnmatchcase(path, out) for out in ignored)}


def flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield each leaf of a value with the path to it."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from flat(inner, f"{path}[{at}]")
    else:
        yield path, json.dumps(value, sort_keys=True, ensure_ascii=False)


def is_of_one(record: Record, other: Record) -> bool:
    """Return whether two records are of the same transaction, by its number."""
    return transaction(record) is not None and transaction(record) == transaction(other)


def transaction(record: Record) -> object:
    """Return the number of a record's transaction, None if it does not say."""
    return record.get("tx_id", record[record["event_type"]].get("tx_id"))


def pairs(
    ours: list[Record], others: list[Record], ignored: list[str]
) -> Iterator[tuple[Record | None, Record | None]]:
    """Yield the records of one flow side by side; one that has no counterpart with None."""
    left = [(record, seen(record, ignored)) for record in others]
    rest: list[Record] = []
    for record in ours:
        values = seen(record, ignored)
        at = next((n for n, (_, theirs) in enumerate(left) if theirs == values), -1)
        if at >= 0:
            yield record, left.pop(at)[0]
        else:
            rest.append(record)
    theirs = [record for record, _ in left]
    for needs_number in (True, False):
        for record in list(rest):
            other = next((other for other in theirs if not needs_number or is_of_one(record, other)), None)
            if other is not None:
                rest.remove(record)
                theirs.remove(other)
                yield record, other
    for record in rest:
        yield record, None
    for record in theirs:
        yield None, record


def differences(ours: Record, other: Record, ignored: list[str]) -> list[Difference]:
    """Return where two records differ, in the order of paths."""
    a, b = seen(ours, ignored), seen(other, ignored)
    return [
        (path, a.get(path, NOTHING), b.get(path, NOTHING)) for path in sorted({*a, *b}) if a.get(path) != b.get(path)
    ]


class Report:
    """What came of all comparisons, by type of record."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.paths: Counter[str] = Counter()  # that differ, without places in lists
        self.examples: dict[str, list[str]] = {}

    def count(self, kind: str, what: str) -> None:
        self.counts.setdefault(kind, Counter())[what] += 1

    def note(self, path: str, example: str, limit: int) -> None:
        """Count a difference, and keep the first few."""
        self.paths[path] += 1
        if len(self.examples.setdefault(path, [])) < limit:
            self.examples[path].append(example)

    def compare(self, ours: Path, other: Path, options: argparse.Namespace) -> None:
        """Compare two files."""
        a, b = records(ours, options.type), records(other, options.type)
        for key in sorted({*a, *b}, key=str):
            kind = str(key[0])
            for mine, theirs in pairs(a.get(key, []), b.get(key, []), options.ignore):
                record = mine or theirs or {}
                place = f"{ours.name} packet {record.get('pcap_cnt', '-')}"
                if mine is None or theirs is None:
                    alone = "vids alone" if theirs is None else "other alone"
                    self.count(kind, alone)
                    self.note(f"{kind}: {alone}", f"{place}: {json.dumps(record[kind])[:200]}", options.examples)
                    continue
                found = differences(mine, theirs, options.ignore)
                self.count(kind, "differ" if found else "equal")
                for path, value, wanted in found:
                    self.note(without_places(path), f"{place}: {value[:100]} for {wanted[:100]}", options.examples)

    def show(self) -> bool:
        """Print it; return whether all is equal."""
        for kind, counts in sorted(self.counts.items()):
            print(
                f"{kind}: " + ", ".join(f"{counts[what]} {what}" for what in ORDER if counts[what] or what == "equal")
            )
        for path, n in self.paths.most_common():
            print(f"{n:6} {path}")
            for example in self.examples[path]:
                print(f"       {example}")
        return not self.paths


ORDER: Final = ("equal", "differ", "vids alone", "other alone")


def without_places(path: str) -> str:
    """Return a path with [] for each place in a list: a.b[3].c is a.b[].c."""
    head, *parts = path.split("[")
    return head + "".join("[" + part[part.index("]") :] for part in parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vids", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--type", action="append", default=[], help="of records; may be given again")
    parser.add_argument("--ignore", action="append", default=[], help="a path that may differ; * stands for anything")
    parser.add_argument("--examples", type=int, default=2, help="of each difference")
    options = parser.parse_args()
    report = Report()
    if options.vids.is_dir():
        names = {path.name for path in options.vids.iterdir()} & {path.name for path in options.other.iterdir()}
        n_left_out = len(list(options.vids.iterdir())) + len(list(options.other.iterdir())) - 2 * len(names)
        print(f"{len(names)} files compared, {n_left_out} of one engine alone")
        for name in sorted(names):
            report.compare(options.vids / name, options.other / name, options)
    else:
        report.compare(options.vids, options.other, options)
    return 0 if report.show() else 1


if __name__ == "__main__":
    sys.exit(main())
