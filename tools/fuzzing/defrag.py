"""defrag: fragments of a few datagrams, of IPv4 and IPv6, in any order, overlapping, too late or too many.

Input: a byte each for the destination's system, the limits and the timeout; then fragments, each of a control byte
(version, more fragments, which datagram, unit of the offset, time step), an offset, a length, and as many bytes.
Holds: a datagram that comes out is made of bytes that came in at their place, and ends where a last fragment ended;
the table stays within its limits; nothing is held once its time is over; the same again gives the same.
"""

from __future__ import annotations

import struct
from typing import Final

from fuzzing import corpus
from fuzzing.reader import Reader
from fuzzing.target import Target, demand, demand_known
from vids.engine.packet.decode import Decoder
from vids.engine.packet.defrag import SECOND_NS, Defragmenter
from vids.engine.packet.names import EVENTS
from vids.engine.packet.overlap import POLICIES
from vids.engine.packet.packet import Packet
from vids.engine.settings import Settings

RAW: Final = 101  # link type of a frame that is an IP packet
SYSTEMS: Final = tuple(POLICIES)
STEPS_S: Final = (0, 1, 61, -2)
IS_IPV6, IS_MORE, IS_FAR = 1, 2, 16  # in the control byte; bits 2 and 3 say which datagram, 5 and 6 which step
HEADER_4, HEADER_6 = 20, 40
ADDRESSES_4: Final = bytes((10, 0, 0, 1, 10, 0, 0, 2))
ADDRESSES_6: Final = bytes(15) + b"\1" + bytes(15) + b"\2"

Key = tuple[bool, int]  # version, identification


class Bench:
    """A defragmenter, and what was sent to it."""

    def __init__(self, system: int, limits: int, timeout: int) -> None:
        self.settings = Settings()
        system_name = SYSTEMS[system % len(SYSTEMS)]
        self.settings.verify_checksums = False
        self.settings.host_networks = [(bytes(4), b"\xff" * 4, system_name), (bytes(16), b"\xff" * 16, system_name)]
        self.settings.defrag_max_datagrams = 1 + (limits & 3)
        self.settings.defrag_max_fragments = 2 + (limits >> 2 & 7)
        self.settings.defrag_memcap = (1, 8, 64, 1024)[limits >> 5 & 3] * 1024
        self.settings.defrag_timeout_s = 1 + timeout % 64
        self.decoder = Decoder(self.settings)
        self.defragmenter = Defragmenter(self.settings, self.decoder)
        self.now_ns = self.latest_ns = 1_700_000_000 * SECOND_NS
        self.sent: dict[Key, dict[int, set[int]]] = {}  # offset -> the bytes that came there
        self.ends: dict[Key, set[int]] = {}  # where last fragments ended
        self.seen: list[object] = []

    def send(self, control: int, offset: int, data: bytes) -> None:
        """Send a fragment; check what comes out."""
        is_ipv6, is_more = bool(control & IS_IPV6), bool(control & IS_MORE)
        identification = control >> 2 & 3
        units = offset * (32 if control & IS_FAR else 1)
        self.now_ns += STEPS_S[control >> 5 & 3] * SECOND_NS
        self.latest_ns = max(self.latest_ns, self.now_ns)
        self._note((is_ipv6, identification), units * 8, data, is_more)
        frame = (fragment_6 if is_ipv6 else fragment_4)(identification, units, is_more, data)
        packet, whole = Packet(), Packet()
        self.decoder.decode(packet, frame, self.now_ns, 0, len(frame), len(frame), RAW)
        if packet.is_fragment and not packet.is_invalid:
            if self.defragmenter.take(packet, whole):
                self._check_whole((is_ipv6, identification), whole)
                self.seen.append((whole.data, whole.events))
            demand_known(packet.events, EVENTS)
            self._check_table()
        self.seen.append(packet.events)

    def _note(self, key: Key, begin: int, data: bytes, is_more: bool) -> None:
        places = self.sent.setdefault(key, {})
        for offset, byte in enumerate(data, begin):
            places.setdefault(offset, set()).add(byte)
        if not is_more:
            self.ends.setdefault(key, set()).add(begin + len(data))

    def _check_whole(self, key: Key, whole: Packet) -> None:
        demand(whole.is_reassembled, "put together, and does not say so")
        demand_known(whole.events, EVENTS)
        body = whole.data[HEADER_6 if key[0] else HEADER_4 :]
        demand(len(body) in self.ends.get(key, set()), "a datagram ends where no last fragment did")
        places = self.sent[key]
        for offset, byte in enumerate(body):
            demand(byte in places.get(offset, set()), f"byte {offset} of a datagram was never sent there")

    def _check_table(self) -> None:
        counters = self.defragmenter.counters()
        demand(min(counters.values()) >= 0, "negative counter")
        demand(counters["defrag.memuse"] <= self.settings.defrag_memcap, "more memory than the limit")
        datagrams = self.defragmenter._datagrams.values()
        demand(len(datagrams) <= self.settings.defrag_max_datagrams, "more datagrams than the limit")
        n_pieces = sum(len(datagram.pieces) for datagram in datagrams)
        demand(n_pieces <= self.settings.defrag_max_fragments, "more fragments than the limit")
        demand(counters["defrag.memuse"] == sum(datagram.memory for datagram in datagrams), "memory miscounted")
        for datagram in datagrams:
            end = 0
            for piece in datagram.pieces:
                demand(end <= piece.begin < piece.end, "pieces overlap, or are empty")
                demand(piece.end - piece.begin == len(piece.data), "a piece is not as long as it says")
                end = piece.end

    def finish(self) -> None:
        """Let all time pass: nothing may be held any more."""
        self.now_ns = self.latest_ns + (self.settings.defrag_timeout_s + 1) * SECOND_NS
        frame = fragment_4(9, 0, True, b"")  # has no bytes to keep
        packet = Packet()
        self.decoder.decode(packet, frame, self.now_ns, 0, len(frame), len(frame), RAW)
        self.defragmenter.take(packet, Packet())
        demand(self.defragmenter.counters()["defrag.memuse"] == 0, "memory held after all time is over")
        demand(not self.defragmenter._datagrams and self.defragmenter._n_pieces == 0, "fragments held for ever")


def fragment_4(identification: int, units: int, is_more: bool, data: bytes) -> bytes:
    """Return an IPv4 fragment of UDP; its offset is in units of 8 bytes."""
    length = HEADER_4 + len(data)
    flags = (0x2000 if is_more else 0) | (units & 0x1FFF)
    return struct.pack(">BBHHHBBH", 0x45, 0, length, identification, flags, 64, 17, 0) + ADDRESSES_4 + data


def fragment_6(identification: int, units: int, is_more: bool, data: bytes) -> bytes:
    """Return an IPv6 fragment of UDP."""
    head = struct.pack(">IHBB", 6 << 28, 8 + len(data), 44, 64) + ADDRESSES_6
    return head + struct.pack(">BBHI", 17, 0, (units & 0x1FFF) << 3 | is_more, identification) + data


def run(data: bytes) -> list[object]:
    """Send all fragments of an input; return what was seen."""
    reader = Reader(data)
    bench = Bench(reader.number(), reader.number(), reader.number())
    while not reader.is_over():
        control, offset, length = reader.number(), reader.number(), reader.number()
        bench.send(control, offset, reader.take(length))
    bench.finish()
    return [*bench.seen, bench.defragmenter.counters()]


def check(data: bytes) -> None:
    """Run an input twice."""
    demand(run(data) == run(data), "the same fragments gave something else")


def seeds() -> list[bytes]:
    """Return shipped datagrams in fragments: in order, backwards, with a repeated middle; of both versions."""
    made = []
    for number, frame in enumerate(corpus.frames()[::5]):
        data = frame[34:194]
        size = (8, 16, 24, 64)[number % 4]
        parts = [(at, data[at : at + size]) for at in range(0, len(data), size)]
        order = parts[::-1] if number % 3 == 1 else [*parts, parts[len(parts) // 2]] if number % 3 == 2 else parts
        version = number % 2
        records = [
            bytes((version | (IS_MORE if at + size < len(data) else 0), at // 8, len(part))) + part
            for at, part in order
        ]
        made.append(bytes((number, 0x7F, 30)) + b"".join(records))
    return made


TARGET: Final = Target(check, seeds, max_length=1500)
