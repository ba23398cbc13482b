"""Files that come in parts (RFC 9110, section 14.4): put together across transactions and flows.

The parts of one whole share a key. What continues it goes on to its file at once; what lies further on waits.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.file import CLOSED, OPEN, TRUNCATED, File

MAX_PIECES: Final = 1_024  # of one file, that wait for earlier ones
OVERHEAD: Final = 512  # bytes that are counted for each whole and each piece beside what they hold
NS: Final = 1_000_000_000


@final
class Whole:
    """A file of `total` bytes, of which parts are known."""

    def __init__(self, key: bytes, total: i64, file: File) -> None:
        self.key = key
        self.total = total
        self.file = file  # what is known from its beginning on
        self.starts: list[int] = []  # of the pieces that wait, in order
        self.pieces: list[bytearray] = []
        self.used_ns: i64 = 0  # when one last came
        self.held: i64 = OVERHEAD  # bytes that count

    def is_complete(self) -> bool:
        """Return whether all of it is known."""
        return self.file.size >= self.total

    def add(self, at: i64, data: bytes) -> bool:
        """Take bytes of any place; what is known already stays. False if they find no room."""
        have = self.file.size
        length: i64 = len(data)
        if at + length <= have:
            return True
        if at > have:
            return self._keep(at, data)
        self._extend(data[have - at :] if have > at else data)
        while self.starts and self.starts[0] <= self.file.size:
            start: i64 = self.starts.pop(0)
            piece = self.pieces.pop(0)
            self.held -= OVERHEAD + len(piece)
            if start + len(piece) > self.file.size:
                self._extend(bytes(piece[self.file.size - start :]))
        return True

    def _extend(self, data: bytes) -> None:
        room = self.total - self.file.size  # a part that is longer than it said
        self.file.add(data if len(data) <= room else data[:room])

    def _keep(self, at: i64, data: bytes) -> bool:
        place = self._place(at)
        if place > 0 and self.starts[place - 1] + len(self.pieces[place - 1]) == at:
            self.pieces[place - 1] += data
            self.held += len(data)
            return True
        if len(self.starts) >= MAX_PIECES:
            return False
        self.starts.insert(int(place), int(at))
        self.pieces.insert(int(place), bytearray(data))
        self.held += OVERHEAD + len(data)
        return True

    def _place(self, at: i64) -> i64:
        """Return how many pieces begin before `at`."""
        low: i64 = 0
        high: i64 = len(self.starts)
        while low < high:
            middle = (low + high) // 2
            if self.starts[middle] < at:
                low = middle + 1
            else:
                high = middle
        return low


@final
class Part:
    """Takes the bytes of one part to the whole."""

    def __init__(self, ranges: Ranges, whole: Whole, at: i64, moved: list[File]) -> None:
        self.ranges = ranges
        self.whole = whole
        self.at = at
        self.moved = moved  # of the flow that the part comes in

    def add(self, data: bytes) -> None:
        """Take the next bytes of the part."""
        if self.whole.file.moved is not None:
            self.whole.file.moved = self.moved
        self.ranges.add(self.whole, self.at, data)
        self.at += len(data)

    def gap(self, length: i64) -> None:
        """Go on behind bytes that nobody saw; another part may have them."""
        self.at += length


@final
class Ranges:
    """All files that are put together, by key; the ones used longest ago give way."""

    def __init__(self, memcap: i64, timeout_s: i64) -> None:
        self.memcap = memcap
        self.timeout_ns: i64 = timeout_s * NS
        self.now_ns: i64 = 0  # packet time, set by who feeds the packets
        self.wholes: dict[bytes, Whole] = {}  # the one used last comes last
        self.held: i64 = 0
        self.n_given_up: i64 = 0  # wholes that found no room
        self.n_refused: i64 = 0  # pieces that found none
        self.dropped: list[File] = []  # files that will not become whole: who stores them must forget them

    def find(self, key: bytes, total: i64) -> Whole | None:
        """Return the whole of this key and size, if it is known; one of another size is out of date."""
        self._age()
        whole = self.wholes.get(key)
        if whole is not None and whole.total != total:
            self._drop(whole)
            return None
        return whole

    def begin(self, key: bytes, total: i64, file: File) -> Whole:
        """Begin a whole."""
        whole = Whole(key, total, file)
        self.wholes[key] = whole
        self.held += whole.held
        self._touch(whole)
        return whole

    def join(self, whole: Whole, at: i64, moved: list[File]) -> Part:
        """Return what takes a part that begins at `at`."""
        self._touch(whole)
        return Part(self, whole, at, moved)

    def add(self, whole: Whole, at: i64, data: bytes) -> None:
        """Take bytes of a whole."""
        if whole.file.state != OPEN:
            return
        before = whole.held + len(whole.file.data)
        if not whole.add(at, data):
            self.n_refused += 1
        self.held += whole.held + len(whole.file.data) - before
        self._touch(whole)
        while self.held > self.memcap and self.wholes:
            self.n_given_up += 1
            self._drop(self.wholes[next(iter(self.wholes))])

    def finish(self, part: Part) -> File | None:
        """End a part; return the whole file if that makes it complete."""
        whole = part.whole
        if whole.file.has_ended() or not whole.is_complete():
            return None
        whole.file.close(CLOSED)
        self._forget(whole)
        return whole.file

    def _touch(self, whole: Whole) -> None:
        whole.used_ns = self.now_ns
        if whole.key in self.wholes:
            del self.wholes[whole.key]
            self.wholes[whole.key] = whole

    def _age(self) -> None:
        while self.wholes:
            oldest = self.wholes[next(iter(self.wholes))]
            if self.now_ns - oldest.used_ns <= self.timeout_ns:
                return
            self._drop(oldest)

    def _drop(self, whole: Whole) -> None:
        whole.file.close(TRUNCATED)
        if whole.file.is_handed_out:
            self.dropped.append(whole.file)
        self._forget(whole)

    def _forget(self, whole: Whole) -> None:
        self.held -= whole.held + len(whole.file.data)
        whole.starts = []
        whole.pieces = []
        del self.wholes[whole.key]
