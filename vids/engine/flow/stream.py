"""One direction of a TCP connection: segments in, in-order bytes and gaps out (RFC 9293, section 3.4)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.flow.memory import Memory
from vids.engine.flow.queue import DIFFERENT, NO_OVERLAP, Queue
from vids.engine.flow.reassembly import NO_LIMIT, Reassembly

TAIL: Final = 2560  # bytes kept of what was inspected, so that a pattern over the border is found


def distance(newer: i64, older: i64) -> i64:
    """Return how far sequence number `newer` is after `older`: -2**31 to 2**31 - 1 (RFC 9293, section 3.4)."""
    return ((newer - older + 0x80000000) & 0xFFFFFFFF) - 0x80000000


@final
@mypyc_attr(acyclic=True)
class Stream:
    """The bytes that one side sends, in order, until they are inspected.

    Offsets are absolute: 0 is the first payload byte. `base <= inspected <= end <= next` holds; `buffer` is the
    bytes from `base` to `end`. `end` stays behind `next` once the depth is reached.
    """

    def __init__(self, depth: i64, is_first_wins: bool, reassembly: Reassembly | None = None) -> None:
        self.reassembly = Reassembly() if reassembly is None else reassembly
        self.limit: i64 = depth if depth > 0 else NO_LIMIT  # bytes from here on are not kept
        self.is_first_wins = is_first_wins
        self.tail: i64 = TAIL
        self.origin: i64 = 0  # sequence number of offset 0
        self.buffer = bytearray()
        self.queue: Queue | None = None  # what came out of order; never empty
        self.base: i64 = 0
        self.end: i64 = 0
        self.next: i64 = 0  # offset of the next byte in order
        self.highest: i64 = 0  # end of all that was sent, FIN included
        self.acked: i64 = 0
        self.inspected: i64 = 0
        self.fin_at: i64 = -1  # offset of the FIN; -1 before it
        self.is_fin_acked = False
        self.window_end: i64 = NO_LIMIT  # the receiver takes nothing beyond this offset
        self.wscale: i64 = 0  # shift of the window that the sender of this stream advertises
        self.must_flush = False  # inspect what is acknowledged, however little
        self.is_finished = False  # FIN or RST was seen: every byte may be the last
        self.is_reset = False
        self.is_ignored = False  # nothing is kept any more
        self.is_depth_reached = False
        self.gaps: i64 = 0
        self.gap_bytes: i64 = 0
        self.memory: Memory | None = None  # what detection remembers of earlier windows
        self.window = b""  # what `take` hands out
        self.window_at: i64 = 0
        self.fresh: i64 = 0

    def start(self, seq: i64) -> None:
        """Begin, or begin anew, with `seq` as the sequence number of the first byte."""
        self._clear()
        self.origin = seq & 0xFFFFFFFF
        self.base = self.end = self.next = self.highest = self.acked = self.inspected = 0
        self.fin_at = -1
        self.is_fin_acked = False
        self.window_end = NO_LIMIT

    def offset(self, seq: i64) -> i64:
        """Return the absolute offset of a sequence number, taken as near the next expected byte."""
        return self.next + distance(seq, self.origin + self.next)

    def add(self, seq: i64, data: bytes, at: i64, end: i64) -> bool:
        """Take in the segment `data[at:end]`; False when none of it is kept, for depth or lack of memory."""
        offset = self.offset(seq)
        stop = offset + end - at
        self.highest = max(self.highest, stop)
        if offset == self.next and stop <= self.limit and self.queue is None and self.reassembly.has_room(end - at):
            self._append(data[at:end])
            return True
        return self._add_odd(offset, stop, data, at)

    def acknowledge(self, ack: i64) -> None:
        """Let the bytes below sequence number `ack` be inspected: the receiver has them."""
        offset = self.offset(ack)
        if offset <= self.acked:
            return
        if self.fin_at >= 0 and offset == self.fin_at + 1:
            self.is_fin_acked = True
            offset = self.fin_at
            self._mark_end(offset)
        if offset > self.highest:
            self.reassembly.unseen_acks += 1
        self.acked = offset
        if offset > self.next:
            self._lose()

    def finish(self, seq: i64) -> None:
        """Note the FIN with sequence number `seq`."""
        self.fin_at = self.offset(seq)
        self.highest = max(self.highest, self.fin_at + 1)
        self.is_finished = True
        if self.acked > self.fin_at:
            self.is_fin_acked = True
            self.acked = self.fin_at

    def reset(self) -> None:
        """Note that the connection was reset: what is acknowledged is inspected, the rest at the flow's end."""
        self.is_finished = True
        self.is_reset = True

    def is_due(self, chunk: i64) -> bool:
        """Return whether `take` has enough acknowledged bytes to be worth a look."""
        ready = self.acked if self.acked < self.end else self.end
        fresh = ready - self.inspected
        return fresh >= chunk or (fresh > 0 and (self.must_flush or self.is_finished))

    def take(self, everything: bool = False) -> bool:
        """Hand out the next run of bytes in `window`; False when there is nothing new.

        `window[fresh:]` is new, what is before it was handed out earlier; `window_at` is the offset of
        `window[0]`. `everything` takes what was not acknowledged too, and steps over what is missing: one run a
        call. No window spans a gap.
        """
        if everything and self.inspected == self.end and self.queue is not None:
            self._jump(self.queue.begin())
        ready = self.end if everything or self.acked > self.end else self.acked
        if ready <= self.inspected:
            self.window = b""
            return False
        self.window = bytes(self.buffer if ready == self.end else self.buffer[: ready - self.base])
        self.window_at = self.base
        self.fresh = self.inspected - self.base
        self.inspected = ready
        self.must_flush = False
        self.reassembly.is_window_held = True
        self._trim()
        if self.acked > self.next and not everything:
            self._lose()
        return True

    def remember(self) -> Memory:
        """Return the memory, made now if there is none."""
        memory = self.memory
        if memory is None:
            memory = Memory()
            self.memory = memory
        return memory

    def release(self) -> None:
        """Keep nothing, now and later: the flow has ended, or is no longer inspected."""
        self._clear()
        self.is_ignored = True
        self.limit = 0
        self.base = self.end = self.inspected = self.next

    def _append(self, data: bytes) -> None:
        length: i64 = len(data)
        self.buffer += data
        self.end += length
        self.next += length
        self.reassembly.memuse += length

    def _add_odd(self, offset: i64, stop: i64, data: bytes, at: i64) -> bool:
        """Take in a segment that is old, early, overlapping, too deep or too much."""
        whole_stop = stop
        if stop > self.limit:
            if offset <= self.next or self.next >= self.limit:
                self._note_depth()
            stop = self.limit
        is_kept = offset < stop
        if offset < self.next and offset < self.end and is_kept:
            self._compare(offset, min(stop, self.end), data, at)
        if offset < self.next:
            at += self.next - offset
            offset = self.next
        if offset < stop:
            is_kept = self._keep(offset, data[at : at + stop - offset])
        if self.next >= self.limit:
            self.next = max(self.next, whole_stop)
        return is_kept

    def _keep(self, offset: i64, data: bytes) -> bool:
        """Put new bytes at their place behind `next`, if there is room for them."""
        length: i64 = len(data)
        if not self.reassembly.has_room(length):
            self.reassembly.memcap_drops += 1
            return False
        queue = self.queue
        if queue is None:
            if offset == self.next:
                self._append(data)
                return True
            queue = self.queue = Queue()
        elif offset > self.next and queue.is_full(length):
            self.reassembly.queue_drops += 1
            return False
        before = queue.size
        overlap = queue.insert(offset, data, self.is_first_wins)
        self.reassembly.memuse += queue.size - before
        if overlap != NO_OVERLAP:
            self._note_overlap(overlap == DIFFERENT)
        self._drain()
        if self.acked > self.next:
            self._lose()
        return True

    def _note_depth(self) -> None:
        if not self.is_depth_reached and not self.is_ignored:
            self.is_depth_reached = True
            self.reassembly.depths_reached += 1
            self.reassembly.events.append("stream.reassembly_depth_reached")

    def _note_overlap(self, is_different: bool) -> None:
        self.reassembly.overlaps += 1
        if is_different:
            self.reassembly.overlaps_different += 1
            self.reassembly.events.append("stream.reassembly_overlap_different_data")

    def _compare(self, offset: i64, stop: i64, data: bytes, at: i64) -> None:
        """Hold a repeated segment against the bytes in order; the last copy wins only where none was inspected."""
        if stop <= self.base:
            return
        if offset < self.base:
            at += self.base - offset
            offset = self.base
        again = data[at : at + stop - offset]
        is_different = self.buffer[offset - self.base : stop - self.base] != again
        if is_different or stop > self.acked:
            self._note_overlap(is_different)
        if is_different and not self.is_first_wins and stop > self.inspected:
            start = max(offset, self.inspected)
            self.buffer[start - self.base : stop - self.base] = again[start - offset :]

    def _mark_end(self, offset: i64) -> None:
        """Note that all bytes up to the FIN were sent and received: what is missing now is lost."""
        if offset > self.next and self.queue is None:
            self.queue = Queue()
        if self.queue is not None:
            self.queue.mark_end(offset)

    def _drain(self) -> None:
        """Move what is in order now from the queue into the buffer."""
        queue = self.queue
        if queue is None:
            return
        while queue.segments and queue.begin() <= self.next:
            data = queue.pop()
            self.reassembly.memuse -= len(data)
            self._append(data)
        if not queue.segments:
            self.queue = None

    def _lose(self) -> None:
        """Step over bytes that the receiver has and we never saw, once what is before them is inspected.

        Without later bytes the acknowledgement alone is no proof: an optimistic receiver must not blind us.
        """
        if self.next >= self.limit:
            self.next = self.acked
        elif self.queue is not None and self.queue.begin() <= self.acked:
            if self.inspected < self.end:
                self.must_flush = True
                return
            begin = self.queue.begin()
            self.gaps += 1
            self.gap_bytes += begin - self.next
            self.reassembly.gaps += 1
            self.reassembly.events.append("stream.reassembly_seq_gap")
            self._jump(begin)
            if self.acked > self.next:
                self._lose()

    def _jump(self, offset: i64) -> None:
        """Go on at `offset`; nothing from before it is kept, for no match spans a gap."""
        self._drop_buffer()
        if self.memory is not None:
            self.memory.waiting.clear()
        self.base = self.end = self.next = self.inspected = offset
        self._drain()

    def _trim(self) -> None:
        """Forget what was inspected but the tail; all of it when no more bytes can come."""
        keep = max(self.base, self.inspected - self.tail)
        is_over = self.is_reset or (self.fin_at >= 0 and self.inspected >= self.fin_at)
        if is_over and self.inspected == self.end and self.queue is None:
            keep = self.end
        if keep > self.base:
            self.reassembly.memuse -= keep - self.base
            del self.buffer[: keep - self.base]
            self.base = keep

    def _drop_buffer(self) -> None:
        if self.buffer:
            self.reassembly.memuse -= len(self.buffer)
            self.buffer = bytearray()

    def _clear(self) -> None:
        self._drop_buffer()
        if self.queue is not None:
            self.reassembly.memuse -= self.queue.size
            self.queue = None
        self.window = b""
        self.memory = None
