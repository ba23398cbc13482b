"""Events for tests of records: one flow, and what can be said of it."""

from vids.engine.event import Alert, Anomaly, Drop, FlowEnd, Verdict
from vids.engine.flow.flow import ESTABLISHED, Flow
from vids.engine.rule.rule import Rule

START_NS = 1_700_000_000_250_000_000  # 2023-11-14 22:13:20.25 UTC
SECOND = 1_000_000_000


def tcp_flow(protocol: int = 6) -> Flow:
    flow = Flow(b"", b"", bytes((10, 0, 0, 1)), bytes((192, 168, 1, 2)))
    flow.protocol = protocol
    flow.source_port, flow.destination_port = 1025, 80
    flow.id = 1234567890123456
    flow.start_ns, flow.last_ns = START_NS, START_NS + 2 * SECOND
    flow.packets_to_server, flow.packets_to_client = 5, 4
    flow.bytes_to_server, flow.bytes_to_client = 500, 4000
    flow.state = ESTABLISHED
    flow.end_reason = "timeout"
    return flow


def icmp_flow() -> Flow:
    flow = tcp_flow(1)
    flow.source_port = flow.destination_port = 0
    flow.icmp_type, flow.icmp_code = 8, 0
    flow.response_icmp_type, flow.response_icmp_code = 0, 0
    return flow


def rule() -> Rule:
    found = Rule()
    found.msg, found.sid, found.rev, found.priority = "VIDS test", 1000001, 3, 1
    found.category = "A Network Trojan was detected"
    found.text = 'alert tcp any any -> any any (msg:"VIDS test"; sid:1000001;)'
    return found


def alert(flow: Flow | None, to_server: bool = True, of: Rule | None = None) -> Alert:
    event = Alert(of or rule())
    event.timestamp_ns, event.number = START_NS + SECOND, 7
    if flow is not None:
        event.flow = flow
        event.set_flow_side(flow, to_server)
        event.has_direction, event.to_server = True, to_server
        event.packets_to_server, event.bytes_to_server = 2, 200
        event.packets_to_client, event.bytes_to_client = 1, 60
    return event


def anomaly(kind: str, name: str, flow: Flow | None = None) -> Anomaly:
    event = Anomaly(kind, name)
    event.timestamp_ns, event.number = START_NS, 9
    if flow is not None:
        event.flow = flow
        event.set_flow_side(flow, True)
    return event


def flow_end(flow: Flow) -> FlowEnd:
    event = FlowEnd()
    event.timestamp_ns = flow.last_ns
    event.flow = flow
    event.set_flow_side(flow, True)
    return event


def verdict(action: str, rejected: str = "", reason: str = "") -> Verdict:
    made = Verdict()
    made.action, made.reason = action, reason
    made.resets_client, made.resets_server = "c" in rejected, "s" in rejected
    return made


def drop(reason: str, of: Alert | None = None, flow: Flow | None = None) -> Drop:
    event = Drop(verdict("drop", reason=reason), of)
    event.timestamp_ns, event.number = START_NS, 9
    if flow is not None:
        event.flow, event.has_direction = flow, True
        event.set_flow_side(flow, True)
    return event
