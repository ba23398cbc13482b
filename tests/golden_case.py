"""Golden cases: what a folder of tests/golden says, and the EVE that comes of it."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import golden_capture

from vids.cli.main import exit_code
from vids.eve.record import EVENT_TYPES

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
PCAPS = HERE.parent / "pcaps"
CLOCK = re.compile(rb'"(uptime|load_seconds|packets_seconds)":[0-9.e+-]+')  # all that depends on the machine
EVERYTHING = ",".join(EVENT_TYPES)


@dataclass(frozen=True)
class Case:
    """One folder: `case.toml` in its fields, `test.rules` and `eve.jsonl` beside it."""

    folder: Path
    purpose: str
    events: list[str]
    pcap: str = ""  # a file of pcaps/, or
    tape: str = ""  # one of golden_capture.CAPTURES
    settings: tuple[str, ...] = ()  # KEY=VALUE
    arguments: tuple[str, ...] = ()  # further ones of `vids replay`

    @property
    def eve(self) -> Path:
        return self.folder / "eve.jsonl"

    def capture(self, tmp_path: Path) -> Path:
        """Return the capture, made now if it is a tape."""
        return PCAPS / self.pcap if self.pcap else golden_capture.write(self.tape, tmp_path / "tape.pcap")

    def replay(self, tmp_path: Path) -> bytes:
        """Return the EVE lines of the case, clocks stopped, counters of 0 left out: a new one changes no case."""
        settings = [part for setting in self.settings for part in ("--set", setting)]
        wanted = ["--events", ",".join(self.events)]
        rules = ["--rules", self.folder / "test.rules"]
        lines = replay(tmp_path / "eve.json", *rules, *wanted, *settings, *self.arguments, self.capture(tmp_path))
        return b"".join(map(counted, lines.splitlines(keepends=True)))


def cases() -> list[Case]:
    """Return every case, by name."""
    folders = sorted(path.parent for path in GOLDEN.glob("*/case.toml"))
    return [Case(folder, **tomllib.loads((folder / "case.toml").read_text())) for folder in folders]


def replay(eve: Path, *arguments: object) -> bytes:
    """Run `vids replay` in this process; return its EVE lines, clocks stopped."""
    assert exit_code(["replay", "--eve", str(eve), *map(str, arguments)]) == 0
    return still(eve.read_bytes())


def still(lines: bytes) -> bytes:
    """Return EVE lines as a machine would write them that takes no time."""
    return CLOCK.sub(rb'"\1":0', lines)


def counted(line: bytes) -> bytes:
    """Return a line of EVE; one of stats without what is 0."""
    record = json.loads(line)
    if record["event_type"] != "stats":
        return line
    return json.dumps(without_zeros(record), separators=(",", ":")).encode() + b"\n"


def without_zeros(tree: object) -> object:
    """Return a record's value without the numbers that are 0, and without what is empty then."""
    if isinstance(tree, dict):
        kept = {name: without_zeros(value) for name, value in tree.items()}
        return {name: value for name, value in kept.items() if value not in (0, {}, [])}
    return [without_zeros(value) for value in tree] if isinstance(tree, list) else tree
