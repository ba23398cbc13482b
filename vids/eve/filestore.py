"""The store of files: DIR/AB/SHA256, written apart and put in place once a file is whole.

A name in the store is made of digits alone: nothing that traffic says becomes part of a path.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, final

import msgspec

from vids.engine.event import Event, FileBytes, FileDropped, FileInfo
from vids.errors import OutputError
from vids.eve.fileinfo import fileinfo_record
from vids.eve.header import Options

MODE: Final = 0o640
UNFINISHED: Final = "tmp"  # folder of the files on their way
SECOND: Final = 1_000_000_000  # ns


@final
class FileStore:
    """Takes the bytes of files and keeps those that are to be kept.

    A file that cannot be written is given up: `stored` in its record is then false. The first trouble is told by
    `complain`, all of it is counted.
    """

    def __init__(
        self,
        folder: Path,
        options: Options,
        complain: Callable[[str], None],
        max_open: int = 0,
        with_info: bool = False,
    ) -> None:
        """Make the folder. Raises OutputError."""
        self.n_errors = 0
        self.n_reopened = 0  # because too many were open
        self._folder = folder
        self._options = options
        self._complain = complain
        self._max_open = max_open
        self._with_info = with_info
        self._open: dict[int, int] = {}  # descriptors by handle; the one used last comes last
        self._paths: dict[int, Path | None] = {}  # of files on their way; None: given up
        try:
            (folder / UNFINISHED).mkdir(parents=True, exist_ok=True)
            self._work = Path(tempfile.mkdtemp(dir=folder / UNFINISHED))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise OutputError(f"{folder}: files cannot be stored: {why}; see outputs.file-store.dir") from error

    def write(self, events: Iterable[Event]) -> None:
        """Take the events of one batch: all bytes of a file at once."""
        waiting: dict[int, list[bytes]] = {}
        for event in events:
            if isinstance(event, FileBytes):
                waiting.setdefault(event.handle, []).append(event.data)
            elif isinstance(event, FileInfo) and event.handle:
                self._append(event.handle, waiting.pop(event.handle, []))
                self._finish(event)
            elif isinstance(event, FileDropped):
                waiting.pop(event.handle, None)
                self._discard(event.handle)
        for handle, parts in waiting.items():
            self._append(handle, parts)

    def close(self) -> None:
        """Forget what did not come to its end."""
        for handle in list(self._paths):
            self._discard(handle)
        with suppress(OSError):
            self._work.rmdir()

    def counters(self) -> dict[str, int]:
        """Return what was counted, by dotted EVE name."""
        return {"file_store.fs_errors": self.n_errors, "file_store.open_files_max_hit": self.n_reopened}

    def _append(self, handle: int, parts: list[bytes]) -> None:
        if not parts:
            return
        try:
            descriptor = self._descriptor(handle)
            if descriptor is None:
                return
            self._open[handle] = descriptor
            with memoryview(b"".join(parts)) as data:
                done = 0
                while done < len(data):
                    done += os.write(descriptor, data[done:])
            while len(self._open) > self._max_open:
                os.close(self._open.pop(next(iter(self._open))))
        except OSError as error:
            self._fail(handle, error)

    def _descriptor(self, handle: int) -> int | None:
        """Return where a file's bytes go; None once it was given up."""
        found = self._open.pop(handle, None)
        if found is not None:
            return found
        path = self._paths.get(handle)
        if path is None:
            if handle in self._paths:
                return None
            path = self._work / str(handle)
            self._paths[handle] = path
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
        self.n_reopened += self._max_open > 0
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)

    def _finish(self, event: FileInfo) -> None:
        """Put a file in its place, or forget it."""
        path = self._paths.get(event.handle)
        name = event.facts.sha256.hex()
        if path is None or not event.facts.is_stored or not name:
            event.facts.is_stored = False
            self._discard(event.handle)
            return
        place = self._folder / name[:2] / name
        try:
            place.parent.mkdir(exist_ok=True)
            path.replace(place)
            if self._with_info:
                self._write_info(event, place)
        except OSError as error:
            event.facts.is_stored = False
            self._fail(event.handle, error)
        self._discard(event.handle)

    def _write_info(self, event: FileInfo, place: Path) -> None:
        record = fileinfo_record(event, self._options)
        if record is not None:
            info = place.with_name(f"{place.name}.{event.timestamp_ns // SECOND}.{event.facts.number}.json")
            info.write_bytes(msgspec.json.encode(record) + b"\n")

    def _fail(self, handle: int, error: OSError) -> None:
        self.n_errors += 1
        if self.n_errors == 1:
            self._complain(f"{self._folder}: a file is not stored: {(error.strerror or str(error)).lower()}")
        self._discard(handle)
        self._paths[handle] = None

    def _discard(self, handle: int) -> None:
        """Let go of a file on its way."""
        descriptor = self._open.pop(handle, None)
        path = self._paths.pop(handle, None)
        with suppress(OSError):
            if descriptor is not None:
                os.close(descriptor)
        with suppress(OSError):
            if path is not None:
                path.unlink(missing_ok=True)
