"""A person watching a long run: a progress bar, and Ctrl-C."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from librt.strings import read_i64_le
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from vids.capture.file import CaptureFiles
from vids.capture.source import CaptureProblem
from vids.engine.batch import ENTRY, Batch
from vids.eve.text import visible


class Watch:
    """A source watched by a person: with a progress bar on a terminal, and stopped by Ctrl-C between two batches."""

    def __init__(self, source: CaptureFiles) -> None:
        self._source = source
        self.last_ns = 0  # time of the last frame
        self.is_interrupted = False
        self._is_reading = False

    @property
    def problems(self) -> list[CaptureProblem]:
        return self._source.problems

    def __enter__(self) -> Watch:
        self._previous = signal.signal(signal.SIGINT, self._interrupt)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
        )  # fmt: skip
        self._progress.start()
        self._task = self._progress.add_task("", total=self._source.total_bytes)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        signal.signal(signal.SIGINT, self._previous)

    def __iter__(self) -> Iterator[Batch]:
        batches = iter(self._source)
        while not self.is_interrupted and (batch := self._next(batches)) is not None:
            self.last_ns = max(self.last_ns, read_i64_le(batch.index, len(batch.index) - ENTRY))
            self._progress.update(
                self._task, completed=self._source.bytes_read, description=escape(visible(Path(self._source.path).name))
            )
            yield batch

    def _next(self, batches: Iterator[Batch]) -> Batch | None:
        """Return the next batch; None at the end, and when Ctrl-C breaks a read that waits."""
        self._is_reading = True
        try:
            return next(batches, None)
        except KeyboardInterrupt:
            return None
        finally:
            self._is_reading = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Stop after the batch at hand, so that what was found is written; at once the second time."""
        if self.is_interrupted or self._is_reading:
            self.is_interrupted = True
            raise KeyboardInterrupt
        self.is_interrupted = True
