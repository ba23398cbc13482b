"""Frames out of capture files: pcap and pcapng, plain or compressed; files, folders and standard input.

Nothing here raises for a capture that is missing, damaged or none at all: that is a problem of its own, with one
line, and the captures behind it are read.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from librt.strings import BytesWriter

from vids.capture.compressed import LONGEST_MAGIC, PACKED_PIECE, ByteStream, Unpacked, compression_of
from vids.capture.pcap import Pcap, is_pcap
from vids.capture.pcapng import Pcapng, is_pcapng
from vids.capture.source import CaptureProblem
from vids.engine.batch import Batch

PIECE: Final = 4 << 20  # bytes of a file in one batch, and MAX_FRAMES of them: memory stays flat
MAX_FRAMES: Final = 16_384
STANDARD_INPUT: Final = "-"
MAGIC: Final = 4  # bytes that tell a capture

NO_CAPTURE: Final = (
    "no capture: expected pcap or pcapng, plain or in gz, xz or zst (editcap converts other kinds to pcapng)"
)

Walk = Pcap | Pcapng


def open_captures(paths: Iterable[str | os.PathLike[str]], stdin: BinaryIO | None = None) -> CaptureFiles:
    """Return the source that reads `paths` in the order given; `-` is standard input, or `stdin`."""
    return CaptureFiles([os.fspath(path) for path in paths], stdin)


@dataclass(frozen=True)
class Place:
    """One capture to read: a path, the folder it was found in (empty when it was named), its size if known."""

    path: str
    folder: str
    size: int | None  # bytes as stored


class CaptureFiles:
    """A source (vids.capture.source.Source) of the frames in files; iterate over it once."""

    def __init__(self, paths: list[str], stdin: BinaryIO | None = None) -> None:
        self.problems: list[CaptureProblem] = []
        self.path = ""  # of the capture that the last batch came from
        self._stdin = stdin
        self._places: list[Place] = []
        self._n_skipped: dict[str, int] = {}  # by folder: files that are no captures
        self._n_captures: dict[str, int] = {}  # by folder: files that are, and unreadable ones
        self._bytes_done = 0
        self._raw: RawStream | None = None
        for path in paths:
            self._add(path)

    @property
    def total_bytes(self) -> int | None:
        """The size of all captures as stored, or None when one of them has no size, such as a pipe."""
        sizes = [place.size for place in self._places if place.size is not None]
        return sum(sizes) if len(sizes) == len(self._places) else None

    @property
    def bytes_read(self) -> int:
        """How much of `total_bytes` is done."""
        return self._bytes_done + (self._raw.n_read if self._raw else 0)

    def __iter__(self) -> Iterator[Batch]:
        for place in self._places:
            self.path = place.path
            yield from self._capture(place)
            self._bytes_done = self.bytes_read if place.size is None else self._bytes_done + place.size
            self._raw = None
        self._report_folders()

    def _add(self, path: str) -> None:
        """Note what `path` stands for, without opening it."""
        if path == STANDARD_INPUT:
            self._places.append(Place(path, "", None))
            return
        try:
            status = os.stat(path)  # noqa: PTH116  Path("") would be the folder we are in
        except ValueError:  # a NUL in it; Python's words for this differ from version to version
            self._error(path, "no path of a file: check it")
            return
        except OSError as error:
            self._error(path, remedy(error))
            return
        if not stat.S_ISDIR(status.st_mode):
            size = status.st_size if stat.S_ISREG(status.st_mode) else None
            self._places.append(Place(path, "", size))
            return
        self._n_captures[path] = self._n_skipped[path] = 0
        self._places += sorted(self._found_below(path), key=lambda place: Path(place.path))

    def _found_below(self, folder: str) -> Iterator[Place]:
        """Yield the regular files below `folder`; links to folders are not followed, so there is no circle."""

        def refuse(error: OSError) -> None:
            self._unreadable(str(error.filename), folder, error)

        for parent, _, names in os.walk(folder, onerror=refuse):
            for name in names:
                path = str(Path(parent, name))
                try:
                    status = Path(path).stat()
                except OSError as error:
                    refuse(error)
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield Place(path, folder, status.st_size)

    def _capture(self, place: Place) -> Iterator[Batch]:
        """Yield the batches of one capture."""
        if place.path == STANDARD_INPUT:
            if self._stdin is None and sys.stdin is None:
                self._error(place.path, "closed: pipe a capture into it")
            else:
                yield from self._opened(place, self._stdin or sys.stdin.buffer)
            return
        try:
            with Path(place.path).open("rb") as file:
                yield from self._opened(place, file)
        except OSError as error:  # of open: reading has its own (RawStream)
            self._unreadable(place.path, place.folder, error)

    def _opened(self, place: Place, file: BinaryIO) -> Iterator[Batch]:
        """Yield the batches of one open file, whatever it is packed in."""
        self._raw = RawStream(file)
        stream: ByteStream = self._raw
        head = gather(stream, b"", LONGEST_MAGIC, PACKED_PIECE)
        nothing = "empty: nothing was captured" if not head else NO_CAPTURE
        if kind := compression_of(head):
            try:
                stream = Unpacked(kind, head, stream)
            except ImportError as error:
                self._error(place.path, f"{kind} needs the module {error.name}: pip install {error.name}")
                return
            head = gather(stream, b"", MAGIC)
        walk = walk_of(head)
        if walk is None:
            self._no_capture(place, stream.fault or nothing)
            return
        if place.folder:
            self._n_captures[place.folder] += 1
        # A pipe is walked as it comes, so that live traffic does not wait for a full piece.
        is_live = place.size is None and not kind
        yield from self._batches(place, stream, walk, head, 1 if is_live else PIECE)

    def _batches(self, place: Place, stream: ByteStream, walk: Walk, data: bytes, piece: int) -> Iterator[Batch]:
        """Yield what `walk` finds in `data` and the rest of `stream`, taken in pieces of `piece` bytes at least."""
        origin = 0  # of `data` in the capture
        at = 0
        while True:
            index = BytesWriter()
            at = walk.walk(data, at, index, MAX_FRAMES)
            if len(index):
                yield Batch(data, index.getvalue())
            if walk.fault:
                where = whereabouts(walk, origin + at, stream)
                self._error(place.path, f"damaged {where} ({walk.fault}): what is whole was read")
                return
            if not walk.needs:
                continue
            data = gather(stream, data[at:], max(walk.needs, piece))
            origin += at
            at = 0
            if len(data) < walk.needs:
                break
        if data or stream.fault:
            where = whereabouts(walk, origin, stream)
            fault = stream.fault or "cut short"
            self._problem(place.path, f"{fault} {where}: what is whole was read", stream.is_damaged)

    def _no_capture(self, place: Place, message: str) -> None:
        """Report what is no capture: at once when it was named, as a count when a folder held it."""
        if place.folder:
            self._n_skipped[place.folder] += 1
        else:
            self._error(place.path, message)

    def _report_folders(self) -> None:
        for folder, n_skipped in self._n_skipped.items():
            if self._n_captures[folder] == 0:
                self._error(folder, "no capture in this folder: expected pcap or pcapng, plain or in gz, xz or zst")
            elif n_skipped > 0:
                self._problem(folder, f"files skipped because they are no captures: {n_skipped}", False)

    def _unreadable(self, path: str, folder: str, error: OSError) -> None:
        """Report what cannot be opened, in `folder` if it was found there."""
        if folder:
            self._n_captures[folder] += 1
        self._error(path, remedy(error))

    def _error(self, path: str, message: str) -> None:
        self._problem(path, message, True)

    def _problem(self, path: str, message: str, is_error: bool) -> None:
        name = "standard input" if path == STANDARD_INPUT else path
        self.problems.append(CaptureProblem(name, message, is_error))


class RawStream:
    """An open file as a ByteStream: it counts its bytes, and an error of the machine becomes its fault."""

    def __init__(self, file: BinaryIO) -> None:
        self.fault = ""
        self.is_damaged = False
        self.n_read = 0  # bytes
        # A pipe gives what it has at once through read1; read would wait for all that was asked for.
        self._read: Callable[[int], bytes] = getattr(file, "read1", file.read)

    def read(self, size: int) -> bytes:
        try:
            data = self._read(size)
        except (OSError, ValueError) as error:
            self.fault = f"cannot be read ({remedy(error)})"
            self.is_damaged = True
            return b""
        self.n_read += len(data)
        return data


def gather(stream: ByteStream, rest: bytes, wanted: int, piece_size: int = PIECE) -> bytes:
    """Return `rest` and what follows it: `wanted` bytes at least, unless the stream ends before."""
    pieces = [rest] if rest else []
    have = len(rest)
    while have < wanted and (piece := stream.read(max(wanted, piece_size) - have)):
        pieces.append(piece)
        have += len(piece)
    return b"".join(pieces)


def walk_of(head: bytes) -> Walk | None:
    """Return the walk for a capture that begins with `head`, or None for what is no capture."""
    if is_pcap(head):
        return Pcap()
    return Pcapng() if is_pcapng(head) else None


def whereabouts(walk: Walk, offset: int, stream: ByteStream) -> str:
    """Return where a capture breaks off, in words."""
    of_what = " of what it unpacks to" if isinstance(stream, Unpacked) else ""
    return f"after packet {walk.n_frames}, at byte {offset}{of_what}"


def remedy(error: OSError | ValueError) -> str:
    """Return what is wrong with a path and, where there is one, the remedy."""
    if isinstance(error, FileNotFoundError):
        return "no such file or folder: check the path"
    if isinstance(error, PermissionError):
        return "permission denied: run as a user who may read it"
    return str(getattr(error, "strerror", None) or error)
