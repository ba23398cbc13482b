"""stream: segments of a few connections, with any flags, sequence numbers, options and order.

Input: five bytes of settings; then segments of ten bytes: direction and flags; connection, variant, time step and
options; sequence number and acknowledgement, as distances from what was sent last; length; window; urgent pointer.
A payload's bytes say where in the sequence space they belong, and in which of four variants they were sent.
Holds: what comes out of a stream is at its place, after what came out before; what is held is what is counted, and
within its limits; nothing is held once all flows have ended; the same again gives the same.
"""

from __future__ import annotations

import struct
from typing import Final

from fuzzing import corpus
from fuzzing.reader import Reader
from fuzzing.target import Target, demand, demand_known
from vids.engine.flow.flow import Flow
from vids.engine.flow.names import EVENTS
from vids.engine.flow.queue import MAX_BYTES, MAX_SEGMENTS
from vids.engine.flow.session import SYN_RECEIVED
from vids.engine.flow.stream import Stream
from vids.engine.flow.table import SECOND_NS, FlowTable
from vids.engine.flow.target import TARGETS
from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import FIN, SYN, Packet
from vids.engine.settings import Settings

RAW: Final = 101
SYSTEMS: Final = tuple(TARGETS)[1:]
STEPS_NS: Final = (0, SECOND_NS // 100, 70 * SECOND_NS, -2 * SECOND_NS)
CHUNK: Final = 256  # bytes that are worth a look
MAX_PAYLOAD: Final = 2048
PERIOD: Final = 64  # the bytes of a payload tell their place in as many
VARIANTS: Final = tuple(
    bytes((at % PERIOD) << 2 | variant for at in range(PERIOD + MAX_PAYLOAD)) for variant in range(4)
)
ORIGINS: Final = (0xFFFFFF00, 0x7FFFFF00)  # of client and server: both wrap soon, in one way or the other
TO_CLIENT: Final = 0x80
OPTIONS: Final = (
    b"", b"\x03\x03\x07\x00", b"\x02\x04\x05\xb4", b"\x22\x04\x12\x34", b"\x01\x01\x04\x02", b"", b"", b"",
)  # fmt: skip
STAMPED: Final = 5  # options from here on are timestamps: of now, of long ago, zero
URGENT_POLICIES: Final = ("oob", "inline", "drop", "gap")


class Bench:
    """A table of flows, and what it has handed out."""

    def __init__(self, reader: Reader) -> None:
        self.settings = settings_of(reader)
        self.decoder = Decoder(self.settings)
        self.table = FlowTable(self.settings)
        self.now_ns = 1_700_000_000 * SECOND_NS
        self.next = [list(ORIGINS) for _ in range(4)]  # by connection and side: behind what was sent last
        self.flows: dict[int, Flow] = {}
        self.handed: dict[int, tuple[int, int]] = {}  # by stream: origin, and up to where bytes were handed out
        self.seen: list[object] = []

    def send(self, record: Reader) -> None:
        """Send one segment; check all streams."""
        control, kind = record.number(), record.number()
        connection, side = kind >> 2 & 3, 1 if control & TO_CLIENT else 0
        sequence = (self.next[connection][side] + record.signed(2)) & 0xFFFFFFFF
        acknowledged = (self.next[connection][1 - side] + record.signed(2)) & 0xFFFFFFFF
        length, window, urgent = record.number(), record.number(), record.number(2)
        length = length if length < 128 else (length - 127) * 16
        if control & SYN and control & FIN:
            length = 0  # where its payload would begin is anybody's guess
        first = sequence + 1 if control & SYN else sequence  # of the payload: a SYN takes a number
        payload = VARIANTS[kind & 3][first % PERIOD : first % PERIOD + length]
        self.now_ns += STEPS_NS[kind >> 4 & 1 | (kind >> 4 & 2 if urgent & 1 else 0)]
        numbers = (sequence, acknowledged, window << 8, urgent >> 1)
        frame = segment(connection, side, control & 0x3F, numbers, self._options(kind >> 5), payload)
        if sequence - self.next[connection][side] & 0xFFFFFFFF < 0x80000000:
            self.next[connection][side] = (first + length + (control & FIN)) & 0xFFFFFFFF
        packet = Packet()
        self.decoder.decode(packet, frame, self.now_ns, 0, len(frame), len(frame), RAW)
        demand(not packet.is_invalid, f"a sound segment is {packet.events}")
        self._handle(packet)

    def _options(self, kind: int) -> bytes:
        """Return TCP options, a multiple of four bytes."""
        if kind < STAMPED:
            return OPTIONS[kind]
        now_s = self.now_ns // SECOND_NS & 0xFFFFFFFF
        value = (now_s, now_s - 0x40000000, 0)[kind - STAMPED] & 0xFFFFFFFF
        return b"\x01\x01\x08\x0a" + struct.pack(">II", value, now_s)

    def _handle(self, packet: Packet) -> None:
        """Do as the engine does: end what is over, then look at the streams that moved."""
        flow = self.table.handle(packet)
        self._end()
        demand_known(self.table.stream_events, EVENTS)
        self.seen.append((self.table.in_stream, self.table.to_server, list(self.table.stream_events)))
        if flow is not None and flow.tcp is not None:
            self.flows[id(flow)] = flow
            for stream in (flow.tcp.client, flow.tcp.server):
                self._check_beginning(stream, flow.tcp.state)
                while stream.is_due(CHUNK) and stream.take(False):
                    self._check_window(stream)
        self._check_held()

    def _check_beginning(self, stream: Stream, state: int) -> None:
        """Let a stream begin anew as long as the handshake lasts: another SYN, or the data of the SYN was refused."""
        origin, at = self.handed.get(id(stream), (-1, 0))
        if stream.origin != origin or stream.inspected < at:
            demand(state <= SYN_RECEIVED or at == 0, "an open stream begins anew")
            self.handed[id(stream)] = stream.origin, 0

    def _end(self) -> None:
        """Take what the streams of ended flows still hold."""
        for flow in self.table.ended:
            if flow.tcp is not None:
                self.flows[id(flow)] = flow
                for stream in (flow.tcp.client, flow.tcp.server):
                    self.handed.setdefault(id(stream), (stream.origin, 0))
                    while stream.take(True):
                        self._check_window(stream)
        self.table.ended.clear()

    def _check_window(self, stream: Stream) -> None:
        """Find fresh bytes at their place, behind those of the last time."""
        fresh = stream.window[stream.fresh :]
        at = stream.window_at + stream.fresh
        demand(len(fresh) > 0, "a window with nothing new")
        demand(at >= self.handed[id(stream)][1], "bytes are handed out twice")
        self.handed[id(stream)] = stream.origin, at + len(fresh)
        if stream.urgent is None:
            first = (stream.origin + at) % PERIOD
            wanted = [(first + i) % PERIOD for i in range(len(fresh))]
            demand([byte >> 2 for byte in fresh] == wanted, "bytes are not at their place")
        self.seen.append((at, fresh))

    def _check_held(self) -> None:
        """Find held what is counted, and no more than the limits."""
        held = 0
        for flow in self.flows.values():
            if flow.tcp is not None:
                held += check_stream(flow.tcp.client) + check_stream(flow.tcp.server)
        reassembly = self.table.reassembly
        demand(reassembly.memuse == held, f"memory miscounted: {reassembly.memuse} bytes, {held} are held")
        demand(held <= self.settings.stream_memcap, "more memory than the limit")
        demand(0 <= self.table.active <= self.settings.max_flows, "more flows than the limit")

    def finish(self) -> None:
        """End all flows: nothing may be held any more."""
        self.table.close()
        self._end()
        self.table.expire(self.now_ns)
        self._check_held()
        counters = self.table.counters()
        demand(min(counters.values()) >= 0, "negative counter")
        for name in ("tcp.reassembly_memuse", "tcp.active_sessions", "flow.active", "flow.memuse"):
            demand(counters[name] == 0, f"{name} is {counters[name]} after all flows have ended")
        self.seen.append(counters)


def settings_of(reader: Reader) -> Settings:
    """Return the settings that an input asks for."""
    settings = Settings()
    flags, system, limits, policy, depth = (reader.number() for _ in range(5))
    settings.verify_checksums = False
    settings.midstream = bool(flags & 1)
    settings.async_oneside = bool(flags & 2)
    settings.is_inline = bool(flags & 4)
    settings.liberal_timestamps = not flags & 8
    settings.is_ips = settings.is_inline
    name = SYSTEMS[system % len(SYSTEMS)]
    settings.host_networks = [(bytes(4), b"\xff" * 4, name)]
    settings.max_flows = 1 + (limits & 3)
    settings.max_syn_queued = 1 + (limits >> 2 & 3)
    settings.max_synack_queued = 1 + (limits >> 4 & 3)
    settings.stream_memcap = (1 << 24, 4096, 512, 16)[limits >> 6]
    settings.urgent_policy = URGENT_POLICIES[policy & 3]
    settings.urgent_limit_policy = URGENT_POLICIES[1 + (policy >> 2 & 3) % 3]
    settings.stream_depth = depth * 32
    return settings


def segment(
    connection: int, side: int, flags: int, numbers: tuple[int, int, int, int], options: bytes, payload: bytes
) -> bytes:
    """Return an IPv4 packet; `numbers` are sequence, acknowledgement, window, urgent pointer."""
    sequence, acknowledged, window, urgent = numbers
    hosts, ports = (bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))), (1024 + connection, 80)
    size = 20 + len(options)
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + size + len(payload), 1, 0x4000, 64, 6, 0)
    tcp = struct.pack(
        ">HHIIBBHHH", ports[side], ports[1 - side], sequence, acknowledged, size << 2, flags, window, 0, urgent
    )
    return head + hosts[side] + hosts[1 - side] + tcp + options + payload


def check_stream(stream: Stream) -> int:
    """Find a stream in order; return how many bytes it holds."""
    demand(0 <= stream.base <= stream.inspected <= stream.end <= stream.next, "offsets of a stream out of order")
    demand(len(stream.buffer) == stream.end - stream.base, "a stream's buffer is not as long as it says")
    queue = stream.queue
    if queue is None:
        return len(stream.buffer)
    demand(bool(queue.segments), "an empty queue")
    end = stream.next
    for number, each in enumerate(queue.segments):
        demand(each.offset >= end if number else each.offset > end, "queued segments overlap, or are due")
        demand(each.end - each.offset == len(each.data), "a segment is not as long as it says")
        end = each.end
    size = sum(len(each.data) for each in queue.segments)
    demand(queue.size == size <= MAX_BYTES, "bytes of a queue miscounted, or too many")
    demand(len(queue.segments) <= MAX_SEGMENTS + 1, "too many segments in a queue")
    return len(stream.buffer) + size


def run(data: bytes) -> list[object]:
    """Send all segments of an input; return what was seen."""
    reader = Reader(data)
    bench = Bench(reader)
    while not reader.is_over():
        bench.send(Reader(reader.take(10)))
    bench.finish()
    return bench.seen


def check(data: bytes) -> None:
    """Run an input twice."""
    demand(run(data) == run(data), "the same segments gave something else")


def seeds() -> list[bytes]:
    """Return the shipped connections, under a few settings."""
    made = []
    for number, capture in enumerate(corpus.captures()):
        records = b"".join(records_of(capture))
        if records:
            made.append(bytes((0, number, 3, 0, 0)) + records)
            made.append(bytes((1 + number % 15, 20 - number % 14, 0x3F, number % 16, 8)) + records)
    return made


def records_of(frames: list[bytes]) -> list[bytes]:
    """Return the segments of a capture as records of an input."""
    decoder, packet = Decoder(Settings()), Packet()
    clients: dict[bytes, int] = {}  # connections by the addresses and ports of their client
    following: dict[tuple[int, int], int] = {}
    made = []
    for frame in frames:
        decoder.decode(packet, frame, 0, 0, len(frame), len(frame), 1)
        if packet.protocol != 6 or packet.is_invalid:
            continue
        ports = struct.pack(">HH", packet.source_port, packet.destination_port)
        there, back = packet.source() + packet.destination() + ports, packet.destination() + packet.source()
        side = 1 if back + ports[2:] + ports[:2] in clients else 0
        connection = clients[back + ports[2:] + ports[:2]] if side else clients.setdefault(there, len(clients) % 4)
        before = following.get((connection, side), packet.tcp_seq)
        answered = following.get((connection, 1 - side), packet.tcp_ack)
        length = packet.payload_length()
        syn = 1 if packet.tcp_flags & SYN else 0
        code = length if length < 128 else min(127 + length // 16, 255)
        taken = code if code < 128 else (code - 127) * 16
        made.append(
            struct.pack(
                ">BBHHBBH",
                (packet.tcp_flags & 0x3F) | (TO_CLIENT if side else 0),
                connection << 2 | 0x10,
                packet.tcp_seq - before & 0xFFFF,
                packet.tcp_ack - answered & 0xFFFF if packet.tcp_flags & 0x10 else 0,
                code,
                packet.tcp_window >> 8,
                0,
            )
        )
        following[connection, side] = packet.tcp_seq + taken + syn + (packet.tcp_flags & 1)
    return made


TARGET: Final = Target(check, seeds, max_length=1200)
