"""What becomes of a packet once the rules have spoken: pass, drop, reject or alert."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.detect.look import Match
from vids.engine.detect.threshold import ALERTS, CHANGES, NOTHING, Thresholds
from vids.engine.event import Alert, Drop, Event, FileFacts, Rewritten, Verdict
from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import Packet
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.transaction import Transaction
from vids.engine.rewrite import Rewrite, can_rewrite, rewritten
from vids.engine.rule.capture import for_alert
from vids.engine.rule.names import StateNames
from vids.engine.settings import Settings

REJECTING: Final = ("reject", "rejectsrc", "rejectdst", "rejectboth")

IP_HEADERS: Final[dict[int, int]] = {4: 20, 6: 40}  # bytes, without options and extension headers
MAX_TRANSPORT: Final = 20  # bytes: a TCP header without options

BY_RULE: Final = "rules"  # reasons of a drop, as EVE names them
BY_RATE: Final = "threshold detection_filter"
WITH_FLOW: Final = "flow drop"
WITH_FLOW_BY_POLICY: Final = "exception policy flow drop"
REASONS: Final = (
    BY_RULE, BY_RATE, WITH_FLOW, WITH_FLOW_BY_POLICY, "stream midstream", "stream reassembly", "flow memcap",
    "defrag memcap",
)  # fmt: skip


@final
class Judge:
    """Turns a packet's matches into alerts, and applies what their rules ask for."""

    def __init__(self, settings: Settings, names: StateNames) -> None:
        self.is_ips = settings.is_ips
        self.guesses = settings.guess_transaction
        self.alert_max = settings.alert_max
        self.names = names  # of what the rules remember
        self.thresholds = Thresholds()
        self.n_alerts: i64 = 0
        self.n_overflow: i64 = 0  # alerts beyond the limit of one packet
        self.n_suppressed: i64 = 0  # matches that were told to be silent
        self.n_blocked: i64 = 0  # packets
        self.n_rejected: i64 = 0
        self.n_replaced: i64 = 0  # packets that went on with other bytes
        self.n_by_reason: dict[str, int] = {}
        self._culprit: Alert | None = None  # of the packet at hand: the first match that drops it
        self._verdict = Verdict()

    def judge(
        self, matches: list[Match], packet: Packet, flow: Flow | None, to_server: bool, origin: str
    ) -> list[Event]:
        """Return the alerts of one packet, at most settings.alert_max, and its drop.

        `to_server` is the packet's side of its flow. Rules act in the order of the ruleset: a pass ends it. What a
        rule on a stream or on addresses alone asks for goes for the flow, what a rule on a packet asks for goes for
        the packet.
        """
        if len(matches) > 1:
            matches = [match for _, _, match in sorted((m.rule.number, i, m) for i, m in enumerate(matches))]
        verdict = self._begin()
        alerts: list[Event] = []
        for match in matches:
            alert = self._apply(match, packet, flow, origin)
            if alert is not None:
                alert.verdict = verdict
                if len(alerts) < self.alert_max:
                    alerts.append(alert)
                    if match.flow is not None:
                        match.flow.is_alerted = True
                else:
                    self.n_overflow += 1
            if verdict.action == "pass":
                break
        self.n_alerts += len(alerts)
        if verdict.action == "drop" and packet.number > 0:  # not one made up for what a flow leaves behind
            alerts.append(self.drop(verdict, packet, flow, to_server, self._culprit))
        elif self.is_ips and can_rewrite(packet):
            self._rewrite(matches, packet, alerts)
        return alerts

    def _rewrite(self, matches: list[Match], packet: Packet, events: list[Event]) -> None:
        """Add what a packet becomes by its rules with `replace`, in their order; a pass rule does not keep them off."""
        rewrites: list[Rewrite] = []
        for match in matches:
            if match.rewrites is not None:
                rewrites += match.rewrites
        if rewrites:
            self.n_replaced += 1
            event = Rewritten(rewritten(packet, rewrites))
            event.set_packet(packet)
            events.append(event)

    def drop(
        self, verdict: Verdict, packet: Packet, flow: Flow | None, to_server: bool, alert: Alert | None = None
    ) -> Drop:
        """Count a packet that does not go on, and return what there is to say of it."""
        verdict.action = "drop"
        if verdict.is_rejected():
            self.n_rejected += 1
        else:
            self.n_blocked += 1
        self.n_by_reason[verdict.reason] = self.n_by_reason.get(verdict.reason, 0) + 1
        drop = Drop(verdict, alert)
        drop.set_packet(packet)
        if packet.ip_version != 0:
            drop.header = packet.data[packet.ip_at : packet.ip_at + IP_HEADERS[int(packet.ip_version)]]
        if packet.transport_at >= 0:
            drop.transport = packet.data[packet.transport_at : min(packet.transport_at + MAX_TRANSPORT, packet.ip_end)]
        if flow is not None:
            drop.flow = flow
            drop.has_direction = True
            drop.to_server = to_server
            if flow.is_dropped:
                drop.is_repeated = alert is None and _was_told(flow, to_server)
                _tell(flow, to_server)
        return drop

    def drop_with_flow(self, packet: Packet, flow: Flow, to_server: bool) -> Drop:
        """Drop a packet because its flow is."""
        verdict = Verdict()
        verdict.reason = WITH_FLOW_BY_POLICY if flow.is_dropped_by_policy else WITH_FLOW
        return self.drop(verdict, packet, flow, to_server)

    def counters(self) -> dict[str, int]:
        """Return what was counted so far, by dotted EVE name."""
        counts: dict[str, int] = {
            "detect.alert": self.n_alerts,
            "detect.alert_queue_overflow": self.n_overflow,
            "detect.alerts_suppressed": self.n_suppressed,
            "detect.threshold_evicted": self.thresholds.evicted,
        }
        if self.is_ips:
            counts["ips.blocked"] = self.n_blocked
            counts["ips.rejected"] = self.n_rejected
            counts["ips.replaced"] = self.n_replaced
            for reason in REASONS:
                counts[f"ips.drop_reason.{reason.replace(' ', '_')}"] = self.n_by_reason.get(reason, 0)
        return counts

    def _begin(self) -> Verdict:
        """Return the verdict that the matches of one packet are to make up."""
        self._verdict = Verdict()
        self._culprit = None
        return self._verdict

    def _apply(self, match: Match, packet: Packet, flow: Flow | None, origin: str) -> Alert | None:
        """Let one rule act on the packet; return its alert if there is to be one."""
        rule = match.rule
        action = rule.action
        outcome: i64 = ALERTS
        has_ends = packet.ip_version != 0 or match.is_stream
        if has_ends and (rule.threshold is not None or rule.suppressions):
            outcome = self._outcome(match, packet)
            if outcome == NOTHING:
                self.n_suppressed += 1
                return None
            if outcome == CHANGES and rule.threshold is not None:
                action = rule.threshold.new_action
        if action == "pass":
            return self._pass(match, packet, flow, origin, outcome)
        alert: Alert | None = None
        if action == "drop" or action in REJECTING:
            alert = self._alert(match, packet, origin)
            self._refuse(match, action, alert, flow, outcome == CHANGES)
        if rule.is_noalert or rule.action == "config" or outcome not in (ALERTS, CHANGES):
            self.n_suppressed += 1
            return None
        return self._alert(match, packet, origin) if alert is None else alert

    def _outcome(self, match: Match, packet: Packet) -> i64:
        """Count a match; return what it comes to."""
        flow = match.flow
        source, destination = packet.source(), packet.destination()
        if match.is_stream and flow is not None:
            source = flow.source if match.to_server else flow.destination
            destination = flow.destination if match.to_server else flow.source
        threshold = match.rule.threshold
        port: i64 = -1
        if threshold is not None and threshold.unique_on:
            port = _port(match, packet, threshold.unique_on == "src_port")
        return self.thresholds.outcome(match.rule, source, destination, flow, packet.timestamp_ns, port)

    def _pass(self, match: Match, packet: Packet, flow: Flow | None, origin: str, outcome: i64) -> Alert | None:
        if flow is not None and is_for_flow(match) and not flow.is_dropped:
            flow.is_passed = True
        if outcome not in (ALERTS, CHANGES):
            self.n_suppressed += 1
            return None
        self._verdict.action = "pass"
        return self._alert(match, packet, origin) if match.rule.is_alert_forced else None

    def _refuse(self, match: Match, action: str, alert: Alert, flow: Flow | None, is_changed: bool) -> None:
        """Drop or reject: the packet where we are inline, and the flow in any case."""
        verdict = self._verdict
        alert.is_blocked = self.is_ips or is_changed or action in REJECTING
        alert.verdict = verdict
        if action in ("reject", "rejectsrc", "rejectboth"):
            verdict.resets_client = True
        if action in ("rejectdst", "rejectboth"):
            verdict.resets_server = True
        if flow is not None and is_for_flow(match) and not flow.is_passed:
            flow.is_dropped = True
        if self._culprit is None:
            self._culprit = alert
            verdict.reason = BY_RATE if is_changed else BY_RULE
        if self.is_ips:
            verdict.action = "drop"

    def note_state(self, event: Event, flow: Flow) -> None:
        """Add what rules remember of the flow, as things stand."""
        if flow.bits:
            event.flowbits = sorted([self.names.flowbits.name(bit) for bit in flow.bits])
        if flow.entropy:
            event.entropy = dict(flow.entropy)
        if flow.ints:
            event.flowints = {self.names.flowints.name(number): value for number, value in flow.ints.items()}

    def _alert(self, match: Match, packet: Packet, origin: str) -> Alert:
        alert = Alert(match.rule)
        flow = match.flow
        if match.is_stream and flow is not None:
            alert.timestamp_ns = packet.timestamp_ns
            alert.set_flow_side(flow, match.to_server)
        else:
            alert.set_packet(packet)
        alert.set_origin(packet)
        if origin:
            alert.packet_source = origin
        alert.is_stream = match.is_stream
        alert.payload = match.payload
        if match.context:
            alert.context = match.context
        if match.packet_variables:
            alert.packet_variables = dict(match.packet_variables)
        if match.captured:
            alert.captured = for_alert(match.captured)
        alert.packet = packet.frame()
        alert.link_type = packet.link_type
        alert.flow = flow
        if match.transaction is not None and match.protocol is not None:
            _add_transaction(alert, match.protocol, match.transaction, match.to_server)
        elif self.guesses and flow is not None:
            _guess_transaction(alert, flow, match.to_server)
        if flow is not None:
            if flow.app is not None:
                alert.app_names = flow.app.names()
            alert.has_direction = True
            alert.to_server = match.to_server
            alert.packets_to_server = flow.packets_to_server
            alert.packets_to_client = flow.packets_to_client
            alert.bytes_to_server = flow.bytes_to_server
            alert.bytes_to_client = flow.bytes_to_client
            self.note_state(alert, flow)
            if flow.variables:
                alert.flow_variables = dict(flow.variables)
        return alert


def _add_transaction(alert: Alert, protocol: Protocol, transaction: Transaction, to_server: bool) -> None:
    """Add what the transaction says of itself, as things stand."""
    alert.transaction_number = transaction.number
    alert.progress = (
        protocol.request_states.get(int(transaction.request_progress), ""),
        protocol.response_states.get(int(transaction.response_progress), ""),
    )
    if protocol.record_type:
        alert.application = (protocol.record_type, transaction.record())
    alert.files = [FileFacts(file, transaction.number) for file in transaction.files if file.to_server == to_server]


def _guess_transaction(alert: Alert, flow: Flow, to_server: bool) -> None:
    """Add the only transaction of a flow, if it has only one."""
    app = flow.app
    if not isinstance(app, Dialogue) or app.conversation is None or app.protocol is None:
        return
    if len(app.conversation.transactions) == 1:
        alert.is_guessed = True
        _add_transaction(alert, app.protocol, app.conversation.transactions[0], to_server)


def _port(match: Match, packet: Packet, is_source: bool) -> i64:
    """Return a port of what matched; -1 where it has none."""
    flow = match.flow
    if match.is_stream and flow is not None:
        return flow.source_port if is_source == match.to_server else flow.destination_port
    if not packet.has_ports():
        return -1
    return packet.source_port if is_source else packet.destination_port


def is_for_flow(match: Match) -> bool:
    """Return whether what the rule asks for goes for the flow, not for one packet."""
    return match.is_stream or match.rule.acts_on_flow


def _was_told(flow: Flow, to_server: bool) -> bool:
    return flow.is_drop_told_to_server if to_server else flow.is_drop_told_to_client


def _tell(flow: Flow, to_server: bool) -> None:
    """Note that the drop of this side of the flow was reported."""
    if to_server:
        flow.is_drop_told_to_server = True
    else:
        flow.is_drop_told_to_client = True
