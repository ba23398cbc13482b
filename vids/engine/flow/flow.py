"""A flow: both directions of a five-tuple (RFC 6146 calls it a session; EVE names it by flow_id)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.flow.application import Application
from vids.engine.flow.session import TcpSession
from vids.engine.flow.tag import Tags
from vids.engine.packet.packet import TCP

NEW: Final = 0  # states, as EVE's flow.state names them
ESTABLISHED: Final = 1
CLOSED: Final = 2
BYPASSED: Final = 3
STATE_NAMES: Final = ("new", "established", "closed", "bypassed")

FLOW_SIZE: Final = 800  # bytes, with its place in the table
SESSION_SIZE: Final = 1600  # bytes of a TCP session and its streams, while they are empty


@final
@mypyc_attr(acyclic=True)
class Flow:
    """Who talks to whom, how much, in which state; `source` is the side that began it.

    The garbage collector does not look at flows, which would cost as much as all packets: nothing that a flow
    holds may refer back to it.
    """

    def __init__(self, key: bytes, reverse_key: bytes, source: bytes, destination: bytes) -> None:
        self.key = key
        self.reverse_key = reverse_key
        self.source = source  # 4 or 16 bytes
        self.destination = destination
        self.source_port: i64 = 0
        self.destination_port: i64 = 0
        self.protocol: i64 = 0
        self.ip_version: i64 = 4
        self.vlans: tuple[int, ...] = ()
        self.id: i64 = 0  # 51 bits, a function of the first packet alone: the same in every run
        self.start_ns: i64 = 0
        self.last_ns: i64 = 0
        self.state: i64 = NEW
        self.was_established = False  # when the packet at hand came, before it moved a TCP state: flow:established
        self.packets_to_server: i64 = 0
        self.packets_to_client: i64 = 0
        self.bytes_to_server: i64 = 0  # of whole frames
        self.bytes_to_client: i64 = 0
        self.icmp_type: i64 = -1  # of the first packet each way
        self.icmp_code: i64 = -1
        self.response_icmp_type: i64 = -1
        self.response_icmp_code: i64 = -1
        self.tcp: TcpSession | None = None
        self.app: Application | None = None  # its application protocol, once it said something
        self.end_reason = ""  # EVE's flow.reason once the flow has ended
        self.is_alerted = False
        self.is_passed = False  # a pass rule took the flow
        self.is_dropped = False  # a drop rule took the flow: it is not inspected, and inline it goes nowhere
        self.is_dropped_by_policy = False  # not a rule, but a limit or the lack of a handshake
        self.is_drop_told_to_server = False  # reported once each way
        self.is_drop_told_to_client = False
        self.exceptions: tuple[tuple[str, str], ...] = ()  # policies that met the flow: (target, policy)
        self.is_bypassed = False  # no longer inspected
        self.bits: set[int] | None = None  # flowbits that are set, by number (rule/names.py)
        self.ints: dict[int, int] | None = None  # flowints, by number
        self.entropy: dict[str, float] | None = None  # that rules measured last, by buffer
        self.tags: Tags | None = None  # rules want the packets that follow
        self.has_seen_source_rules = False  # address-only rules ran for packets to the server
        self.has_seen_reply_rules = False  # and for packets to the client
        self.seen_s: i64 = 0  # the table's clock when the last packet came
        self.slot: i64 = -1  # where the table's wheel holds the flow; -1 when it does not
        self.slot_index: i64 = 0


def size_of(protocol: i64) -> i64:
    """Return about how many bytes a flow takes, without what its streams hold."""
    return FLOW_SIZE + SESSION_SIZE if protocol == TCP else FLOW_SIZE
