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


class Bar:
    """How far a run has come, on standard error; gone when it stops."""

    def __init__(self, total_bytes: int | None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._progress = Progress(
            *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._task = self._progress.add_task("", total=total_bytes)
        self._progress.start()

    def move(self, n_bytes: int, path: str) -> None:
        """Show how many bytes are done, and which capture is being read."""
        self._progress.update(self._task, completed=n_bytes, description=escape(visible(Path(path).name)))

    def stop(self) -> None:
        self._progress.stop()


class Watch:
    """A source watched by a person: with a progress bar on a terminal, and stopped by Ctrl-C between two batches."""

    def __init__(self, source: CaptureFiles) -> None:
        self._source = source
        self.last_ns = 0  # time of the last frame
        self.is_interrupted = False
        self._is_reading = False
        self._bar: Bar | None = None

    @property
    def problems(self) -> list[CaptureProblem]:
        return self._source.problems

    def __enter__(self) -> Watch:
        self._previous = signal.signal(signal.SIGINT, self._interrupt)
        if sys.stderr.isatty():
            self._bar = Bar(self._source.total_bytes)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
        signal.signal(signal.SIGINT, self._previous)

    def __iter__(self) -> Iterator[Batch]:
        batches = iter(self._source)
        while not self.is_interrupted and (batch := self._next(batches)) is not None:
            self.last_ns = max(self.last_ns, read_i64_le(batch.index, len(batch.index) - ENTRY))
            if self._bar is not None:
                self._bar.move(self._source.bytes_read, self._source.path)
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
