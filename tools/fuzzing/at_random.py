"""Fuzz at random: inputs are cut, flipped, repeated and spliced, without a look at what they reach.

It needs nothing but the standard library, and runs compiled as well as interpreted.
"""

from __future__ import annotations

import random
import time
import traceback
from pathlib import Path
from typing import Final

from fuzzing.table import load
from fuzzing.target import Outcome, Target, check_in_time, keep

MAX_CHANGES: Final = 4


def fuzz(name: str, seconds: float, seed: int, folder: Path) -> Outcome:
    """Fuzz a target until the time is up, or something fails."""
    chance = random.Random(f"{name} {seed}")
    target = load(name)
    corpus = target.seeds()
    end = time.monotonic() + seconds
    n_inputs = 0
    while time.monotonic() < end:
        data = mutated(chance, corpus, target)
        n_inputs += 1
        try:
            check_in_time(target, data)
        except Exception:
            return Outcome(traceback.format_exc(), keep(name, data, folder))
    return Outcome(f"{n_inputs} inputs at random from {len(corpus)}, seed {seed}")


def mutated(chance: random.Random, corpus: list[bytes], target: Target) -> bytes:
    """Return one of the corpus with a few things wrong."""
    out = bytearray(chance.choice(corpus))
    for _ in range(chance.randrange(MAX_CHANGES + 1)):
        at = chance.randrange(len(out) + 1)
        what = chance.randrange(6)
        if what == 0:
            del out[at:]
        elif what == 1 and out:
            out[at % len(out)] = chance.choice((0, 0xFF, 0x80, 0x7F, chance.randrange(256)))
        elif what == 2:
            out[at:at] = chance.randbytes(chance.randrange(9))
        elif what == 3:
            out[at:] = chance.choice(corpus)[at:]
        elif what == 4:
            del out[at : at + chance.randrange(9)]
        elif target.words:
            out[at:at] = chance.choice(target.words)
    return bytes(out[: target.max_length])
