"""A file that a transaction carries, whatever the protocol: bytes in, size, digests and the inspected part out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.proto.digest import Digests

if TYPE_CHECKING:
    from vids.engine.proto.ranges import Part

OPEN: Final = "UNKNOWN"  # states, as EVE's fileinfo.state names them
CLOSED: Final = "CLOSED"  # all of it was seen
TRUNCATED: Final = "TRUNCATED"  # it ended early, or we stopped to follow it
FAILED: Final = "ERROR"

MAX_NAME: Final = 65_535  # bytes; a longer name is cut
MAX_DATA: Final = 1 << 20  # bytes of one file that are held for rules, where its protocol sets no limit
MAGIC_BYTES: Final = 4_096  # of the beginning, that say what kind of file it is
LOOK: Final = 4_096  # bytes that must be new before rules look into the beginning again; then twice as many, ...


@mypyc_attr(allow_interpreted_subclasses=True)
class Magic:
    """Who knows kinds of files by what they begin with."""

    def kind(self, data: bytes) -> str:
        """Return the kind of a file, as libmagic describes it; nothing if that fails."""
        raise NotImplementedError


@final
class File:
    """One file on its way. `data` is its beginning, at most `limit` bytes: what rules look into."""

    def __init__(self, name: bytes, to_server: bool, limit: i64) -> None:
        self.name = name if len(name) <= MAX_NAME else name[:MAX_NAME]
        self.to_server = to_server
        self.limit = min(limit, MAX_DATA)
        self.state = OPEN
        self.data = bytearray()
        self.size: i64 = 0  # bytes so far, those of gaps included
        self.has_gaps = False
        self.start: i64 = -1  # of a part of a larger file: its first and last byte there; -1: it is no part
        self.end: i64 = -1
        self.digests: Digests | None = None
        self.magic: Magic | None = None
        self.part: Part | None = None  # what becomes of the larger file
        self.sids: list[int] = []  # rules that want it stored
        self.is_wanted = False  # it is to be stored
        self.handle: i64 = 0  # tells the files apart that may be stored; 0: this one is not
        self.number: i64 = 0  # EVE's file_id, once it is stored
        self.is_handed_out = False  # its bytes go to the store as they come
        self.more: list[bytes] = []  # bytes that are not in `data`, and wait to be handed out
        self.moved: list[File] | None = None  # where it says that there are any
        self._kind = ""
        self._looked: i64 = 0  # bytes of `data` that rules have looked into

    def add(self, data: bytes) -> None:
        """Take the next bytes; ignored once the file has ended."""
        if self.state != OPEN:
            return
        length: i64 = len(data)
        self.size += length
        if self.digests is not None:
            self.digests.update(data)
        if self.part is not None:
            self.part.add(data)
        taken: i64 = 0
        room = self.limit - len(self.data)
        if room > 0 and not self.has_gaps:
            taken = min(room, length)
            self.data += data if taken == length else data[:taken]
        if self.moved is None:
            return
        if self.is_handed_out:
            self._wait(data)
        elif taken < length:
            self._wait(data[taken:])

    def _wait(self, data: bytes) -> None:
        if not self.more and self.moved is not None:
            self.moved.append(self)
        self.more.append(data)

    def gap(self, length: i64) -> None:
        """Note bytes that nobody saw: what is behind them is not looked into."""
        if self.state == OPEN:
            self.size += length
            self.has_gaps = True
            if self.part is not None:
                self.part.gap(length)

    def has_ended(self) -> bool:
        """Return whether no more bytes are taken."""
        return self.state != OPEN

    def close(self, state: str) -> None:
        """End the file as CLOSED, TRUNCATED or FAILED; the first end counts."""
        if self.state == OPEN:
            self.state = TRUNCATED if state == CLOSED and self.has_gaps else state
            if self.digests is not None:
                self.digests.finish(self.state == CLOSED)

    def is_due(self) -> bool:
        """Return whether rules should look into it again: it doubled, its beginning is complete, or it ended.

        However slowly it grows, rules look at no more than twice `limit` bytes of it.
        """
        held: i64 = len(self.data)
        is_due = (
            self.state != OPEN or held >= self._looked + max(LOOK, self._looked) or self._looked < held == self.limit
        )
        if is_due:
            self._looked = held
        return is_due

    def digest(self, which: i64) -> bytes:
        """Return a digest of the whole file; nothing where it is not known (yet), or some of the file is missing."""
        return self.digests.value(which) if self.digests is not None and self.state == CLOSED else b""

    def kind(self) -> str:
        """Return the kind of file, once enough of it was seen to ask for it."""
        if self.magic is None or self._kind:
            return self._kind
        held: i64 = len(self.data)
        if held > 0 and (held >= min(MAGIC_BYTES, self.limit) or self.state != OPEN or self.has_gaps):
            self._kind = self.magic.kind(bytes(self.data[:MAGIC_BYTES]))
        return self._kind

    def want(self, sid: int) -> None:
        """Have it stored, as far as that is still possible; 0 is nobody's rule."""
        if self.handle == 0:
            return
        self.is_wanted = True
        if sid and sid not in self.sids:
            self.sids.append(sid)

    def take(self) -> bytes:
        """Return the bytes that wait to be handed out: of the first time all there are."""
        parts = self.more
        if not self.is_handed_out:
            self.is_handed_out = True
            parts = [bytes(self.data), *parts]
        self.more = []
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def let_go(self) -> None:
        """Give up the thought of storing it."""
        self.moved = None
        self.more = []


@final
class Orders:
    """Which rules want the files of each side stored that are yet to come."""

    def __init__(self) -> None:
        self.to_server: list[int] = []  # sids
        self.to_client: list[int] = []

    def add(self, sid: int, to_server: bool) -> None:
        """Note a rule."""
        sids = self.to_server if to_server else self.to_client
        if sid not in sids:
            sids.append(sid)

    def apply(self, file: File) -> None:
        """Pass a new file on to the rules that want it."""
        for sid in self.to_server if file.to_server else self.to_client:
            file.want(sid)
