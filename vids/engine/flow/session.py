"""A TCP connection as its packets show it: state, and one stream each way (RFC 9293)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from vids.engine.flow.reassembly import Reassembly
from vids.engine.flow.stream import Stream

NONE: Final = 0  # states, as EVE's tcp.state names them
SYN_SENT: Final = 1
SYN_RECEIVED: Final = 2
ESTABLISHED: Final = 3
FIN_WAIT1: Final = 4
FIN_WAIT2: Final = 5
TIME_WAIT: Final = 6
LAST_ACK: Final = 7
CLOSE_WAIT: Final = 8
CLOSING: Final = 9
CLOSED: Final = 10
STATE_NAMES: Final = (
    "none", "syn_sent", "syn_recv", "established", "fin_wait1", "fin_wait2", "time_wait", "last_ack",
    "close_wait", "closing", "closed",
)  # fmt: skip


@final
@mypyc_attr(acyclic=True)
class TcpSession:
    """Both streams of a connection and how far it has come."""

    def __init__(self, depth: i64, is_first_wins: bool, reassembly: Reassembly | None = None) -> None:
        shared = Reassembly() if reassembly is None else reassembly
        self.state: i64 = NONE
        self.client = Stream(depth, is_first_wins, shared)  # what the client sends
        self.server = Stream(depth, is_first_wins, shared)
        self.flags_to_server: i64 = 0  # all TCP flags seen
        self.flags_to_client: i64 = 0
        self.is_established = False  # it was, once
        self.is_midstream = False  # picked up without its handshake
        self.is_four_way = False  # the server answered the SYN with a SYN of its own
        self.syn_window: i64 = 0  # bytes, not scaled: what the client's SYN advertised
        self.other_client_origin: i64 = -1  # of an earlier SYN with another ISN: the answer says which one counts
        self.other_server_origin: i64 = -1  # the same of an earlier SYN/ACK
        self.syn_again: i64 = -1  # what a SYN/ACK must acknowledge to prove that the ports are used anew
        self.state_before_reset: i64 = NONE
        self.is_reset_by_client = False
