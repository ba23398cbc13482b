"""The engine: frames in, events out. One call a batch; no I/O, no clock, the same answer every time."""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i32_le, read_i64_le
from mypy_extensions import i64

from vids.engine.appreport import AppReports
from vids.engine.batch import ENTRY, Batch
from vids.engine.detect.detector import Detector, has_news
from vids.engine.event import Anomaly, Event, FlowEnd, TaggedPacket, Verdict
from vids.engine.filereport import FileReports
from vids.engine.flow.flow import Flow
from vids.engine.flow.session import NONE, TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.flow.table import FlowTable, release
from vids.engine.packet.decode import Decoder
from vids.engine.packet.defrag import Defragmenter
from vids.engine.packet.packet import ACK, SYN, UDP, Packet
from vids.engine.policy import (
    BYPASS,
    DROP_FLOW,
    DROP_PACKET,
    IGNORE,
    PASS_FLOW,
    REJECT,
    Policies,
    Policy,
)
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.field import BOTH
from vids.engine.proto.listener import Listener
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings
from vids.engine.verdict import Judge

MAX_INSIDE: Final = 8  # packets that one frame may hold or complete, each inside the one before
FROM_END: Final = "stream (flow timeout)"
NO_STREAMS: Final[list[Stream]] = []


@final
class Engine:
    """Every room that a packet goes through, in order, with the state of all flows."""

    def __init__(self, ruleset: RuleSet, settings: Settings) -> None:
        self.settings = settings
        self.resources = ruleset.resources
        self.packet = Packet()
        self.inside: list[Packet] = []  # what came out of it: as many as the deepest frame so far had
        self.decoder = Decoder(settings)
        self.defragmenter = Defragmenter(settings, self.decoder)
        self.flows = FlowTable(settings)
        self.listener = Listener(settings)
        self.listener.files.magic = ruleset.resources.magic
        for rule in ruleset.rules:
            self.listener.files.needs |= rule.file_needs
        self.detector = Detector(ruleset.rules, settings)
        self.detector.listen(self.flows.stream_events)
        self.files = FileReports(self.listener.files, self.detector.transactions, settings)
        self.judge = Judge(settings, ruleset.names)
        self.reports = AppReports(self.listener, self.files, self.judge, settings)
        self.policies = Policies(settings)
        self.is_ips = settings.is_ips
        self.n_memcap_drops: i64 = 0  # of segments, when it was last looked
        self.n_evicted_datagrams: i64 = 0  # the same of fragments
        self.chunk: i64 = settings.stream_chunk
        self.events: list[Event] = []
        wants_ja3 = ruleset.asks_for("ja3.hash", "ja3.string", "ja3s.hash", "ja3s.string")
        word = settings.tls_ja3_fingerprints
        settings.tls_ja3 = word == "yes" or (word == "auto" and wants_ja3)

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
            if self.packet.is_fragment or self.packet.inner_at >= 0:
                self._unfold(self.packet, 0)
            else:
                self._packet(self.packet)
            at += ENTRY
        return self._take_events()

    def close(self) -> list[Event]:
        """End all flows, look at what their streams still hold, and return the last events."""
        self.flows.close()
        self._end_flows()
        self.flows.release_ended()
        return self._take_events()

    def _take_events(self) -> list[Event]:
        events = self.events
        self.events = []
        return events

    def _unfold(self, packet: Packet, depth: i64) -> None:
        """Take a packet and what comes out of it to their verdicts.

        What is inside of a tunnel comes first, a datagram after the fragment that completed it.
        """
        if depth == len(self.inside):
            self.inside.append(Packet())
        inside = self.inside[depth]
        if packet.inner_at >= 0:
            if self.decoder.decode_inner(packet, inside):
                self._unfold(inside, depth + 1)
            self._packet(packet)
        elif packet.is_fragment and not packet.is_invalid:
            is_complete = self.defragmenter.take(packet, inside if depth < MAX_INSIDE else None)
            self._packet(packet)
            if is_complete:
                self._unfold(inside, depth + 1)
        else:
            self._packet(packet)

    def _packet(self, packet: Packet) -> None:
        """Take one packet to its verdict."""
        if packet.events:
            self._anomalies(packet, None, "decode", packet.events)
            if packet.protocol < 0:
                self.detector.broken(packet)
                self._judge(packet, None)
        if packet.is_invalid:
            if packet.protocol >= 0:  # the IP header is sound, what it carries is not
                self.detector.packet(packet, None, True, False, NO_STREAMS)
                self._judge(packet, None)
            return
        flow = self.flows.handle(packet)
        if self.flows.ended:
            self._end_flows()
        if self.flows.stream_events:
            self._anomalies(packet, flow, "stream", self.flows.stream_events)
        if packet.ip_version == 0:
            return
        if flow is None:
            if self._is_without_room(packet):
                return
            self.detector.packet(packet, None, True, False, NO_STREAMS)
            self._judge(packet, None)
        elif flow.is_dropped:
            if self.is_ips:
                self.events.append(self.judge.drop_with_flow(packet, flow, self.flows.to_server))
            return
        elif self.policies.is_any_for_tcp and flow.tcp is not None and self._is_unfit(packet, flow, flow.tcp):
            return
        elif not flow.is_bypassed:
            self._converse(packet, flow)
        else:
            self._judge(packet, flow)
        if self.detector.hosts.has_tags and self.detector.hosts.is_tagged(packet, flow):
            self.events.append(tagged_packet(packet, flow))
        if flow is not None and flow.is_bypassed:
            self.flows.bypass(flow)

    def _is_without_room(self, packet: Packet) -> bool:
        """Return whether a policy for full tables keeps a packet without a flow from inspection."""
        if self.flows.is_refused:
            return self._is_excepted(self.policies.flow, packet, None)
        if packet.is_fragment and self.defragmenter.evicted != self.n_evicted_datagrams:
            self.n_evicted_datagrams = self.defragmenter.evicted
            return self._is_excepted(self.policies.defrag, packet, None)
        return False

    def _is_unfit(self, packet: Packet, flow: Flow, session: TcpSession) -> bool:
        """Return whether a policy for connections that cannot be followed keeps the packet from inspection."""
        policies = self.policies
        drops = self.flows.reassembly.memcap_drops
        if drops != self.n_memcap_drops:
            self.n_memcap_drops = drops
            if self._is_excepted(policies.reassembly, packet, flow):
                return True
        if not flow.is_bypassed and _is_midstream(packet, session, flow):
            return self._is_excepted(policies.midstream, packet, flow)
        return False

    def _is_excepted(self, policy: Policy, packet: Packet, flow: Flow | None) -> bool:
        """Apply a policy to a packet; return whether that is all that happens to it."""
        name = policy.name
        if name == IGNORE:
            return False
        policy.note(flow)
        if flow is not None:
            if name in (DROP_FLOW, REJECT) and self.is_ips and not flow.is_passed:
                flow.is_dropped = flow.is_dropped_by_policy = True
            elif name in (PASS_FLOW, BYPASS):
                flow.is_passed = True
                if name == BYPASS:
                    self.flows.bypass(flow)
        if self.is_ips and name in (DROP_FLOW, DROP_PACKET, REJECT):
            verdict = Verdict()
            verdict.reason = policy.reason
            verdict.resets_client = name == REJECT
            self.events.append(self.judge.drop(verdict, packet, flow, self.flows.to_server))
        return name != REJECT or self.is_ips

    def _converse(self, packet: Packet, flow: Flow) -> None:
        """Let the flow's application hear what is new, the rules look at it, and report what came of it."""
        dialogue = self._listen(packet, flow)
        if flow.is_passed:
            self._pass(flow, dialogue)
        else:
            if dialogue is not None and dialogue.is_secret:
                disregard(flow)
            self._inspect(packet, flow, dialogue)
        self._judge(packet, flow)
        if dialogue is not None and dialogue.conversation is not None:
            self._follow(packet, flow, dialogue)

    def _listen(self, packet: Packet, flow: Flow) -> Dialogue | None:
        """Hand on what a packet brought to the flow's application; return it unless there is none."""
        app = flow.app
        if app is not None and app.is_over:
            return app if isinstance(app, Dialogue) and has_news(app) else None
        self.listener.files.ranges.now_ns = packet.timestamp_ns
        if flow.tcp is not None:
            dialogue = self._hear(flow, flow.tcp, False)
        elif packet.protocol == UDP and packet.payload_length() > 0 and not packet.has_inner:
            dialogue = self.listener.hear_datagram(flow, packet.payload(), self.flows.to_server)
        else:
            return None
        if dialogue is not None:
            self.reports.anomalies(packet, flow, dialogue, self.events)
        return dialogue

    def _hear(self, flow: Flow, session: TcpSession, everything: bool) -> Dialogue | None:
        """Hand on what both sides of a connection said; what is said may show that the client is the other one."""
        dialogue = self.listener.hear_streams(flow, session, everything)
        if dialogue is not None and dialogue.wants_reversal:
            self.flows.reverse(flow)
            dialogue.reverse()
        return dialogue

    def _follow(self, packet: Packet, flow: Flow, dialogue: Dialogue) -> None:
        """Report what is due, and go on with another protocol where the flow does."""
        self.reports.records(packet, flow, dialogue, self.events)
        while dialogue.wants_change():
            if not flow.is_passed:  # nothing of what is over may be left for a later packet
                self.detector.dialogue(packet, flow, dialogue, BOTH)
                self._judge(packet, flow)
            if not dialogue.change():
                self.listener.n_changes_limit += 1
            self.reports.anomalies(packet, flow, dialogue, self.events)
            if not flow.is_passed:
                self.detector.dialogue(packet, flow, dialogue, TO_SERVER if self.flows.to_server else TO_CLIENT)
                self._judge(packet, flow)
            self.reports.records(packet, flow, dialogue, self.events)
        conversation = dialogue.conversation
        if conversation is not None and conversation.is_secret:
            self._keep_secret(packet, flow, dialogue, conversation)

    def _keep_secret(self, packet: Packet, flow: Flow, dialogue: Dialogue, conversation: Conversation) -> None:
        """Inspect what a flow said before it became secret, and none of its bytes from here on."""
        session = flow.tcp
        if not dialogue.is_secret:
            dialogue.is_secret = True
            if session is not None and not flow.is_passed:
                for stream in (session.client, session.server):
                    while stream.take(False):
                        self.detector.stream(packet, flow, stream)
                self._judge(packet, flow)
        flow.is_bypassed = flow.is_bypassed or conversation.is_bypass
        if dialogue.is_over and session is not None:
            release(session)

    def _pass(self, flow: Flow, dialogue: Dialogue | None) -> None:
        """Let go of what no rule will look at."""
        if dialogue is not None and dialogue.conversation is not None:
            dialogue.conversation.unlook()
        disregard(flow)

    def _inspect(self, packet: Packet, flow: Flow, dialogue: Dialogue | None) -> None:
        session = flow.tcp
        if session is None:
            self.detector.packet(packet, flow, self.flows.to_server, False, NO_STREAMS, dialogue)
            return
        moved = self._moved(session)
        self.detector.packet(packet, flow, self.flows.to_server, self.flows.in_stream, moved, dialogue)
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
            if not flow.is_dropped and not flow.is_bypassed and _has_remains(flow):
                last = Packet()
                last.timestamp_ns = flow.last_ns
                last.origin = FROM_END
                if flow.tcp is not None:
                    self._drain(last, flow, flow.tcp)
                self._conclude(last, flow)
            elif isinstance(flow.app, Dialogue):
                self.files.abandon(flow.app, self.events)
            if not self.settings.wants_flows:
                continue
            event = FlowEnd()
            event.timestamp_ns = self.packet.timestamp_ns  # when it was noticed, as the reference engine has it
            event.flow = flow
            event.set_flow_side(flow, True)
            self.events.append(event)
        self.flows.ended.clear()

    def _drain(self, last: Packet, flow: Flow, session: TcpSession) -> None:
        """Hear and inspect what the streams of an ended flow still hold, run by run."""
        for stream in (session.client, session.server):
            while stream.may_go_on():
                if flow.app is None or not flow.app.is_over:
                    dialogue = self._hear(flow, session, True)
                    if dialogue is not None:
                        self.reports.anomalies(last, flow, dialogue, self.events)
                if flow.is_passed or (flow.app is not None and flow.app.is_secret):
                    stream.heard = stream.end
                    stream.disregard()
                    continue
                if not stream.take(True):
                    break
                self.detector.stream(last, flow, stream)
                self._judge_end(last, flow)

    def _conclude(self, last: Packet, flow: Flow) -> None:
        """Let the application of an ended flow come to its end: what is complete now is looked at and reported."""
        dialogue = self.listener.end(flow)
        if dialogue is None:
            return
        self.reports.anomalies(last, flow, dialogue, self.events)
        if dialogue.conversation is not None:
            if flow.is_passed:
                dialogue.conversation.unlook()
            else:
                self.detector.dialogue(last, flow, dialogue, BOTH)
                self._judge_end(last, flow)
            self.reports.records(last, flow, dialogue, self.events)

    def _judge(self, packet: Packet, flow: Flow | None) -> None:
        if self.detector.matches:
            self.events += self.judge.judge(self.detector.matches, packet, flow, self.flows.to_server, packet.origin)
            self.detector.clear()

    def _judge_end(self, packet: Packet, flow: Flow) -> None:
        if self.detector.matches:
            self.events += self.judge.judge(self.detector.matches, packet, flow, True, FROM_END)
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
        found.update(self.listener.counters())
        found.update(self.judge.counters())
        found["detect.candidates"] = self.detector.n_inspected + self.detector.transactions.n_inspected
        found["detect.inspection_limit"] = self.detector.n_exhausted + self.detector.transactions.n_exhausted
        found["detect.pcre_limit"] = self.detector.n_pcre_limits()
        found["detect.captures_cut"] = self.detector.n_captures_cut()
        found["detect.waiting_dropped"] = self.detector.n_waiting_dropped
        found["detect.candidates_dropped"] = self.detector.transactions.n_dropped
        found.update(self.detector.hosts.counters())
        found.update(self.resources.datasets.counters())
        found.update(self.policies.counters())
        if self.is_ips:
            stopped = found["ips.blocked"] + found["ips.rejected"] + found["ips.replaced"]
            found["ips.accepted"] = max(found["decoder.pkts"] - stopped, 0)
        return found


def _has_remains(flow: Flow) -> bool:
    """Return whether an ended flow has an application, or a stream that still holds something."""
    session = flow.tcp
    if flow.app is not None or session is None:
        return flow.app is not None
    return session.client.may_go_on() or session.server.may_go_on()


def _is_midstream(packet: Packet, session: TcpSession, flow: Flow) -> bool:
    """Return whether a packet belongs to a connection of which nobody saw the beginning, and no policy was told."""
    if packet.bad_checksum:  # moves no connection, and begins none
        return False
    if session.is_midstream:
        return not flow.exceptions
    return session.state == NONE and packet.tcp_flags & (SYN | ACK) != SYN


def tagged_packet(packet: Packet, flow: Flow | None) -> TaggedPacket:
    """Return the event of a packet that a rule's tag asked for."""
    event = TaggedPacket()
    event.set_packet(packet)
    event.flow = flow
    event.packet = packet.frame()
    event.link_type = packet.link_type
    return event


def disregard(flow: Flow) -> None:
    """Let go of what a flow's application heard: no rule looks at it."""
    if flow.tcp is not None:
        flow.tcp.client.disregard()
        flow.tcp.server.disregard()
