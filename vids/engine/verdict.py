"""What becomes of a packet once the rules have spoken: pass, drop, reject or alert."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.detect.look import Match
from vids.engine.detect.threshold import Thresholds
from vids.engine.event import Alert
from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import Packet
from vids.engine.rule.names import Names
from vids.engine.settings import Settings

DROPPING: Final = ("drop", "reject", "rejectsrc", "rejectdst", "rejectboth")


@final
class Judge:
    """Turns a packet's matches into alerts, and applies what their rules ask for."""

    def __init__(self, settings: Settings, flowbits: Names) -> None:
        self.settings = settings
        self.flowbits = flowbits  # what the numbers in Flow.bits are called
        self.thresholds = Thresholds()
        self.n_alerts: i64 = 0
        self.n_overflow: i64 = 0  # alerts beyond the limit of one packet
        self.n_passed: i64 = 0  # packets, by verdict
        self.n_dropped: i64 = 0

    def judge(self, matches: list[Match], packet: Packet, flow: Flow | None, origin: str) -> list[Alert]:
        """Return the alerts of one packet, at most settings.alert_max.

        Rules act in the order of the ruleset: a pass ends it. What a rule on a stream or on addresses alone asks
        for goes for the whole flow, what a rule on a packet asks for goes for the packet.
        """
        alerts: list[Alert] = []
        is_dropped = False
        if len(matches) > 1:
            matches = [match for _, _, match in sorted((m.rule.number, i, m) for i, m in enumerate(matches))]
        for match in matches:
            rule = match.rule
            is_pass = rule.action == "pass"
            if is_pass:
                self.n_passed += 1
                if flow is not None and _is_for_flow(match):
                    flow.is_passed = True
                if not rule.is_alert_forced:
                    break
            alert = self._alert(match, packet, origin)
            passed = self.thresholds.passes(rule, alert.source, alert.destination, match.flow, packet.timestamp_ns)
            if not passed and rule.threshold is not None and rule.threshold.kind == "detection_filter":
                continue
            if self.settings.is_ips and rule.action in DROPPING:
                is_dropped = True
                alert.is_blocked = True
                if flow is not None and _is_for_flow(match):
                    flow.is_dropped = True
            if not passed or rule.is_noalert or rule.action == "config":
                continue
            if len(alerts) >= self.settings.alert_max:
                self.n_overflow += 1
                continue
            alerts.append(alert)
            if is_pass:
                break
        if is_dropped:
            self.n_dropped += 1
        self.n_alerts += len(alerts)
        for alert in alerts:
            alert.verdict = "drop" if is_dropped else "alert"
            if alert.flow is not None:
                alert.flow.is_alerted = True
        return alerts

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
        alert.payload = match.payload or packet.payload()
        alert.packet = packet.frame()
        alert.link_type = packet.link_type
        alert.flow = flow
        if flow is not None:
            alert.has_direction = True
            alert.to_server = match.to_server
            alert.packets_to_server = flow.packets_to_server
            alert.packets_to_client = flow.packets_to_client
            alert.bytes_to_server = flow.bytes_to_server
            alert.bytes_to_client = flow.bytes_to_client
            if flow.bits:
                alert.flowbits = sorted([self.flowbits.name(bit) for bit in flow.bits])
        return alert


def _is_for_flow(match: Match) -> bool:
    return match.is_stream or match.rule.is_address_only
