"""The TCP state machine: what each packet means to its connection (RFC 9293, section 3.10.7).

This file decides who looks at a packet, by the state of the session: `handshake`, `completion`, `established` or
`closing`. Most packets are the next ones of an open connection: they are dealt with here, in few steps.
"""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.flow.arrival import SECOND_NS, Arrival
from vids.engine.flow.closing import goes_on, shut_down
from vids.engine.flow.completion import complete
from vids.engine.flow.counters import TcpCounters
from vids.engine.flow.established import proceed
from vids.engine.flow.handshake import answer, begin
from vids.engine.flow.midstream import resume
from vids.engine.flow.reassembly import Reassembly
from vids.engine.flow.session import CLOSED, ESTABLISHED, NONE, SYN_RECEIVED, SYN_SENT, TcpSession
from vids.engine.flow.stream import distance
from vids.engine.flow.validity import (
    FORGOTTEN,
    NEWS,
    is_routine,
    note_timestamp,
    repeats,
    shrinks_window,
    timestamp_is_valid,
)
from vids.engine.packet.packet import ACK, FIN, RST, SYN, URG, Packet
from vids.engine.settings import Settings


@final
class TcpTracker:
    """Moves sessions along, feeds their streams, and counts."""

    def __init__(self, settings: Settings, reassembly: Reassembly) -> None:
        self.counters = TcpCounters()
        self._verify = settings.verify_checksums
        self._arrival = Arrival(settings, reassembly, self.counters)

    def handle(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Move the session along by one packet; return whether its payload went into a stream."""
        flags = packet.tcp_flags
        if packet.bad_checksum and self._verify:
            self.counters.invalid_checksums += 1
            return False
        if to_server:
            session.flags_to_server |= flags
        else:
            session.flags_to_client |= flags
        if session.state == ESTABLISHED and flags & (SYN | FIN | RST | ACK | URG) == ACK:
            if self._is_next(packet, session, to_server):
                return self._arrival.is_in_stream
        else:
            self._count(flags)
        return self._handle_odd(packet, session, to_server)

    def resume(self, packet: Packet, session: TcpSession) -> bool:
        """Begin with a SYN/ACK whose SYN was taken for an attack; return as `handle` does."""
        arrival = self._arrival
        arrival.point(packet, session, False)
        session.flags_to_client |= packet.tcp_flags
        self._count(packet.tcp_flags)
        resume(arrival, False)
        return arrival.is_in_stream

    def _count(self, flags: i64) -> None:
        counters = self.counters
        if flags & SYN:
            if flags & ACK:
                counters.synacks += 1
            else:
                counters.syns += 1
        if flags & RST:
            counters.resets += 1
        if flags & URG:
            counters.urgents += 1

    def _is_next(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Take a packet that goes on where the last one ended, with nothing to be checked; False: there is."""
        mine, peer = session.client, session.server
        if not to_server:
            mine, peer = peer, mine
        offset = mine.offset(packet.tcp_seq)
        ack = peer.offset(packet.tcp_ack)
        length = packet.payload_end - packet.payload_at
        if offset != mine.sent or ack < peer.last_ack or ack > peer.sent or offset < mine.last_ack:
            return False
        if offset + length > mine.window_end or (ack == peer.last_ack and length == 0):
            return False
        if length == 1 or session.is_async or session.is_midstream or peer.is_probing:
            return False
        arrival = self._arrival
        arrival.is_in_stream = False
        if session.has_timestamps:
            value = packet.tcp_ts_value
            if value > 0 and mine.timestamp > 0 and distance(value, mine.timestamp) >= 0:  # valid for every target
                if offset == mine.last_ack:
                    mine.timestamp = value
                mine.timestamp_s = packet.timestamp_ns // SECOND_NS
            else:
                arrival.point(packet, session, to_server)
                if not timestamp_is_valid(arrival):
                    return True
                note_timestamp(arrival)
        if not to_server:
            session.is_confirmed = True
        mine.is_keeping_alive = False
        mine.sent = offset + length
        peer.advertised = packet.tcp_window << peer.shift
        peer.acknowledge(ack)
        peer.window_end = max(peer.window_end, ack + peer.advertised)
        if length > 0:
            arrival.is_in_stream = mine.add(offset, packet.data, packet.payload_at, packet.payload_end)
            if peer.acked >= peer.next and peer.acked > peer.inspected:
                peer.must_flush = True  # this side answers: what the peer said is whole
        return True

    def _handle_odd(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Handle a packet in full."""
        arrival = self._arrival
        arrival.point(packet, session, to_server)
        if session.is_async and session.flags_to_server and session.flags_to_client:
            session.is_async = False
        if not arrival.has_ack and packet.tcp_ack:
            arrival.event("stream.pkt_broken_ack")
        if session.state == NONE:
            begin(arrival)
        elif not self._is_ignored(arrival):
            self._dispatch(arrival)
        return arrival.is_in_stream

    def _is_ignored(self, arrival: Arrival) -> bool:
        """Return whether a packet changes nothing, whatever the state."""
        if is_routine(arrival) or shrinks_window(arrival):
            return True
        repeated = repeats(arrival)
        if repeated == NEWS:
            return False
        packet = arrival.packet
        arrival.mine.contradicts(arrival.offset, packet.data, packet.payload_at, packet.payload_end)
        return repeated == FORGOTTEN

    def _dispatch(self, arrival: Arrival) -> None:
        state = arrival.session.state
        if state == ESTABLISHED:
            proceed(arrival)
        elif state == SYN_SENT:
            answer(arrival)
        elif state == SYN_RECEIVED:
            complete(arrival)
        elif state != CLOSED:
            shut_down(arrival)
        elif goes_on(arrival):
            self._dispatch(arrival)
