"""Defragmentation: fragments in, datagrams out, put together as their destination would (RFC 791, 815, 8200)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, final

from mypy_extensions import i64

from vids.engine.packet.checksum import header_checksum
from vids.engine.packet.datagram import OVERLAP, REFUSED, Datagram
from vids.engine.packet.decode import Decoder
from vids.engine.packet.host import HostSystems
from vids.engine.packet.ipv6 import HEADER as HEADER_6
from vids.engine.packet.overlap import DEFAULT_SYSTEM, POLICIES
from vids.engine.packet.packet import FROM_FRAGMENTS, Packet
from vids.engine.settings import Settings

MAX_DATAGRAM: Final = 65535  # bytes: with the header for IPv4, without the fixed header for IPv6
SECOND_NS: Final = 1_000_000_000
FRAGMENT_HEADER: Final = 8  # bytes, of IPv6
MORE_FRAGMENTS: Final = 1  # in Packet.fragment_flags


@final
class Defragmenter:
    """The datagrams that are not complete, oldest first; every limit makes room by giving the oldest up."""

    def __init__(self, settings: Settings, decoder: Decoder) -> None:
        self._decoder = decoder
        self._systems = HostSystems(settings.host_networks, DEFAULT_SYSTEM)
        self._timeout_ns: i64 = settings.defrag_timeout_s * SECOND_NS
        self._memcap: i64 = settings.defrag_memcap
        self._max_datagrams: i64 = settings.defrag_max_datagrams
        self._max_fragments: i64 = settings.defrag_max_fragments
        self._track_vlans = settings.track_vlans
        self._datagrams: OrderedDict[bytes, Datagram] = OrderedDict()
        self._memory: i64 = 0
        self._n_pieces: i64 = 0
        self.fragments_4: i64 = 0
        self.fragments_6: i64 = 0
        self.reassembled_4: i64 = 0
        self.reassembled_6: i64 = 0
        self.timeouts: i64 = 0
        self.evicted: i64 = 0
        self.times_full: i64 = 0  # by limit: of datagrams,
        self.times_fragments: i64 = 0  # of fragments,
        self.times_memcap: i64 = 0  # of memory
        self.times_deep: i64 = 0  # of packets inside of one frame
        self.ignored: i64 = 0

    def take(self, packet: Packet, whole: Packet | None) -> bool:
        """Take a fragment in; True if that completes its datagram, which is then decoded into `whole`.

        Oddities become events of the fragment. With no `whole` the fragment is inside too many others.
        """
        n_events = len(packet.events)
        is_complete = self._take(packet, whole)
        if len(packet.events) > n_events:
            self._decoder.counts.count_events(packet.events[n_events:])
        return is_complete

    def _take(self, packet: Packet, whole: Packet | None) -> bool:
        if packet.ip_version == 4:
            self.fragments_4 += 1
        else:
            self.fragments_6 += 1
        self._expire(packet.timestamp_ns)
        length = _usable_length(packet)
        if length == 0 or packet.bad_ip_checksum:
            self.ignored += 1
            return False
        if whole is None:
            self.times_deep += 1
            self._ignore(packet)
            return False
        key = self._key(packet)
        datagram = self._datagrams.get(key)
        if datagram is None:
            datagram = self._begin(packet, key)
        if not self._add(packet, datagram, length):
            return False
        if datagram.is_complete():
            del self._datagrams[key]
            self._forget(datagram)
            return self._decode(packet, whole, datagram)
        self._make_room(packet)
        return False

    def counters(self) -> dict[str, int]:
        """Return what was counted so far, by dotted EVE name."""
        return {
            "defrag.ipv4.fragments": self.fragments_4,
            "defrag.ipv4.reassembled": self.reassembled_4,
            "defrag.ipv6.fragments": self.fragments_6,
            "defrag.ipv6.reassembled": self.reassembled_6,
            "defrag.max_trackers_reached": self.times_full,
            "defrag.max_frags_reached": self.times_fragments,
            "defrag.memcap_reached": self.times_memcap,
            "defrag.max_depth_reached": self.times_deep,
            "defrag.tracker_hard_reuse": self.evicted,
            "defrag.wrk.tracker_timeout": self.timeouts,
            "defrag.frags_ignored": self.ignored,
            "defrag.memuse": self._memory,
        }

    def _key(self, packet: Packet) -> bytes:
        """Return what the fragments of a datagram have in common (RFC 791, section 2.3; RFC 8200, section 4.5)."""
        data = packet.data
        at = packet.address_at
        if packet.ip_version == 4:
            key = (
                data[at : at + 8]
                + data[packet.ip_at + 4 : packet.ip_at + 6]
                + data[packet.ip_at + 9 : packet.ip_at + 10]
            )
        else:
            key = data[at : at + 32] + data[packet.fragment_at - 4 : packet.fragment_at]
        if packet.n_vlans == 0 or not self._track_vlans:
            return key
        return key + repr(packet.vlans()).encode()

    def _begin(self, packet: Packet, key: bytes) -> Datagram:
        if len(self._datagrams) >= self._max_datagrams:
            self.times_full += 1
            self._evict(packet)
        datagram = Datagram(POLICIES[self._systems.of(packet.destination())], packet.timestamp_ns)
        self._datagrams[key] = datagram
        self._memory += datagram.memory
        return datagram

    def _add(self, packet: Packet, datagram: Datagram, length: i64) -> bool:
        """Add a fragment to its datagram; False if it cannot be a part of it."""
        begin = packet.fragment_offset
        at = packet.fragment_at
        is_last = packet.fragment_flags & MORE_FRAGMENTS == 0
        header = _header(packet) if begin == 0 else b""
        memory, n_pieces = datagram.memory, len(datagram.pieces)
        outcome = datagram.add(begin, packet.data[at : at + length], header, is_last)
        self._memory += datagram.memory - memory
        self._n_pieces += len(datagram.pieces) - n_pieces
        if outcome & OVERLAP:
            packet.event("ipv4.frag_overlap" if packet.ip_version == 4 else "ipv6.frag_overlap")
        if outcome & REFUSED:
            self._ignore(packet)
            return False
        return True

    def _decode(self, packet: Packet, whole: Packet, datagram: Datagram) -> bool:
        """Decode a complete datagram; False if it is too long for one."""
        data = datagram.data()
        header = datagram.header()
        is_ipv4 = packet.ip_version == 4
        payload_length = len(header) + len(data) - (0 if is_ipv4 else HEADER_6)
        if payload_length > MAX_DATAGRAM:
            packet.event("ipv4.frag_pkt_too_large" if is_ipv4 else "ipv6.frag_pkt_too_large")
            return False
        if is_ipv4:
            self.reassembled_4 += 1
            header = _complete_header_4(header, payload_length)
        else:
            self.reassembled_6 += 1
            header = header[:4] + payload_length.to_bytes(2, "big") + header[6:]
        self._decoder.decode_datagram(whole, packet, header + data, FROM_FRAGMENTS)
        whole.is_reassembled = True
        return True

    def _expire(self, now_ns: i64) -> None:
        """Give up the datagrams whose first fragment came too long ago, as hosts do (RFC 1122, section 3.3.2)."""
        while self._datagrams:
            oldest = next(iter(self._datagrams.values()))
            if -self._timeout_ns <= now_ns - oldest.begun_ns <= self._timeout_ns:
                return
            self._datagrams.popitem(last=False)
            self._forget(oldest)
            self.timeouts += 1

    def _make_room(self, packet: Packet) -> None:
        """Give the oldest datagrams up until the others are within the limits."""
        while self._memory > self._memcap or self._n_pieces > self._max_fragments:
            if self._memory > self._memcap:
                self.times_memcap += 1
            else:
                self.times_fragments += 1
            self._evict(packet)

    def _evict(self, packet: Packet) -> None:
        """Give the oldest datagram up; the fragment at hand, which needs its place, says so."""
        self._forget(self._datagrams.popitem(last=False)[1])
        self.evicted += 1
        packet.event("ipv4.frag_ignored" if packet.ip_version == 4 else "ipv6.frag_ignored")

    def _forget(self, datagram: Datagram) -> None:
        self._memory -= datagram.memory
        self._n_pieces -= len(datagram.pieces)

    def _ignore(self, packet: Packet) -> None:
        """Leave a fragment out that hosts, as far as is known, would put in."""
        self.ignored += 1
        packet.event("ipv4.frag_ignored" if packet.ip_version == 4 else "ipv6.frag_ignored")


def _usable_length(packet: Packet) -> i64:
    """Return how many bytes of a fragment hosts take; 0 for a fragment that they discard.

    All but the last carry whole units of 8 bytes. What is over is left out of IPv4; IPv6 discards the fragment
    (RFC 8200, section 4.5).
    """
    length = packet.ip_end - packet.fragment_at
    if packet.fragment_offset + length > MAX_DATAGRAM:
        return 0
    if packet.fragment_flags & MORE_FRAGMENTS and length & 7:
        return length & ~7 if packet.ip_version == 4 else 0
    return length


def _header(packet: Packet) -> bytes:
    """Return the headers in front of the first fragment's data; of IPv6 without the fragment header."""
    data = packet.data
    if packet.ip_version == 4:
        return data[packet.ip_at : packet.fragment_at]
    at = packet.fragment_at - FRAGMENT_HEADER
    named_at = packet.fragment_named_at
    return data[packet.ip_at : named_at] + data[at : at + 1] + data[named_at + 1 : at]


def _complete_header_4(header: bytes, length: int) -> bytes:
    """Return the IPv4 header of a first fragment as one of `length` bytes that was never cut."""
    header = header[:2] + length.to_bytes(2, "big") + header[4:6] + bytes(2) + header[8:10] + bytes(2) + header[12:]
    return header[:10] + header_checksum(header).to_bytes(2, "big") + header[12:]
