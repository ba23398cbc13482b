"""What a SYN or a SYN/ACK sets: sequence numbers, windows and their scale, timestamps."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.session import SYN_RECEIVED, Opening, TcpSession

MAX_SHIFT: Final = 14  # of a window (RFC 7323, section 2.3)
MAX_WINDOW: Final = 65535 << MAX_SHIFT  # bytes


def opening(arrival: Arrival) -> Opening:
    """Return what a SYN or SYN/ACK says."""
    packet = arrival.packet
    made = Opening(packet.tcp_seq, packet.tcp_ack if arrival.has_ack else 0)
    made.window = packet.tcp_window
    made.wscale = min(packet.tcp_wscale, MAX_SHIFT)
    made.timestamp = packet.tcp_ts_value
    made.time_s = arrival.now_s()
    return made


def take_syn(session: TcpSession, syn: Opening) -> None:
    """Let a SYN of the client be the one that counts."""
    session.syn = syn
    client, server = session.client, session.server
    client.start(syn.seq + 1)
    client.timestamp = syn.timestamp
    client.timestamp_s = syn.time_s
    server.advertised = syn.window


def take_answer(session: TcpSession, answer: Opening) -> None:
    """Let a SYN/ACK of the server be the one that counts."""
    client, server, syn = session.client, session.server, session.syn
    session.state = SYN_RECEIVED
    session.server_syn = None
    server.start(answer.seq + 1)
    client.acknowledge(client.offset(answer.ack))
    client.advertised = answer.window
    client.window_end = client.last_ack + answer.window
    if syn is not None:
        server.window_end = server.advertised = syn.window
    both_scale = syn is None or syn.wscale >= 0
    client.shift = answer.wscale if both_scale and answer.wscale >= 0 else 0
    if syn is not None:
        server.shift = max(syn.wscale, 0)  # though the answer has none: the option may have been taken off on the way
    session.has_timestamps = answer.timestamp >= 0 and client.timestamp >= 0
    server.timestamp = answer.timestamp
    server.timestamp_s = answer.time_s


def add_behind_syn(arrival: Arrival) -> None:
    """Put data that came with a SYN/ACK into the stream."""
    arrival.locate()
    arrival.offset += 1
    arrival.end += 1
    arrival.advance()
    arrival.add()


def after(seq: i64) -> i64:
    """Return the sequence number behind `seq`."""
    return (seq + 1) & 0xFFFFFFFF
