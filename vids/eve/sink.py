"""Where lines go: a file, standard output."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import IO, Final, Protocol, final

from vids.errors import OutputError

BUFFER: Final = 1 << 18  # bytes of a file held before they are written

REMEDIES: Final = {
    errno.ENOENT: "make its folder first",
    errno.ENOTDIR: "make its folder first",
    errno.EISDIR: "name a file in it",
    errno.EACCES: "choose a place that you may write to",
    errno.EROFS: "choose a place that you may write to",
    errno.ENOSPC: "make room, or write elsewhere",
    errno.EDQUOT: "make room, or write elsewhere",
}


class Sink(Protocol):
    """Takes lines without their end; `msg` is structlog's name for that. Every method may raise OutputError."""

    def msg(self, message: bytes) -> None:
        """Write one line."""

    def close(self) -> None:
        """Write what is still held, and let go."""


@final
class FileSink:
    """A file, begun anew."""

    def __init__(self, path: Path) -> None:
        self._place = str(path)
        try:
            self._file: IO[bytes] = path.open("wb", buffering=BUFFER)
        except OSError as error:
            raise _explained(self._place, error) from error

    def msg(self, message: bytes) -> None:
        try:
            self._file.write(message + b"\n")
        except OSError as error:
            raise _explained(self._place, error) from error

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise _explained(self._place, error) from error


@final
class StdoutSink:
    """Standard output. A reader that went away is a BrokenPipeError, which the command line ends quietly on."""

    def __init__(self) -> None:
        self._file = sys.stdout.buffer

    def msg(self, message: bytes) -> None:
        try:
            self._file.write(message + b"\n")
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _explained("standard output", error) from error

    def close(self) -> None:
        try:
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _explained("standard output", error) from error


def _explained(place: str, error: OSError) -> OutputError:
    """Return what is wrong with the place, and the remedy."""
    why = (error.strerror or str(error)).lower()
    remedy = REMEDIES.get(error.errno or 0, "choose another place")
    return OutputError(f"{place}: cannot write: {why}; {remedy}")
