"""The flow table: which flow a packet belongs to, how long flows live, and which go first when it is full."""

from __future__ import annotations

import zlib
from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.counters import EndCounters
from vids.engine.flow.flow import BYPASSED, CLOSED, ESTABLISHED, NEW, STATE_NAMES, Flow, size_of
from vids.engine.flow.handshake import is_reuse
from vids.engine.flow.key import Keys, address_length, reverse
from vids.engine.flow.reassembly import Reassembly
from vids.engine.flow.session import CLOSED as TCP_CLOSED
from vids.engine.flow.session import ESTABLISHED as TCP_ESTABLISHED
from vids.engine.flow.session import LAST_ACK, NONE, SYN_RECEIVED, TIME_WAIT, TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.flow.target import FIRST, Targets
from vids.engine.flow.tcp import TcpTracker
from vids.engine.flow.timeout import Timeouts
from vids.engine.flow.wheel import Wheel
from vids.engine.packet.packet import ACK, ESP, ICMP, ICMPV6, SCTP, SYN, TCP, UDP, Packet
from vids.engine.settings import Settings

SECOND_NS: Final = 1_000_000_000
MAX_HORIZON_S: Final = 60  # a flow is looked at this often, however long it may live
MAX_BACKWARDS_S: Final = 60  # a step back within this is disorder in the capture, a longer one is another clock


@final
class FlowTable:
    """All flows that live, and what the packet at hand did to them.

    `ended` holds the flows that the last call ended: take what remains in their streams before the next call,
    which frees them.
    """

    def __init__(self, settings: Settings) -> None:
        self.reassembly = Reassembly(settings.stream_memcap)
        self.tracker = TcpTracker(settings, self.reassembly)
        self.stream_events = self.reassembly.events  # of the packet at hand
        self.to_server = True
        self.in_stream = False  # the packet's payload went into a stream
        self.is_new = False
        self.is_refused = False  # the table is full, and by its policy takes no new flow: this packet has none
        self.ended: list[Flow] = []
        self._settings = settings
        self._keys = Keys(settings.track_vlans, settings.track_depth)
        self._targets = Targets(settings.host_networks)
        self._is_inline = settings.is_inline
        self._flows: dict[bytes, Flow] = {}  # under both keys
        self._timeouts = Timeouts(settings)
        self._wheel = Wheel(min(max(self._timeouts.shortest(), 1), MAX_HORIZON_S))
        self._shortest_ns: i64 = self._timeouts.shortest() * SECOND_NS
        self._clock_s: i64 = 0  # of the wheel: packet time, but never backwards
        self._clock_offset_s: i64 = 0  # the clock less the packets' time
        self._second_from_ns: i64 = 0  # packet times for which there is nothing to expire
        self._second_to_ns: i64 = -1
        self._unreleased: list[Flow] = []
        self._last: TcpSession | None = None  # of the packet at hand
        self._is_closed_when_full = settings.flow_memcap_policy != "ignore"
        self.active: i64 = 0
        self.memuse: i64 = 0  # bytes that the flows take, about
        self.total: i64 = 0
        self.tcp: i64 = 0
        self.udp: i64 = 0
        self.icmpv4: i64 = 0
        self.icmpv6: i64 = 0
        self.sctp: i64 = 0
        self.tcp_reuses: i64 = 0
        self.evictions: list[i64] = [0] * len(STATE_NAMES)  # by the state of the flow that had to go
        self.emergencies: i64 = 0
        self.emergencies_over: i64 = 0
        self.times_full: i64 = 0  # what began an emergency: the number of flows,
        self.times_without_memory: i64 = 0  # or what they take
        self.active_sessions: i64 = 0
        self.ends = EndCounters()

    def handle(self, packet: Packet) -> Flow | None:
        """Count a packet on its flow and feed its stream; None for a packet that has no flow."""
        self.expire(packet.timestamp_ns)
        self.in_stream = False
        self.is_new = False
        self.is_refused = False
        self.to_server = True
        key = self._keys.key(packet)
        if packet.icmp_type >= 0:
            flow = self._handle_error(packet)
            if flow is not None:
                return flow
        if not key:
            return None
        flow = self._flows.get(key)
        if flow is not None and packet.timestamp_ns - flow.last_ns > self._shortest_ns:
            flow = self._unless_over(packet, flow)
        if flow is None:
            if not self._has_room(packet.protocol) and not self._make_room(packet.protocol):
                self.is_refused = True
                return None
            flow = self._begin(packet, key, packet.protocol == TCP and self._is_reversed(packet))
            self.to_server = flow.key == key
        else:
            self.to_server = flow.key == key
            if packet.tcp_flags & SYN and packet.protocol == TCP:
                flow = self._reuse(packet, flow, key)
        self._count(packet, flow)
        tcp = flow.tcp
        if tcp is not None:
            is_unheard = flow.is_dropped or (flow.is_passed and (flow.app is None or flow.app.is_over))
            if is_unheard and not tcp.client.is_ignored:
                release(tcp)
            if not (flow.is_bypassed or (flow.is_dropped and self._settings.is_ips)):  # what goes nowhere moves nothing
                self._track(packet, flow, tcp)
        elif not self.to_server and flow.state == NEW:
            flow.state = ESTABLISHED
            flow.was_established = True
        return flow

    def expire(self, now_ns: i64) -> None:
        """End the flows whose time is over; cheap within a second."""
        if self.stream_events:
            self.stream_events.clear()
        if self.reassembly.is_window_held:
            self._drop_windows()
        if self._unreleased:
            self.release_ended()
        if self._second_from_ns <= now_ns < self._second_to_ns:
            return
        second = now_ns // SECOND_NS
        self._second_from_ns = second * SECOND_NS
        self._second_to_ns = self._second_from_ns + SECOND_NS
        now_s = second + self._clock_offset_s
        if self.total == 0:
            self._clock_s = now_s
        elif now_s < self._clock_s - MAX_BACKWARDS_S:
            self._clock_offset_s += self._clock_s - now_s  # no time has passed, as far as flows are concerned
        elif now_s > self._clock_s:
            self._turn(now_s)

    def close(self) -> None:
        """End all flows, in the order in which they began."""
        self.expire(self._second_from_ns)
        for flow in list(self._flows.values()):
            if not flow.end_reason:
                self._end(flow, "shutdown")

    def release_ended(self) -> None:
        """Free what ended flows still hold of their streams."""
        for flow in self._unreleased:
            if flow.tcp is not None:
                release(flow.tcp)
        self._unreleased.clear()

    def bypass(self, flow: Flow) -> None:
        """Inspect a flow no more: it is counted until it ends, and its streams keep nothing."""
        flow.is_bypassed = True
        flow.state = BYPASSED
        if flow.tcp is not None:
            release(flow.tcp)

    def reverse(self, flow: Flow) -> None:
        """Take the flow's source for its destination: it was picked up midstream, and what it says shows the client."""
        flow.key, flow.reverse_key = flow.reverse_key, flow.key
        flow.source, flow.destination = flow.destination, flow.source
        flow.source_port, flow.destination_port = flow.destination_port, flow.source_port
        flow.packets_to_server, flow.packets_to_client = flow.packets_to_client, flow.packets_to_server
        flow.bytes_to_server, flow.bytes_to_client = flow.bytes_to_client, flow.bytes_to_server
        if flow.tcp is not None:
            flow.tcp.reverse()
        self.to_server = not self.to_server

    def counters(self) -> dict[str, int]:
        """Return what was counted so far, by dotted EVE name."""
        tcp, reassembly = self.tracker.counters, self.reassembly
        counts: dict[str, int] = {
            "flow.total": self.total,
            "flow.active": self.active,
            "flow.tcp": self.tcp,
            "flow.udp": self.udp,
            "flow.icmpv4": self.icmpv4,
            "flow.icmpv6": self.icmpv6,
            "flow.sctp": self.sctp,
            "flow.tcp_reuse": self.tcp_reuses,
            "flow.get_used": sum(self.evictions),
            "flow.emerg_mode_entered": self.emergencies,
            "flow.emerg_mode_over": self.emergencies_over,
            "flow.max_flows_reached": self.times_full,
            "flow.memcap_reached": self.times_without_memory,
            "flow.memuse": self.memuse,
            "flow.memcap": self._settings.flow_memcap,
        }
        for state, name in enumerate(STATE_NAMES):
            counts["flow.evicted." + name] = self.evictions[state]
        counts.update(self.ends.by_name())
        counts.update(
            {
                "tcp.syn": tcp.syns,
                "tcp.synack": tcp.synacks,
                "tcp.rst": tcp.resets,
                "tcp.urg": tcp.urgents,
                "tcp.active_sessions": self.active_sessions,
                "tcp.sessions": tcp.sessions,
                "tcp.invalid_checksum": tcp.invalid_checksums,
                "tcp.midstream_pickups": tcp.midstream_pickups,
                "tcp.ack_unseen_data": tcp.unseen_acks,
                "tcp.segment_memcap_drop": reassembly.memcap_drops,
                "tcp.segment_queue_drop": reassembly.queue_drops,
                "tcp.stream_depth_reached": reassembly.depths_reached,
                "tcp.reassembly_gap": reassembly.gaps,
                "tcp.overlap": reassembly.overlaps,
                "tcp.overlap_diff_data": reassembly.overlaps_different,
                "tcp.opening_queue_drop": tcp.openings_dropped,
                "tcp.segment_borders_drop": reassembly.borders_dropped,
                "tcp.urgent_oob_data": reassembly.urgent_bytes,
                "tcp.urgent_oob_limit": reassembly.urgent_limits,
                "tcp.reassembly_memuse": reassembly.memuse,
            }
        )
        return counts

    # a packet

    def _handle_error(self, packet: Packet) -> Flow | None:
        """Count an ICMP error on the flow that it quotes, if there is one."""
        quoted = self._keys.quoted_key(packet)
        flow = self._flows.get(quoted) if quoted else None
        if flow is not None:
            self.to_server = packet.destination() != flow.source  # it may come from a router in between
            self._count(packet, flow)
        return flow

    def _count(self, packet: Packet, flow: Flow) -> None:
        flow.seen_s = self._clock_s
        flow.last_ns = max(flow.last_ns, packet.timestamp_ns)
        length = packet.frame_end - packet.frame_at
        if self.to_server:
            flow.packets_to_server += 1
            flow.bytes_to_server += length
        else:
            if packet.icmp_type >= 0 and flow.packets_to_client == 0:
                flow.response_icmp_type = packet.icmp_type
                flow.response_icmp_code = packet.icmp_code
            flow.packets_to_client += 1
            flow.bytes_to_client += length

    def _track(self, packet: Packet, flow: Flow, tcp: TcpSession) -> None:
        """Let the packet move the TCP session, and the session the flow."""
        self._last = tcp
        before = tcp.state
        flow.was_established = tcp.is_established
        if before == NONE and packet.tcp_flags & SYN and packet.tcp_flags & ACK and tcp.syn_again >= 0:
            self.in_stream = self.tracker.resume(packet, tcp)
            tcp.syn_again = -1
        else:
            self.in_stream = self.tracker.handle(packet, tcp, self.to_server)
        state = tcp.state
        if state == before:
            return
        if before == NONE:
            self.active_sessions += 1
        if TCP_ESTABLISHED <= state < TCP_CLOSED:
            tcp.is_established = True
            if before == SYN_RECEIVED and packet.payload_length() > 0:
                flow.was_established = True  # the handshake's last packet counts as one behind it when it has data
        if state in (LAST_ACK, TIME_WAIT, TCP_CLOSED):
            flow.state = CLOSED
            if state == TCP_CLOSED and tcp.state_before_reset == NONE:
                tcp.client.close()
                tcp.server.close()
        elif state >= TCP_ESTABLISHED:
            flow.state = ESTABLISHED
        elif before == TCP_CLOSED:
            flow.state = NEW  # the RST was not real

    def _unless_over(self, packet: Packet, flow: Flow) -> Flow | None:
        """End a flow whose time was over before this packet: the wheel counts in whole seconds, and comes later."""
        if packet.timestamp_ns - flow.last_ns <= self._timeouts.of(flow) * SECOND_NS:
            return flow
        self._end(flow, "timeout")
        return None

    def _is_reversed(self, packet: Packet) -> bool:
        """Return whether the first packet of a flow is a server's: a SYN/ACK picked up midstream."""
        settings = self._settings
        return (settings.midstream or settings.async_oneside) and packet.tcp_flags & (SYN | ACK) == SYN | ACK

    def _reuse(self, packet: Packet, flow: Flow, key: bytes) -> Flow:
        """Return the flow itself, or the next flow on the same ports if this SYN begins one."""
        tcp = flow.tcp
        if tcp is None or flow.is_bypassed or (packet.bad_checksum and self._settings.verify_checksums):
            return flow
        if not is_reuse(packet, tcp, self.to_server):
            return flow
        self.tcp_reuses += 1
        self._end(flow, "tcp_reuse")
        is_answer = packet.tcp_flags & ACK != 0
        flow = self._begin(packet, key, is_answer)
        if is_answer and flow.tcp is not None:
            flow.tcp.syn_again = packet.tcp_ack
        self.to_server = not is_answer
        return flow

    # beginning and end

    def _begin(self, packet: Packet, key: bytes, is_reversed: bool) -> Flow:
        """Make the flow of a first packet; reversed, its receiver is the flow's source."""
        reverse_key = key if packet.protocol == ESP else reverse(key)
        if is_reversed:
            key, reverse_key = reverse_key, key
        length = address_length(key)
        flow = Flow(key, reverse_key, key[:length], key[length : 2 * length])
        if packet.has_ports():
            flow.source_port = packet.destination_port if is_reversed else packet.source_port
            flow.destination_port = packet.source_port if is_reversed else packet.destination_port
        flow.protocol = packet.protocol
        flow.ip_version = packet.ip_version
        if packet.n_vlans:
            flow.vlans = packet.vlans()
        flow.icmp_type = packet.icmp_type
        flow.icmp_code = packet.icmp_code
        flow.start_ns = flow.last_ns = packet.timestamp_ns
        flow.id = flow_id(packet.timestamp_ns, key)
        self._count_new(flow)
        self.is_new = True
        flow.seen_s = self._clock_s
        self._flows[key] = flow
        if reverse_key != key:
            self._flows[reverse_key] = flow
        self._wheel.add(flow, self._clock_s, self._clock_s + self._timeouts.of(flow) + 1)
        return flow

    def _count_new(self, flow: Flow) -> None:
        self.active += 1
        self.total += 1
        protocol = flow.protocol
        self.memuse += size_of(protocol)
        if protocol == TCP:
            self.tcp += 1
            flow.tcp = TcpSession(self._stream(flow.destination), self._stream(flow.source))
        elif protocol == UDP:
            self.udp += 1
        elif protocol == ICMP:
            self.icmpv4 += 1
        elif protocol == ICMPV6:
            self.icmpv6 += 1
        elif protocol == SCTP:
            self.sctp += 1

    def _stream(self, receiver: bytes) -> Stream:
        """Return a stream to a receiver. Inline, what came first has passed, whatever the receiver would do."""
        target = FIRST if self._is_inline else self._targets.of(receiver)
        return Stream(self._settings.stream_depth, target, self.reassembly, self._is_inline)

    def _end(self, flow: Flow, reason: str) -> None:
        """Take a flow out of the table and hand it over in `ended`."""
        flow.end_reason = reason
        self._wheel.remove(flow)
        del self._flows[flow.key]
        if flow.reverse_key != flow.key:
            del self._flows[flow.reverse_key]
        self.active -= 1
        self.memuse -= size_of(flow.protocol)
        if flow.tcp is not None:
            flow.was_established = flow.tcp.is_established  # for what its streams still hold
            self._unreleased.append(flow)
            if flow.tcp.state != NONE:
                self.active_sessions -= 1
        self.ends.count(flow)
        self.ended.append(flow)

    def _drop_windows(self) -> None:
        """Free the windows that the last packet's streams handed out."""
        self.reassembly.is_window_held = False
        if self._last is not None:
            self._last.client.window = self._last.server.window = b""

    # time and room

    def _turn(self, now_s: i64) -> None:
        """Turn the wheel up to `now_s`; after a long silence once around is enough."""
        second = max(self._clock_s + 1, now_s - self._wheel.span() + 1)
        self._clock_s = now_s
        while second <= now_s:
            for flow in self._wheel.come_up(second):
                due_s = flow.seen_s + self._timeouts.of(flow) + 1
                if due_s <= now_s:
                    self._end(flow, "timeout")
                else:
                    self._wheel.add(flow, now_s, due_s)
            second += 1
        if self._timeouts.is_emergency and self._is_recovered():
            self._timeouts.is_emergency = False
            self.emergencies_over += 1

    def _has_room(self, protocol: i64) -> bool:
        settings = self._settings
        return self.active < settings.max_flows and self.memuse + size_of(protocol) <= settings.flow_memcap

    def _make_room(self, protocol: i64) -> bool:
        """End flows until another one may begin; False if the policy is to let none go for it.

        From here on all flows live shorter, until there is room enough again.
        """
        if not self._timeouts.is_emergency:
            self._timeouts.is_emergency = True
            self.emergencies += 1
            if self.active >= self._settings.max_flows:
                self.times_full += 1
            else:
                self.times_without_memory += 1
            self._expire_all()
        while self.active > 0 and not self._has_room(protocol):
            flow = self._wheel.choose(self._clock_s)
            if flow is None or self._is_closed_when_full:
                return False
            self.evictions[flow.state] += 1
            self._end(flow, "forced")
        return True

    def _expire_all(self) -> None:
        """End the flows whose time is over now that timeouts are shorter, and look at the others in time."""
        for flow in self._wheel.flows():
            due_s = flow.seen_s + self._timeouts.of(flow) + 1
            if due_s <= self._clock_s:
                self._end(flow, "timeout")
            else:
                self._wheel.remove(flow)
                self._wheel.add(flow, self._clock_s, due_s)

    def _is_recovered(self) -> bool:
        """Return whether there is as much room again as ends an emergency."""
        settings = self._settings
        used = 100 - settings.emergency_recovery
        return self.active * 100 <= settings.max_flows * used and self.memuse * 100 <= settings.flow_memcap * used


def release(tcp: TcpSession) -> None:
    """Free both streams: nobody will look at them again."""
    tcp.client.release()
    tcp.server.release()


def flow_id(timestamp_ns: i64, key: bytes) -> i64:
    """Return 51 bits that are the same in every run: of the time, and of who talks to whom."""
    second = timestamp_ns // SECOND_NS
    microsecond = timestamp_ns % SECOND_NS // 1000
    return (second & 0x7) << 48 | (microsecond & 0xFFFF) << 32 | zlib.crc32(key)
