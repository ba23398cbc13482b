"""The engine: frames in, events out. One call a batch; no I/O, no clock, the same answer every time."""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i32_le, read_i64_le
from mypy_extensions import i64

from vids.engine.batch import ENTRY, Batch
from vids.engine.detect.detector import Detector
from vids.engine.event import Anomaly, Event, FlowEnd
from vids.engine.flow.flow import Flow
from vids.engine.flow.session import TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.flow.table import FlowTable
from vids.engine.packet.decode import Decoder
from vids.engine.packet.defrag import Defragmenter
from vids.engine.packet.packet import Packet
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings
from vids.engine.verdict import Judge

MAX_INSIDE: Final = 3  # packets that one frame may hold or complete, each inside the one before
FROM_END: Final = "stream (flow timeout)"
NO_STREAMS: Final[list[Stream]] = []


@final
class Engine:
    """Every room that a packet goes through, in order, with the state of all flows."""

    def __init__(self, ruleset: RuleSet, settings: Settings) -> None:
        self.settings = settings
        self.packet = Packet()
        self.inside = [Packet() for _ in range(MAX_INSIDE)]
        self.decoder = Decoder(settings)
        self.defragmenter = Defragmenter(settings, self.decoder)
        self.flows = FlowTable(settings)
        self.detector = Detector(ruleset.rules, settings)
        self.judge = Judge(settings, ruleset.flowbits)
        self.chunk: i64 = settings.stream_chunk
        self.events: list[Event] = []
        self.n_dropped: i64 = 0  # packets of flows that were dropped before

    def feed(self, batch: Batch) -> list[Event]:
        """Take every frame of a batch through all rooms; return what there is to say, in packet order."""
        data = batch.data
        index = batch.index
        end: i64 = len(index)
        at: i64 = 0
        while at < end:
            self.decoder.decode(
                self.packet,
                data,
                read_i64_le(index, at),
                i64(read_i32_le(index, at + 8)),
                i64(read_i32_le(index, at + 12)),
                i64(read_i32_le(index, at + 16)),
                i64(read_i32_le(index, at + 20)),
            )
            if self.packet.is_fragment:
                self._unfold(self.packet)
            else:
                self._packet(self.packet)
            at += ENTRY
        return self._take_events()

    def close(self) -> list[Event]:
        """End all flows, look at what their streams still hold, and return the last events."""
        self.flows.close()
        self._end_flows()
        return self._take_events()

    def _take_events(self) -> list[Event]:
        events = self.events
        self.events = []
        return events

    def _unfold(self, packet: Packet) -> None:
        """Take a packet to its verdict, then the packet that it holds or completes, and so on."""
        for inside in self.inside:
            has_inside = self._open(packet, inside)
            self._packet(packet)
            if not has_inside:
                return
            packet = inside
        self._open(packet, None)
        self._packet(packet)

    def _open(self, packet: Packet, inside: Packet | None) -> bool:
        """Decode into `inside` what comes out of a packet, if anything does; None: the packet is too deep inside."""
        if packet.is_fragment and not packet.is_invalid:
            return self.defragmenter.take(packet, inside)
        return False

    def _packet(self, packet: Packet) -> None:
        """Take one packet to its verdict."""
        if packet.events:
            self._anomalies(packet, None, "decode", packet.events)
            self.detector.events(packet)
            self._judge(packet, None)
        if packet.is_invalid:
            return
        flow = self.flows.handle(packet)
        if self.flows.ended:
            self._end_flows()
        if self.flows.stream_events:
            self._anomalies(packet, flow, "stream", self.flows.stream_events)
        if packet.ip_version == 0:
            return
        if flow is None:
            self.detector.packet(packet, None, True, False, NO_STREAMS)
        elif flow.is_dropped:
            self.n_dropped += 1
            return
        elif not flow.is_passed and not flow.is_bypassed:
            self._inspect(packet, flow)
        self._judge(packet, flow)
        if flow is not None and flow.is_bypassed:
            self.flows.bypass(flow)

    def _inspect(self, packet: Packet, flow: Flow) -> None:
        session = flow.tcp
        if session is None:
            self.detector.packet(packet, flow, self.flows.to_server, False, NO_STREAMS)
            return
        moved = self._moved(session)
        self.detector.packet(packet, flow, self.flows.to_server, self.flows.in_stream, moved)
        for stream in moved:
            while stream.is_due(self.chunk) and stream.take(False):
                self.detector.stream(packet, flow, stream)

    def _moved(self, session: TcpSession) -> list[Stream]:
        """Return the streams that have enough to look at, each with its window made."""
        client, server = session.client, session.server
        is_client_due = client.is_due(self.chunk) and client.take(False)
        is_server_due = server.is_due(self.chunk) and server.take(False)
        if is_client_due:
            return [client, server] if is_server_due else [client]
        return [server] if is_server_due else NO_STREAMS

    def _end_flows(self) -> None:
        """Look at what the streams of ended flows still hold, then report the flows."""
        for flow in self.flows.ended:
            session = flow.tcp
            if session is not None and not (flow.is_passed or flow.is_dropped or flow.is_bypassed):
                last = Packet()
                last.timestamp_ns = flow.last_ns
                for stream in (session.client, session.server):
                    while stream.take(True):
                        self.detector.stream(last, flow, stream)
                        self._judge_end(last, flow)
            if not self.settings.wants_flows:
                continue
            event = FlowEnd()
            event.timestamp_ns = self.packet.timestamp_ns  # when it was noticed, as the reference engine has it
            event.flow = flow
            event.set_flow_side(flow, True)
            self.events.append(event)
        self.flows.ended.clear()

    def _judge(self, packet: Packet, flow: Flow | None) -> None:
        if self.detector.matches:
            self.events += self.judge.judge(self.detector.matches, packet, flow, packet.origin)
            self.detector.clear()

    def _judge_end(self, packet: Packet, flow: Flow) -> None:
        if self.detector.matches:
            self.events += self.judge.judge(self.detector.matches, packet, flow, FROM_END)
            self.detector.clear()

    def _anomalies(self, packet: Packet, flow: Flow | None, kind: str, names: list[str]) -> None:
        if not self.settings.wants_anomalies:
            return
        for name in names:
            event = Anomaly(kind, name)
            event.set_packet(packet)
            event.flow = flow
            self.events.append(event)

    def counters(self) -> dict[str, int]:
        """Return every counter by its dotted EVE name."""
        found = self.decoder.counters()
        found.update(self.defragmenter.counters())
        found.update(self.flows.counters())
        found["detect.alert"] = self.judge.n_alerts
        found["detect.alert_queue_overflow"] = self.judge.n_overflow
        found["detect.alerts_suppressed"] = self.judge.thresholds.suppressed
        found["detect.threshold_evicted"] = self.judge.thresholds.evicted
        found["detect.candidates"] = self.detector.n_inspected
        found["detect.inspection_limit"] = self.detector.n_exhausted
        found["detect.pcre_limit"] = self.detector.n_pcre_limits()
        found["detect.waiting_dropped"] = self.detector.n_waiting_dropped
        if self.settings.is_ips:
            found["ips.blocked"] = self.judge.n_dropped + self.n_dropped
            found["ips.accepted"] = max(found.get("decoder.pkts", 0) - found["ips.blocked"], 0)
        return found
