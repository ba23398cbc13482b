"""Make every capture of pcaps/ anew, byte for byte the same: python tools/make_pcaps.py [FOLDER]."""

from __future__ import annotations

import sys
from pathlib import Path

from captures import (
    blaster,
    codered,
    conficker,
    eternalblue,
    mirai,
    nimda,
    sasser,
    slammer,
    wannacry,
    welchia,
    witty,
)
from captures.tape import Capture, Tape

CAPTURES: list[Capture] = [
    *slammer.CAPTURES,
    *codered.CAPTURES,
    *nimda.CAPTURES,
    *blaster.CAPTURES,
    *witty.CAPTURES,
    *welchia.CAPTURES,
    *sasser.CAPTURES,
    *conficker.CAPTURES,
    *mirai.CAPTURES,
    *eternalblue.CAPTURES,
    *wannacry.CAPTURES,
]

INDEX = """\
# Captures

Made by `python tools/make_pcaps.py`, which writes this page too: the same bytes every time. They hold the pattern that
a rule looks for and filler elsewhere, nothing that could run. Each worm of `rules/worms.rules` has captures that fire
its rules, and near misses that do not. Virtual machine 66 is the worm, 10 the one attacked; checksums are right. Each
capture has its own hour and client ports, so that the folder can be replayed as one.
`tests/rules/test_worms.py` holds vids to the last column.

| file | what is in it | how it was made | fires (sid x alerts) |
|---|---|---|---|
"""


def row(capture: Capture) -> str:
    """Return a capture's line of the index."""
    fires = ", ".join(f"{sid} x {count}" for sid, count in sorted(capture.fires.items())) or "nothing"
    return f"| {capture.name} | {capture.what} | {capture.made} | {fires} |\n"


def main(folder: Path) -> None:
    """Write every capture and the index into a folder."""
    by_name = sorted(CAPTURES, key=lambda capture: capture.name)
    numbers = [capture.number for capture in by_name]
    if numbers != sorted(set(numbers)):
        sys.exit(f"captures in the order of their names must have rising numbers, these have {numbers}")
    folder.mkdir(parents=True, exist_ok=True)
    for capture in CAPTURES:
        tape = Tape(capture.number)
        capture.record(tape)
        tape.write(folder / capture.name)
    (folder / "INDEX.md").write_text(INDEX + "".join(map(row, CAPTURES)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "pcaps")
