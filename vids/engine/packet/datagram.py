"""A datagram that is being put together: disjoint pieces in order, as the first fragments left them."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.packet.overlap import LINUX, keeps_old

PIECE_MEMORY: Final = 200  # bytes, about: the object and its place in the list
DATAGRAM_MEMORY: Final = 500

OVERLAP: Final = 1  # what is to say of a fragment, a bit each
REFUSED: Final = 2


@final
class Piece:
    """Bytes of a datagram that came in one fragment: what is left of it, or of a part of it."""

    def __init__(self, begin: i64, data: bytes, origin: i64, header: bytes) -> None:
        self.begin = begin
        self.end: i64 = begin + len(data)
        self.data = data
        self.origin = origin  # where the fragment began
        self.header = header  # of the datagram, if this is its beginning

    def part(self, begin: i64, end: i64) -> Piece:
        """Return a part of it."""
        header = self.header if begin == 0 else b""
        return Piece(begin, self.data[begin - self.begin : end - self.begin], self.origin, header)


@final
class Datagram:
    """The fragments of one datagram so far. `memory` is what they cost, in bytes."""

    def __init__(self, policy: i64, begun_ns: i64) -> None:
        self.policy = policy
        self.begun_ns = begun_ns
        self.length: i64 = -1  # known when the last fragment was seen
        self.pieces: list[Piece] = []
        self.n_bytes: i64 = 0
        self.memory: i64 = DATAGRAM_MEMORY

    def add(self, begin: i64, data: bytes, header: bytes, is_last: bool) -> i64:
        """Take a fragment in; return what is to say of it, of OVERLAP and REFUSED.

        The first fragment without "more fragments" says how long the datagram is: none may go beyond, and none
        may say otherwise. One that ends before data that is there already does not end the datagram.
        """
        end = begin + len(data)
        at = self._find(begin)
        outcome: i64 = OVERLAP if at < len(self.pieces) and self.pieces[at].begin < end else 0
        if self.length >= 0:
            if end > self.length or (is_last and end != self.length):
                return outcome | REFUSED
        elif is_last:
            if not self.pieces or end >= self.pieces[-1].end:
                self.length = end
            elif self.policy == LINUX:
                return outcome | REFUSED
        new = Piece(begin, data, begin, header)
        if outcome & OVERLAP:
            self._merge(at, new)
        else:
            self._replace(at, at, [new])
        return outcome

    def is_complete(self) -> bool:
        """Return whether every byte is there: the pieces do not overlap, so their sizes tell."""
        return self.n_bytes == self.length

    def header(self) -> bytes:
        """Return the header that came with the first byte."""
        return self.pieces[0].header

    def data(self) -> bytes:
        """Return all bytes."""
        return b"".join([piece.data for piece in self.pieces])

    def _find(self, begin: i64) -> i64:
        """Return the number of the first piece that ends behind `begin`."""
        low: i64 = 0
        high: i64 = len(self.pieces)
        while low < high:
            middle = (low + high) >> 1
            if self.pieces[middle].end > begin:
                high = middle
            else:
                low = middle + 1
        return low

    def _merge(self, at: i64, new: Piece) -> None:
        """Put a piece among those that it overlaps, of which the first has the number `at`."""
        begin, end = new.begin, new.end
        merged: list[Piece] = []
        tail: Piece | None = None
        next_begin = begin  # of what is left of the new piece
        i = at
        while i < len(self.pieces) and self.pieces[i].begin < end:
            old = self.pieces[i]
            if keeps_old(self.policy, old.origin, old.begin, old.end, begin, end):
                if next_begin < old.begin:
                    merged.append(new.part(next_begin, old.begin))
                merged.append(old)
                next_begin = old.end
            else:
                if old.begin < begin:
                    merged.append(old.part(old.begin, begin))
                if old.end > end:
                    tail = old.part(end, old.end)
            i += 1
        if next_begin < end:
            merged.append(new.part(next_begin, end))
        if tail is not None:
            merged.append(tail)
        self._replace(at, i, merged)

    def _replace(self, at: i64, end: i64, pieces: list[Piece]) -> None:
        for piece in self.pieces[at:end]:
            self._count(piece, -1)
        for piece in pieces:
            self._count(piece, 1)
        self.pieces[at:end] = pieces

    def _count(self, piece: Piece, sign: i64) -> None:
        size = piece.end - piece.begin
        self.n_bytes += sign * size
        self.memory += sign * (PIECE_MEMORY + size + len(piece.header))
