"""What the sensor asks of whatever brings frames: a file, an interface, a queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from vids.engine.batch import Batch


@dataclass(frozen=True)
class CaptureProblem:
    """What is wrong with one capture, in one line: an error left traffic unread, a warning did not."""

    path: str
    message: str  # what is wrong, and the remedy
    is_error: bool

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class Source(Protocol):
    """Frames in arrival order, in batches. What cannot be read is a problem, and the rest goes on."""

    @property
    def problems(self) -> list[CaptureProblem]:
        """What went wrong so far, in the order it was found; complete when the batches have ended."""

    def __iter__(self) -> Iterator[Batch]: ...
