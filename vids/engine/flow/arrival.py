"""A segment as it arrives at its connection (RFC 9293, section 3.10.7), and what can be done with it."""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i16_be
from mypy_extensions import i64

from vids.engine.flow.counters import TcpCounters
from vids.engine.flow.reassembly import NO_LIMIT, Reassembly
from vids.engine.flow.session import TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.flow.urgent import MAX_URGENT
from vids.engine.packet.packet import ACK, RST, URG, Packet
from vids.engine.settings import Settings

SECOND_NS: Final = 1_000_000_000


@final
class Arrival:
    """The packet, its session, and where both sides stand. `mine` is the stream of the sender, `peer` the other.

    One object, filled in anew for each packet. Numbers are offsets from the origins of the two streams.
    """

    def __init__(self, settings: Settings, reassembly: Reassembly, counters: TcpCounters) -> None:
        self.settings = settings
        self.reassembly = reassembly
        self.counters = counters
        self.packet = Packet()
        self.mine = Stream(0)
        self.peer = Stream(0)
        self.session = TcpSession(self.mine, self.peer)
        self.to_server = True
        self.flags: i64 = 0
        self.has_ack = False
        self.offset: i64 = 0  # of the first byte, in the stream of the sender
        self.length: i64 = 0  # of the payload
        self.end: i64 = 0  # offset + length
        self.ack: i64 = 0  # in the stream of the other side
        self.is_in_stream = False  # the payload, or a part of it, went into the stream
        self.was_probe = False  # the other side's last segment probed a window of zero

    def point(self, packet: Packet, session: TcpSession, to_server: bool) -> None:
        """Take up a packet."""
        self.packet = packet
        self.session = session
        self.to_server = to_server
        self.mine = session.client if to_server else session.server
        self.peer = session.server if to_server else session.client
        self.flags = packet.tcp_flags
        self.has_ack = packet.tcp_flags & ACK != 0
        self.length = packet.payload_end - packet.payload_at if packet.payload_at >= 0 else 0
        self.is_in_stream = False
        self.was_probe = False
        self.locate()

    def locate(self) -> None:
        """Work out the offsets: first of all, and again when a stream has begun anew."""
        self.offset = self.mine.offset(self.packet.tcp_seq)
        self.end = self.offset + self.length
        self.ack = self.peer.offset(self.packet.tcp_ack)

    def event(self, name: str) -> None:
        """Note what is odd about the segment."""
        self.reassembly.events.append(name)

    def now_s(self) -> i64:
        """Return the packet's time in seconds."""
        return self.packet.timestamp_ns // SECOND_NS

    def fits_window(self) -> bool:
        """Return whether the receiver takes all of the segment; without the handshake that is not known."""
        return self.end <= self.mine.window_end or self.session.is_midstream or self.session.is_async

    def take_ack(self) -> None:
        """Let the acknowledgement count."""
        if self.has_ack:
            self.peer.acknowledge(self.ack)

    def take_window(self) -> None:
        """Note the window that the sender advertises."""
        self.peer.advertised = self.packet.tcp_window << self.peer.shift

    def move_window(self) -> None:
        """Let the other side send as far as the advertised window; it never shrinks (RFC 9293, section 3.8.6)."""
        peer = self.peer
        end = peer.last_ack + peer.advertised
        peer.window_end = end if peer.window_end == NO_LIMIT else max(peer.window_end, end)

    def reset_window(self) -> None:
        """Let the other side send as far as the advertised window, from the handshake on."""
        self.peer.window_end = self.peer.last_ack + self.peer.advertised

    def advance(self) -> None:
        """Expect the sender to go on behind this segment."""
        mine = self.mine
        mine.sent = max(mine.sent, self.end)
        if self.session.is_async:
            mine.acknowledge(mine.sent)  # nobody is seen who would

    def add(self) -> None:
        """Put the payload into the stream of the sender."""
        if self.length <= 0 or self.flags & RST:
            return
        mine, peer, packet = self.mine, self.peer, self.packet
        if self.flags & URG:
            self._add_urgent()
        else:
            self.is_in_stream = mine.add(self.offset, packet.data, packet.payload_at, packet.payload_end)
        if peer.acked >= peer.next and peer.acked > peer.inspected:
            peer.must_flush = True  # this side answers: what the peer said is whole

    def finish(self) -> None:
        """Note that the sender is done, behind this segment."""
        if self.mine.fin_at < 0:
            self.mine.finish(self.end)

    def _add_urgent(self) -> None:
        """Put the payload into the stream, and deal with the byte in front of the urgent pointer as the settings say.

        Systems disagree with RFC 9293 on what the pointer means, but nearly all agree on this (RFC 6093, section 3).
        """
        packet, mine = self.packet, self.mine
        pointer = i64(read_i16_be(packet.data, packet.transport_at + 18)) & 0xFFFF
        policy = self.settings.urgent_policy
        is_here = 0 < pointer <= self.length
        if policy == "oob":
            policy = self._take_out(self.offset + pointer - 1) if is_here else "inline"
        elif policy == "drop" and not self.settings.is_inline:
            policy = "inline"  # the packet passed: its receiver has it
        if policy == "drop":
            return
        at, end = packet.payload_at, packet.payload_end
        cut = at + pointer - 1 if policy == "gap" and is_here else end
        is_in = cut > at and mine.add(self.offset, packet.data, at, cut)
        if cut + 1 < end and mine.add(self.offset + pointer, packet.data, cut + 1, end):
            is_in = True
        self.is_in_stream = is_in

    def _take_out(self, place: i64) -> str:
        """Take the urgent byte at an offset out of the stream; return what is to be done with the segment."""
        mine = self.mine
        if mine.urgent is not None and mine.urgent.count >= MAX_URGENT:
            return self.settings.urgent_limit_policy
        if mine.take_out(place):
            self.reassembly.urgent_bytes += 1
            if mine.urgent is not None and mine.urgent.count == MAX_URGENT:
                self.reassembly.urgent_limits += 1
                self.event("stream.reassembly_urgent_oob_limit_reached")
        return "inline"  # the stream steps around the byte
