"""What the engine says: alerts, ended flows, anomalies. Values, copied when they happen; eve/ makes records of them."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import FROM_WIRE, SCTP, TCP, UDP, Packet
from vids.engine.proto.file import File
from vids.engine.rule.rule import Rule

NO_NAMES: Final[list[str]] = []
NO_INTS: Final[dict[str, int]] = {}
NO_ENTROPY: Final[dict[str, float]] = {}
UNKNOWN: Final = ("", "", "", "")  # an application protocol that is not known


@final
class Tunnel:
    """The outermost packet around one that came through tunnels."""

    def __init__(self, outer: Packet, depth: i64) -> None:
        self.source = outer.source()
        self.destination = outer.destination()
        has_ports = outer.has_ports()
        self.source_port: i64 = outer.source_port if has_ports else 0
        self.destination_port: i64 = outer.destination_port if has_ports else 0
        self.protocol = outer.protocol
        self.depth = depth
        self.number = outer.number
        self.packet_source = outer.origin


class Event:
    """The part that all events share: when, between whom."""

    def __init__(self) -> None:
        self.timestamp_ns: i64 = 0
        self.number: i64 = 0  # of the packet that caused it (pcap_cnt); 0 where none did
        self.flow: Flow | None = None  # the live object: read only what does not change, or what is copied below
        self.source = b""  # 4 or 16 bytes, none without IP
        self.destination = b""
        self.source_port: i64 = -1  # -1 where there are none
        self.destination_port: i64 = -1
        self.protocol: i64 = -1
        self.ip_version: i64 = 0
        self.icmp_type: i64 = -1
        self.icmp_code: i64 = -1
        self.vlans: tuple[int, ...] = ()
        self.packet_source = FROM_WIRE  # EVE's pkt_src
        self.tunnel: Tunnel | None = None  # that the packet came in
        self.flowbits: list[str] = NO_NAMES  # of its flow, as they were then (alerts and transactions)
        self.flowints: dict[str, int] = NO_INTS
        self.entropy: dict[str, float] = NO_ENTROPY  # that rules measured last, by buffer

    def set_packet(self, packet: Packet) -> None:
        """Take everything from a packet."""
        self.timestamp_ns = packet.timestamp_ns
        self.set_origin(packet)
        self.source = packet.source()
        self.destination = packet.destination()
        self.protocol = packet.protocol
        self.ip_version = packet.ip_version
        self.vlans = packet.vlans()
        self.packet_source = packet.origin
        if packet.has_ports() or (packet.is_fragment and packet.protocol in (TCP, UDP, SCTP)):
            self.source_port = packet.source_port  # 0 where only defragmentation can tell
            self.destination_port = packet.destination_port
        self.icmp_type = packet.icmp_type
        self.icmp_code = packet.icmp_code

    def set_origin(self, packet: Packet) -> None:
        """Take where a packet came from: a frame of its own, or a tunnel in one."""
        self.packet_source = packet.origin
        if packet.outer is None:
            self.number = packet.number
        else:
            self.tunnel = Tunnel(packet.outer, packet.depth)

    def set_flow_side(self, flow: Flow, to_server: bool) -> None:
        """Take the addresses from one side of a flow, as a packet from that side would have them."""
        self.source = flow.source if to_server else flow.destination
        self.destination = flow.destination if to_server else flow.source
        self.protocol = flow.protocol
        self.ip_version = flow.ip_version
        self.vlans = flow.vlans
        if flow.tcp is not None or flow.source_port or flow.destination_port:
            self.source_port = flow.source_port if to_server else flow.destination_port
            self.destination_port = flow.destination_port if to_server else flow.source_port
        self.icmp_type = flow.icmp_type if to_server else flow.response_icmp_type
        self.icmp_code = flow.icmp_code if to_server else flow.response_icmp_code


@final
class Verdict:
    """What becomes of one packet, once all rules have spoken."""

    def __init__(self) -> None:
        self.action = "alert"  # alert, pass or drop
        self.reason = ""  # why it is dropped, by EVE's names ("rules", "flow drop")
        self.resets_client = False  # rejected: the side gets a TCP reset or an ICMP error
        self.resets_server = False

    def is_rejected(self) -> bool:
        """Return whether a side is told that its packet was refused."""
        return self.resets_client or self.resets_server


@final
class Alert(Event):
    """A rule matched, and its threshold let it through."""

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule
        self.is_blocked = False  # the rule's action stopped the packet (inline, or as if)
        self.has_direction = False
        self.to_server = True
        self.is_stream = False  # `payload` is of the stream, not of one packet
        self.payload = b""  # what was inspected; the payload of the packet for a rule on headers
        self.packet = b""  # the frame
        self.link_type: i64 = 0
        self.packets_to_server: i64 = 0  # of the flow, when it happened
        self.packets_to_client: i64 = 0
        self.bytes_to_server: i64 = 0
        self.bytes_to_client: i64 = 0
        self.context: dict[str, bytes] = {}  # JSON of what was found in data sets, by the rule's keys
        self.flow_variables: dict[str, bytes] = {}  # that rules captured, of the flow
        self.packet_variables: dict[str, bytes] = {}  # and of the packet
        self.captured: dict[str, bytes] = {}  # by this rule, for its alert alone
        self.verdict: Verdict | None = None  # of its packet
        self.app_names = UNKNOWN  # of its application protocol, as it was known then (Application.names)
        self.transaction_number: i64 = -1  # of the transaction that matched; -1 where none did
        self.application: tuple[str, dict[str, object]] | None = None  # its EVE object, by name, as it was then
        self.progress = ("", "")  # of its sides, by name
        self.files: list[FileFacts] = []  # of its side of that transaction
        self.is_guessed = False  # the rule did not look at it: it was the only one of its flow


@final
class TransactionRecord(Event):
    """A transaction came to where its record is due."""

    def __init__(self, record_type: str, fields: dict[str, object]) -> None:
        super().__init__()
        self.record_type = record_type  # EVE's event_type, and the name of `fields` in the record
        self.fields = fields
        self.transaction_number: i64 = 0


@final
class Drop(Event):
    """A packet that does not go on (inline, or as if)."""

    def __init__(self, verdict: Verdict, alert: Alert | None) -> None:
        super().__init__()
        self.verdict = verdict
        self.alert = alert  # of the first rule that asked for it; none where no rule did
        self.has_direction = False
        self.to_server = True
        self.is_repeated = False  # dropped with its flow, and its side of the flow was reported before
        self.header = b""  # the IP header without options or extension headers
        self.transport = b""  # what the transport header begins with, as far as it can be read


@final
class Rewritten(Event):
    """A packet that goes on with other bytes (inline, or as if): `packet` in place of the frame that came."""

    def __init__(self, packet: bytes) -> None:
        super().__init__()
        self.packet = packet


@final
class TaggedPacket(Event):
    """A packet that follows a match of a rule with `tag`."""

    def __init__(self) -> None:
        super().__init__()
        self.packet = b""  # the frame
        self.link_type: i64 = 0


@final
class FlowEnd(Event):
    """A flow ended: `flow` does not change any more."""


@final
class Anomaly(Event):
    """Malformed or suspect traffic, by the reference engine's event names ("ipv4.trunc_pkt")."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__()
        self.kind = kind  # decode, stream or applayer
        self.name = name
        self.layer = ""  # applayer: who found it, proto_parser or proto_detect
        self.app_protocol = ""
        self.transaction_number: i64 = -1


@final
class FileFacts:
    """A file as it stands: what records say of it."""

    def __init__(self, file: File, transaction_number: i64) -> None:
        self.name = file.name
        self.sids = list(file.sids)  # rules that want it stored
        self.kind = file.kind()
        self.has_gaps = file.has_gaps
        self.state = file.state
        self.md5 = b""
        self.sha1 = b""
        self.sha256 = b""
        if file.digests is not None:
            self.md5 = file.digests.md5
            self.sha1 = file.digests.sha1
            self.sha256 = file.digests.sha256
        self.is_stored = file.number > 0
        self.is_storing = file.is_wanted and file.number == 0 and file.moved is not None
        self.number = file.number  # of those that were stored
        self.size = file.size
        self.start = file.start  # its place in a larger file; -1: it is none of its parts
        self.end = file.end
        self.transaction_number = transaction_number


@final
class FileBytes(Event):
    """The next bytes of a file for the store; whether it is kept is told by its FileInfo."""

    def __init__(self, handle: i64, data: bytes) -> None:
        super().__init__()
        self.handle = handle
        self.data = data


@final
class FileDropped(Event):
    """The bytes of a file that were told so far are not to be kept: it will not come to its end."""

    def __init__(self, handle: i64) -> None:
        super().__init__()
        self.handle = handle


@final
class FileInfo(Event):
    """A file came to its end."""

    def __init__(self, facts: FileFacts, handle: i64) -> None:
        super().__init__()
        self.facts = facts
        self.handle = handle  # 0: none of its bytes were told
        self.is_silent = False  # no record is wanted of it
        self.application: tuple[str, dict[str, object]] | None = None  # as of an alert
        self.app_names = UNKNOWN  # of its application protocol (Application.names)
