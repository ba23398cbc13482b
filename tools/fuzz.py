"""Fuzz vids: whatever is on the wire or in a rule, nothing raises, hangs or grows, and what must hold holds.

    tools/fuzz.py [--seconds N] [--seed N] [--random] [TARGET...]     default: all targets, one after the other
    tools/fuzz.py --replay FILE TARGET                                one input again

Targets are files of tools/fuzzing/, where it says how to add one. Inputs are guided by coverage (atheris, on the
interpreted engine), or with --random, or without atheris, changed at random. An input that fails stays in .fuzz/; so
do those of a run of a minute or more that reach something new, and the next such run begins with them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from fuzzing import at_random, guided
from fuzzing.table import load, names

WORK: Final = Path(__file__).resolve().parent.parent / ".fuzz"


def fuzz(name: str, seconds: float, seed: int, is_guided: bool) -> bool:
    """Fuzz one target; print one line on how it went, and after a failure how to see it again."""
    WORK.mkdir(exist_ok=True)
    begun = time.monotonic()
    outcome = (guided if is_guided else at_random).fuzz(name, seconds, seed, WORK)
    took = time.monotonic() - begun
    if outcome.crash is None:
        print(f"{name}: {took:.0f} s, {outcome.text}: clean", flush=True)
        return True
    print(outcome.text, file=sys.stderr)
    print(f"{name}: failed after {took:.0f} s; again: tools/fuzz.py --replay {outcome.crash} {name}", flush=True)
    return False


def main() -> int:
    """Fuzz, or replay; 1 where something failed."""
    known = names()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", action="store_true", help="not guided by coverage")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="check one input")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(known))
    options = parser.parse_args()
    wanted = options.targets or known
    unknown = [name for name in wanted if name not in known]
    if unknown or (options.replay and len(wanted) != 1):
        parser.error(f"no target {unknown[0]} (there are {', '.join(known)})" if unknown else "replay takes one target")
    if options.replay:
        load(wanted[0]).check(options.replay.read_bytes())
        print(f"{wanted[0]}: {options.replay} is in order")
        return 0
    is_guided = not options.random and guided.is_there()
    if not options.random and not is_guided:
        print("atheris is not installed for this Python: fuzzing at random instead", file=sys.stderr)
    outcomes = [fuzz(name, options.seconds, options.seed, is_guided) for name in wanted]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
