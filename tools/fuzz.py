"""Feed mutated captures and rules to vids for a while: nothing on the wire or in a rule may raise.

    tools/fuzz.py [--seconds N] [--seed N]

Frames of pcaps/ are cut, flipped, repeated and spliced; so are the shipped rules. Prints the seed, and on a
failure the frame or rule in hexadecimal, so that it becomes a test.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from vids.capture.file import open_captures
from vids.config import Config, engine_settings
from vids.engine.batch import ENTRY, batch_of
from vids.engine.engine import Engine
from vids.engine.rule.ruleset import RuleSet
from vids.rulefiles import shipped_classtypes, shipped_references

ROOT = Path(__file__).resolve().parent.parent
LINK_TYPES = (1, 101, 0, 108, 113, 276, 12, 228, 229, 9)
PARTS = 200  # mutants in one engine


def frames() -> list[bytes]:
    """Return every frame of the shipped captures."""
    found: list[bytes] = []
    for batch in open_captures([str(ROOT / "pcaps")]):
        for at in range(0, len(batch.index), ENTRY):
            offset = int.from_bytes(batch.index[at + 8 : at + 12], "little")
            length = int.from_bytes(batch.index[at + 12 : at + 16], "little")
            found.append(batch.data[offset : offset + length])
    return found


def mutated(chance: random.Random, corpus: list[bytes]) -> bytes:
    """Return one of the corpus with a few things wrong."""
    out = bytearray(chance.choice(corpus))
    for _ in range(chance.randrange(4)):
        what = chance.randrange(5)
        at = chance.randrange(len(out) + 1)
        if what == 0:
            del out[at:]
        elif what == 1 and out:
            out[at % len(out)] = chance.choice((0, 0xFF, 0x80, 0x7F, chance.randrange(256)))
        elif what == 2:
            out[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(9)))
        elif what == 3:
            out[at:] = chance.choice(corpus)[at:]
        else:
            del out[at : at + chance.randrange(9)]
    return bytes(out)


def fuzz_frames(chance: random.Random, corpus: list[bytes], ruleset: RuleSet, config: Config) -> int:
    """Run one engine over mutants; return how many."""
    settings = engine_settings(config)
    settings.midstream = chance.random() < 0.5
    settings.verify_checksums = chance.random() < 0.5
    settings.is_ips = chance.random() < 0.5
    settings.wants_anomalies = True
    engine = Engine(ruleset, settings)
    now = 1_700_000_000_000_000_000
    batch: list[tuple[int, bytes]] = []
    for _ in range(PARTS):
        now += chance.choice((0, 1_000, 1_000_000_000, 100_000_000_000, -5_000_000_000))
        batch.append((now, mutated(chance, corpus)))
    try:
        engine.feed(batch_of(batch, chance.choice(LINK_TYPES) if chance.random() < 0.3 else 1))
        engine.close()
    except Exception:
        print("\n".join(f"{at} {frame.hex()}" for at, frame in batch))
        raise
    return PARTS


def fuzz_rules(chance: random.Random, texts: list[bytes], config: Config) -> int:
    """Load mutated rules; return how many."""
    text = b"\n".join(mutated(chance, texts) for _ in range(20))
    try:
        Engine(load(["fuzz"], [text], config), engine_settings(config))
    except Exception:
        print(text.hex())
        raise
    return 20


def load(names: list[str], texts: list[bytes], config: Config) -> RuleSet:
    """Return the rules of some texts."""
    groups = config.vars
    tables = shipped_classtypes(), shipped_references()
    ruleset = RuleSet(dict(groups.address_groups), dict(groups.port_groups), *tables)
    for name, text in zip(names, texts, strict=True):
        ruleset.add(name, text.decode("utf-8", "surrogateescape"))
    ruleset.order()
    return ruleset


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    config = Config()
    corpus = frames()
    paths = sorted((ROOT / "rules").glob("*.rules"))
    texts = [line for path in paths for line in path.read_bytes().splitlines() if line.startswith(b"alert")]
    rules = load([str(path) for path in paths], [path.read_bytes() for path in paths], config)
    end = time.monotonic() + options.seconds
    n_frames = n_rules = 0
    try:
        while time.monotonic() < end:
            n_frames += fuzz_frames(chance, corpus, rules, config)
            n_rules += fuzz_rules(chance, texts, config)
    except Exception:
        traceback.print_exc()
        print(f"seed {options.seed}: failed after {n_frames} frames and {n_rules} rules", file=sys.stderr)
        return 1
    print(f"seed {options.seed}: {n_frames} frames and {n_rules} rules, nothing raised")
    return 0


if __name__ == "__main__":
    sys.exit(main())
