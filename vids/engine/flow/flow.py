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

    source_port: i64 = 0
    destination_port: i64 = 0
    protocol: i64 = 0
    ip_version: i64 = 4
    vlans: tuple[int, ...] = ()
    id: i64 = 0  # 51 bits, a function of the first packet alone: the same in every run
    start_ns: i64 = 0
    last_ns: i64 = 0
    state: i64 = NEW
    was_established: bool = False  # when the packet at hand came, before it moved a TCP state: flow:established
    packets_to_server: i64 = 0
    packets_to_client: i64 = 0
    bytes_to_server: i64 = 0  # of whole frames
    bytes_to_client: i64 = 0
    icmp_type: i64 = -1  # of the first packet each way
    icmp_code: i64 = -1
    response_icmp_type: i64 = -1
    response_icmp_code: i64 = -1
    tcp: TcpSession | None = None
    app: Application | None = None  # its application protocol, once it said something
    end_reason: str = ""  # EVE's flow.reason once the flow has ended
    is_alerted: bool = False
    is_passed: bool = False  # a pass rule took the flow
    is_dropped: bool = False  # a drop rule took the flow: it is not inspected, and inline it goes nowhere
    is_dropped_by_policy: bool = False  # not a rule, but a limit or the lack of a handshake
    is_drop_told_to_server: bool = False  # reported once each way
    is_drop_told_to_client: bool = False
    exceptions: tuple[tuple[str, str], ...] = ()  # policies that met the flow: (target, policy)
    is_bypassed: bool = False  # no longer inspected
    bits: set[int] | None = None  # flowbits that are set, by number (rule/names.py)
    ints: dict[int, int] | None = None  # flowints, by number
    variables: dict[str, bytes] | None = None  # that rules captured, by name
    entropy: dict[str, float] | None = None  # that rules measured last, by buffer
    tags: Tags | None = None  # rules want the packets that follow
    has_seen_source_rules: bool = False  # address-only rules ran for packets to the server
    has_seen_reply_rules: bool = False  # and for packets to the client
    seen_s: i64 = 0  # the table's clock when the last packet came
    slot: i64 = -1  # where the table's wheel holds the flow; -1 when it does not
    slot_index: i64 = 0

    def __init__(self, key: bytes, reverse_key: bytes, source: bytes, destination: bytes) -> None:
        self.key = key
        self.reverse_key = reverse_key
        self.source = source  # 4 or 16 bytes
        self.destination = destination


def size_of(protocol: i64) -> i64:
    """Return about how many bytes a flow takes, without what its streams hold."""
    return FLOW_SIZE + SESSION_SIZE if protocol == TCP else FLOW_SIZE
