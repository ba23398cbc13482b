"""Fuzz guided by coverage, with atheris: inputs that reach something new are kept, and changed further.

A run is a process of its own, `python -m fuzzing.guided TARGET SECONDS SEED FOUND`, for libFuzzer never returns.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fuzzing.table import load, rooms_of
from fuzzing.target import Outcome, check_in_time, keep

TOOLS: Final = Path(__file__).resolve().parent.parent
ROOT: Final = TOOLS.parent
LONG_S: Final = 60
HANGS_S: Final = 120  # by the clock, on a machine however busy: what comes to an end is judged by `check_in_time`
MEMORY_MB: Final = 2048
STATUS: Final = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: \d+ corp: (\d+)/(\S+)", re.MULTILINE)
INITED: Final = re.compile(r"^#\d+\s+INITED cov: (\d+)", re.MULTILINE)  # all that there was to begin with is read
TRACE: Final = re.compile(r"=== Uncaught Python exception: ===\n(.*?)\n(?:\n|==\d)", re.DOTALL)


def is_there() -> bool:
    """Return whether atheris is installed, and can see into the engine: compiled code has no coverage to tell."""
    engine = find_spec("vids.engine.engine")
    return find_spec("atheris") is not None and engine is not None and str(engine.origin).endswith(".py")


def fuzz(name: str, seconds: float, seed: int, folder: Path) -> Outcome:
    """Fuzz a target until the time is up, or something fails.

    What a long run found to reach something new stays in the folder: the next long run begins with it. A short one
    would be over before it had read it.
    """
    place = folder / name
    found = place / ("found" if seconds >= LONG_S else "found-now")
    if seconds < LONG_S:
        shutil.rmtree(found, ignore_errors=True)
    found.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "fuzzing.guided", name, str(max(1, round(seconds))), str(seed), str(found)]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=TOOLS)
    log = run.stdout.decode(errors="replace")
    (place / "log").write_text(log, encoding="utf-8")
    failed = sorted(place.glob("input-*"))
    if run.returncode == 0 and not failed:
        return Outcome(figures(log, seed))
    trace = TRACE.search(log)
    crash = place / "log"
    for path in failed:
        crash = keep(name, path.read_bytes(), folder)
        path.unlink()
    return Outcome(trace[1] if trace is not None else "\n".join(log.splitlines()[-30:]), crash)


def figures(log: str, seed: int) -> str:
    """Return how much was done, by the last line of libFuzzer's log that says it."""
    lines = STATUS.findall(log)
    n_inputs, coverage, n_kept, size = lines[-1] if lines else ("0", "0", "0", "0b")
    read = INITED.search(log)
    begun = read[1] if read is not None else "0"
    return f"{n_inputs} inputs, coverage {begun} to {coverage}, {n_kept} kept ({size}), seed {seed}"


def main(arguments: list[str]) -> None:
    """Run libFuzzer on one target; never returns."""
    import atheris  # noqa: PLC0415  may not be there

    name, seconds, seed, found = arguments
    folder = Path(found).parent
    with atheris.instrument_imports(include=["vids"], exclude=outside(rooms_of(name))):
        target = load(name)
    seeds = folder / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    seeds.mkdir()
    for number, data in enumerate(target.seeds()):
        (seeds / f"{number:04}").write_bytes(data[: target.max_length])
    options = {
        "max_total_time": seconds,
        "seed": seed,
        "max_len": target.max_length,
        "len_control": 20,  # longer inputs sooner than by default: there are hundreds a second, not thousands
        "timeout": HANGS_S,
        "report_slow_units": HANGS_S,
        "rss_limit_mb": MEMORY_MB,
        "artifact_prefix": f"{folder}/input-",
        "print_final_stats": 1,
    }
    if target.words:
        words = folder / "words"
        words.write_text("".join(f'"{escaped(word)}"\n' for word in target.words), encoding="ascii")
        options["dict"] = str(words)
    atheris.Setup(
        ["fuzz", *(f"-{option}={value}" for option, value in options.items()), found, str(seeds)],
        partial(check_in_time, target),
    )
    atheris.Fuzz()


def outside(rooms: tuple[str, ...]) -> list[str]:
    """Return the modules of vids that are in none of the rooms: atheris chooses by top-level packages alone."""
    names = []
    for path in sorted((ROOT / "vids").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return [name for name in names if not any(name == room or name.startswith(room + ".") for room in rooms)]


def escaped(word: bytes) -> str:
    r"""Return a word as libFuzzer's dictionaries have it: `\xNN` for what is not plain."""
    return "".join(chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}" for byte in word)


if __name__ == "__main__":
    main(sys.argv[1:])
