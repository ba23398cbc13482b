"""A TCP connection as its packets show it: state, and one stream each way (RFC 9293)."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

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


NO_OPTION: Final = -1


@final
@mypyc_attr(acyclic=True)
class Opening:
    """What a SYN or a SYN/ACK says about its sender."""

    def __init__(self, seq: i64, ack: i64) -> None:
        self.seq = seq
        self.ack = ack  # 0 for a SYN
        self.window: i64 = 0  # not scaled
        self.wscale: i64 = NO_OPTION  # options
        self.timestamp: i64 = NO_OPTION
        self.time_s: i64 = 0  # packet time

    def is_same(self, other: Opening) -> bool:
        """Return whether both say the same, whenever they were sent."""
        if self.seq != other.seq or self.ack != other.ack or self.timestamp != other.timestamp:
            return False
        return self.window == other.window and self.wscale == other.wscale


@final
@mypyc_attr(acyclic=True)
class TcpSession:
    """Both streams of a connection and how far it has come."""

    state: i64 = NONE
    flags_to_server: i64 = 0  # all TCP flags seen
    flags_to_client: i64 = 0
    is_established: bool = False  # it was, once
    is_midstream: bool = False  # picked up without its handshake
    is_async: bool = False  # one side alone is seen
    is_fast_open: bool = False  # the SYN may carry data (RFC 7413)
    is_fast_open_refused: bool = False  # the server did not take the data of the SYN
    is_evasion: bool = False  # the handshake ended in a way that some targets ignore
    is_confirmed: bool = False  # the server has seen the end of the handshake
    has_timestamps: bool = False  # both sides agreed on them
    syn: Opening | None = None  # the last one, until it is answered
    server_syn: Opening | None = None  # the server answered the SYN with a SYN of its own
    other_openings: list[Opening] | None = None  # SYNs in syn_sent, SYN/ACKs in syn_recv: the answer decides
    syn_again: i64 = -1  # what a SYN/ACK must acknowledge to prove that the ports are used anew
    state_before_reset: i64 = NONE
    is_reset_by_client: bool = False

    def __init__(self, client: Stream, server: Stream) -> None:
        self.client = client  # what the client sends
        self.server = server

    def reverse(self) -> None:
        """Take the client for the server: who is which was a guess."""
        self.client, self.server = self.server, self.client
        self.flags_to_server, self.flags_to_client = self.flags_to_client, self.flags_to_server
        self.is_reset_by_client = not self.is_reset_by_client
