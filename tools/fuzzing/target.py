"""What a fuzz target is, and how it says that something does not hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Final

SLOW_S: Final = 10.0  # of the processor, for one input: most take milliseconds. A busy machine makes none of it


class FaultError(AssertionError):
    """Something that must hold for every input does not."""


@dataclass(frozen=True)
class Target:
    """One thing to fuzz."""

    check: Callable[[bytes], None]  # takes any bytes; raises FaultError, or whatever vids raises
    seeds: Callable[[], list[bytes]]  # inputs to begin with
    max_length: int  # bytes of one input
    words: tuple[bytes, ...] = ()  # that inputs may be made of: what the parser compares with


@dataclass(frozen=True)
class Outcome:
    """How a run went: in figures, or with the trace of what failed and the file that keeps the input."""

    text: str
    crash: Path | None = None


def check_in_time(target: Target, data: bytes) -> None:
    """Check an input; raise FaultError where that takes too long."""
    begun = time.process_time()
    target.check(data)
    took = time.process_time() - begun
    demand(took < SLOW_S, f"one input took {took:.1f} s")


def keep(name: str, data: bytes, folder: Path) -> Path:
    """Write an input that fails to a file of its own."""
    path = folder / f"{name}-{sha1(data).hexdigest()[:8]}.crash"
    path.write_bytes(data)
    return path


def demand(holds: bool, what: str) -> None:
    """Raise FaultError unless it holds."""
    if not holds:
        raise FaultError(what)


def demand_known(names: list[str], known: dict[str, str]) -> None:
    """Raise FaultError where an event has a name that no table explains."""
    for name in names:
        demand(name in known, f"event {name!r} is not in the table of names")
