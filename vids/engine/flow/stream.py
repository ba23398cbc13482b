"""One direction of a TCP connection: segments in, in-order bytes and gaps out (RFC 9293, section 3.4)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.flow.memory import Memory
from vids.engine.flow.overlap import Borders, Overlay
from vids.engine.flow.queue import DIFFERENT, NO_OVERLAP, REGION_GAP, Queue
from vids.engine.flow.reassembly import NO_LIMIT, Reassembly
from vids.engine.flow.target import UNKNOWN, minds_borders
from vids.engine.flow.urgent import Urgent

TAIL: Final = 2560  # bytes kept of what was inspected, so that a pattern over the border is found


def distance(newer: i64, older: i64) -> i64:
    """Return how far sequence number `newer` is after `older`: -2**31 to 2**31 - 1 (RFC 9293, section 3.4)."""
    return ((newer - older + 0x80000000) & 0xFFFFFFFF) - 0x80000000


@final
@mypyc_attr(acyclic=True)
class Stream:
    """The bytes that one side sends, in order, until they are inspected.

    Offsets are absolute: 0 is the first payload byte. `base <= inspected <= end <= next` holds; `buffer` is the
    bytes from `base` to `end`. `end` stays behind `next` once the depth is reached. The sequence numbers of the
    sender count from the same 0; they run ahead of the offsets by the urgent bytes that were taken out, and by the
    FIN.
    """

    tail: i64 = TAIL
    origin: i64 = 0  # sequence number of offset 0
    # sequence numbers, as offsets from `origin`
    sent: i64 = 0  # next one to be sent, as far as was seen; behind the server's FIN, at the client's
    last_ack: i64 = 0  # what the receiver expects next
    advertised: i64 = 0  # bytes that the receiver takes beyond it
    window_end: i64 = NO_LIMIT  # the receiver takes nothing beyond this
    shift: i64 = 0  # of the windows that the receiver advertises
    timestamp: i64 = -1  # last one of the sender (RFC 7323); -1: none
    timestamp_s: i64 = 0  # packet time when it came
    is_keeping_alive: bool = False  # the last segment was a keep-alive
    is_probing: bool = False  # the last segment probed a window of zero
    urgent: Urgent | None = None
    # offsets of bytes
    queue: Queue | None = None  # what came out of order; never empty
    base: i64 = 0
    end: i64 = 0
    next: i64 = 0  # offset of the next byte in order
    acked: i64 = 0
    inspected: i64 = 0
    heard: i64 = 0  # up to here the application protocol's parser has the bytes
    borders: Borders | None = None  # of the segments that are not yet acknowledged, if the target minds
    fin_at: i64 = -1  # offset of the FIN; -1 before it
    is_finished: bool = False  # FIN or RST was seen: every byte may be the last
    is_over: bool = False  # both sides are done, or one was reset: what was inspected is not held any more
    is_ignored: bool = False  # nothing is kept any more
    is_depth_reached: bool = False
    gaps: i64 = 0
    gap_bytes: i64 = 0
    max_regions: i64 = 1  # of memory, as EVE counts them
    memory: Memory | None = None  # what detection remembers of earlier windows
    window: bytes = b""  # what `take` hands out
    window_at: i64 = 0
    fresh: i64 = 0

    def __init__(
        self, depth: i64, target: i64 = UNKNOWN, reassembly: Reassembly | None = None, is_inline: bool = False
    ) -> None:
        self.reassembly = Reassembly() if reassembly is None else reassembly
        self.limit: i64 = depth if depth > 0 else NO_LIMIT  # bytes from here on are not kept
        self.target = target  # what the receiver is (target.py)
        self.is_inline = is_inline  # bytes are inspected as they arrive, before they are acknowledged
        self.minds_borders = minds_borders(target)
        self.buffer = bytearray()
        self.must_flush = is_inline  # inspect what there is, however little

    def start(self, seq: i64) -> None:
        """Begin, or begin anew, with `seq` as the sequence number of the first byte."""
        self._clear()
        self.origin = seq & 0xFFFFFFFF
        self.sent = self.last_ack = 0
        self.base = self.end = self.next = self.acked = self.inspected = self.heard = 0
        self.fin_at = -1
        self.urgent = None
        self.window_end = NO_LIMIT

    def deepen(self, depth: i64) -> None:
        """Go on to this depth if it is more than the stream has, and was not reached; 0 is no limit."""
        if not self.is_depth_reached and not self.is_ignored:
            self.limit = max(self.limit, depth) if depth > 0 else NO_LIMIT

    def offset(self, seq: i64) -> i64:
        """Return how far a sequence number is behind the origin, taken as near what was sent last."""
        return self.sent + distance(seq, self.origin + self.sent)

    def add(self, offset: i64, data: bytes, at: i64, end: i64) -> bool:
        """Take in the segment `data[at:end]`, which begins at a sequence offset.

        Returns False when none of it is kept, for depth or lack of memory.
        """
        if self.urgent is not None:
            return self._add_around(self.urgent, offset, data, at, end)
        stop = offset + end - at
        if offset == self.next and stop <= self.limit and self.queue is None and self.reassembly.has_room(end - at):
            self._append(data[at:end])
            return True
        return self._add_odd(offset, stop, data, at)

    def take_out(self, place: i64) -> bool:
        """Leave the byte at a sequence offset out, for it is urgent; False when it is out, or in, already."""
        urgent = self.urgent
        if urgent is None:
            urgent = Urgent()
        position = urgent.position(place)
        if position < self.next or urgent.next_place(place, place + 1) == place:
            return False
        self.urgent = urgent
        urgent.take_out(place)
        if self.queue is not None:
            before = self.queue.size
            self.queue.take_out(position)
            self.reassembly.memuse += self.queue.size - before
        return True

    def acknowledge(self, offset: i64) -> None:
        """Let the bytes in front of a sequence offset be inspected: the receiver has them."""
        if offset <= self.last_ack:
            return
        self.last_ack = offset
        if self.urgent is not None:
            self.urgent.forget(offset)
            offset = self.urgent.position(offset)
        if self.fin_at >= 0 and offset > self.fin_at:
            offset = self.fin_at
            self._mark_end(offset)
        if offset <= self.acked:
            return
        self.acked = offset
        if offset > self.next:
            self._lose()
        elif offset == self.next and self.borders is not None and self.queue is None:
            self.borders.clear()

    def finish(self, offset: i64) -> None:
        """Note the FIN at a sequence offset."""
        self.fin_at = offset if self.urgent is None else self.urgent.position(offset)
        self.is_finished = True
        self.acked = min(self.acked, self.fin_at)

    def reset(self) -> None:
        """Note that the connection was reset: what is acknowledged is inspected, the rest at the flow's end."""
        self.is_finished = True
        self.is_over = True

    def close(self) -> None:
        """Note that both sides are done."""
        self.is_over = True
        self._trim()

    def reopen(self) -> None:
        """Go on: the RST was not real."""
        self.is_over = False
        self.is_finished = self.fin_at >= 0

    def size(self) -> i64:
        """Return how many sequence numbers were used: from the SYN to the next one (what stream_size compares)."""
        return self.sent + 1

    def is_due(self, chunk: i64) -> bool:
        """Return whether `take` has enough bytes to be worth a look."""
        ready = self.end if self.acked >= self.end or self.is_inline else self.acked
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
        ready = self.end if everything or self.acked > self.end or self.is_inline else self.acked
        if ready <= self.inspected:
            self.window = b""
            return False
        self.window = bytes(self.buffer if ready == self.end else self.buffer[: ready - self.base])
        self.window_at = self.base
        self.fresh = self.inspected - self.base
        self.inspected = ready
        self.must_flush = self.is_inline
        self.reassembly.is_window_held = True
        self._trim()
        if self.acked > self.next and not everything:
            self._lose()
        return True

    def missed(self) -> i64:
        """Return how many bytes behind what was heard will never come, and step over them."""
        lost = self.base - self.heard
        if lost <= 0:
            return 0
        self.heard = self.base
        return lost

    def hear(self, everything: bool) -> bytes:
        """Hand out the bytes that the application's parser has not heard; call `missed` first, and `take` after.

        What is heard is what may be inspected (`take`), without waiting for a chunk of it.
        """
        ready = self.end if everything or self.acked > self.end or self.is_inline else self.acked
        if ready <= self.heard:
            return b""
        data = bytes(self.buffer[self.heard - self.base : ready - self.base])
        self.heard = ready
        return data

    def may_go_on(self) -> bool:
        """Return whether the ended stream still holds bytes; step over what is missing once all before it is done."""
        if self.inspected == self.end and self.queue is not None:
            self._jump(self.queue.begin())
        return self.end > self.inspected or self.end > self.heard

    def has_said_all(self) -> bool:
        """Return whether everything up to the FIN was heard."""
        return 0 <= self.fin_at <= self.heard

    def held(self) -> bytes:
        """Return the bytes at hand, inspected or not, as far as they may be inspected."""
        ready = self.end if self.acked > self.end or self.is_inline else self.acked
        return bytes(self.buffer[: max(ready - self.base, 0)])

    def disregard(self) -> None:
        """Let go of what was heard: no rule looks at the bytes themselves any more."""
        if self.heard > self.inspected:
            self.inspected = min(self.heard, self.end)
            self.memory = None
            self._trim()

    def contradicts(self, offset: i64, data: bytes, at: i64, end: i64) -> bool:
        """Return whether a segment says something else than the bytes that are still held; note it if so."""
        if self.urgent is not None or offset + end - at <= self.base:
            return False
        low = max(offset, self.base)
        high = min(offset + end - at, self.end)
        if low >= high:
            return False
        at += low - offset
        if self.buffer[low - self.base : high - self.base] == data[at : at + high - low]:
            return False
        self._note_overlap(True)
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
        self.base = self.end = self.inspected = self.heard = self.next

    def _append(self, data: bytes) -> None:
        length: i64 = len(data)
        if self.minds_borders:
            if self.borders is None:
                self.borders = Borders()
            if self.borders.append(self.next, self.acked):
                self.reassembly.borders_dropped += 1
        self.buffer += data
        self.end += length
        self.next += length
        self.reassembly.memuse += length

    def _settled(self) -> i64:
        """Return up to where bytes are as they are: the receiver has them, or they were inspected."""
        return max(self.acked, self.inspected)

    def _add_around(self, urgent: Urgent, offset: i64, data: bytes, at: i64, end: i64) -> bool:
        """Take in a segment without the urgent bytes in it."""
        is_kept = False
        stop = offset + end - at
        while offset < stop:
            place = urgent.next_place(offset, stop)
            if place > offset:
                position = urgent.position(offset)
                if self._add_odd(position, position + place - offset, data, at):
                    is_kept = True
            at += place - offset + 1
            offset = place + 1
        return is_kept

    def _add_odd(self, offset: i64, stop: i64, data: bytes, at: i64) -> bool:
        """Take in a segment that is old, early, overlapping, too deep or too much."""
        whole_stop = stop
        if stop > self.limit:
            if offset <= self.next or self.next >= self.limit:
                self._note_depth()
            stop = self.limit
        is_kept = offset < stop
        begin = offset
        is_partly_old = offset < self.next
        if offset < self.next and offset < self.end and is_kept:
            self._overlap(offset, stop, data, at)
        if offset < self.next:
            at += self.next - offset
            offset = self.next
        if offset < stop:
            is_kept = self._keep(offset, data[at : at + stop - offset], begin)
        if is_partly_old and is_kept and stop > self._settled():
            self._remember_borders(begin, stop)
        if self.next >= self.limit:
            self._follow(whole_stop)
        return is_kept

    def _keep(self, offset: i64, data: bytes, begin: i64) -> bool:
        """Put new bytes at their place behind `next`, if there is room for them; their segment began at `begin`."""
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
        overlap = queue.insert(offset, data, begin, self.target, self.borders)
        self.reassembly.memuse += queue.size - before
        if overlap != NO_OVERLAP:
            self._note_overlap(overlap == DIFFERENT)
            if begin == offset:
                self._remember_borders(begin, offset + length)
        if offset - self.next > REGION_GAP:
            self.max_regions = max(self.max_regions, queue.regions(self.next))
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

    def _remember_borders(self, begin: i64, end: i64) -> None:
        if not self.minds_borders:
            return
        if self.borders is None:
            self.borders = Borders()
        if self.borders.add(begin, end, self._settled()):
            self.reassembly.borders_dropped += 1

    def _overlap(self, offset: i64, stop: i64, data: bytes, at: i64) -> None:
        """Hold a segment against the bytes in order, and replace those that the target would, if they are unsettled."""
        low = max(offset, self.base)
        high = min(stop, self.end)
        if low >= high:
            return
        at += low - offset
        new = data[at : at + high - low]
        is_different = self.buffer[low - self.base : high - self.base] != new
        if is_different or high > self.acked:
            self._note_overlap(is_different)
        settled = self._settled()
        if is_different and high > settled:
            skip = max(settled - low, 0)
            overlay = Overlay(self.target, offset, stop, low + skip, new[skip:])
            overlay.lay_in_order(self.borders, self.buffer, self.base, self.end)
            overlay.heed(self.borders)
            self.buffer[low + skip - self.base : high - self.base] = overlay.new

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
            self._follow(self.acked)
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

    def _follow(self, offset: i64) -> None:
        """Go with the sender beyond the depth, where nothing is kept: no segment, nor the mark of its end."""
        self.next = max(self.next, offset)
        self.queue = None

    def _jump(self, offset: i64) -> None:
        """Go on at `offset`; nothing from before it is kept, for no match spans a gap."""
        self._drop_buffer()
        if self.memory is not None:
            self.memory.waiting.clear()
        self.base = self.end = self.next = self.inspected = offset
        self._drain()

    def _trim(self) -> None:
        """Forget what was inspected but the tail; all of it when no more bytes can come.

        Behind a FIN the tail stays: what comes there yet may show that the FIN, and what was before it, is a forgery.
        """
        keep = max(self.base, self.inspected - self.tail)
        if self.is_over and self.inspected == self.end and self.queue is None:
            keep = self.end
        if keep > self.base:
            self.reassembly.memuse -= keep - self.base
            del self.buffer[: keep - self.base]
            self.base = keep

    def _drop_buffer(self) -> None:
        if self.borders is not None:
            self.borders.clear()
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
