"""Connections of which the handshake, or a part of it, was not seen."""

from __future__ import annotations

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.established import take_segment
from vids.engine.flow.opening import MAX_SHIFT, MAX_WINDOW, add_behind_syn, opening, take_answer
from vids.engine.flow.session import ESTABLISHED


def pick_up(arrival: Arrival) -> None:
    """Begin in the middle: the first packet says where both streams stand."""
    packet, session = arrival.packet, arrival.session
    arrival.counters.sessions += 1
    arrival.counters.midstream_pickups += 1
    session.is_midstream = True
    session.is_async = arrival.settings.async_oneside
    arrival.mine.start(packet.tcp_seq)
    arrival.peer.start(packet.tcp_ack)
    go_on_in_the_middle(arrival)


def go_on_in_the_middle(arrival: Arrival) -> None:
    """Open a session of which the handshake, or a part of it, was not seen: windows may be as large as can be."""
    packet, session = arrival.packet, arrival.session
    arrival.mine.shift = arrival.peer.shift = MAX_SHIFT
    if packet.tcp_ts_value >= 0:
        session.has_timestamps = True
        arrival.mine.timestamp = packet.tcp_ts_value
        arrival.peer.timestamp = packet.tcp_ts_echo
        arrival.mine.timestamp_s = arrival.peer.timestamp_s = arrival.now_s()
    session.state = ESTABLISHED
    arrival.locate()


def resume(arrival: Arrival, is_midstream: bool) -> None:
    """Begin with a SYN/ACK, its SYN being unseen or taken for an attack."""
    session = arrival.session
    arrival.counters.sessions += 1
    session.is_midstream = is_midstream
    if is_midstream:
        arrival.counters.midstream_pickups += 1
        session.is_async = arrival.settings.async_oneside
    session.client.start(arrival.packet.tcp_ack)
    session.server.shift = MAX_SHIFT  # unknown
    answer = opening(arrival)
    take_answer(session, answer)
    session.server.window_end = session.server.advertised = MAX_WINDOW
    session.has_timestamps = answer.timestamp >= 0
    session.client.timestamp = arrival.packet.tcp_ts_echo
    session.client.timestamp_s = answer.time_s
    add_behind_syn(arrival)


def answer_unseen(arrival: Arrival) -> None:
    """Go on although the SYN/ACK was not seen, where that is wanted."""
    session, settings = arrival.session, arrival.settings
    client = session.client
    if settings.async_oneside and arrival.to_server:
        if arrival.offset != client.sent:
            arrival.event("stream.3whs_async_wrong_seq")
            return
        session.is_async = True
    elif not settings.midstream or not (arrival.to_server or 0 <= arrival.ack <= client.sent):
        return
    arrival.counters.midstream_pickups += 1
    session.is_midstream = True
    session.server.start(arrival.packet.tcp_ack if arrival.to_server else arrival.packet.tcp_seq)
    go_on_in_the_middle(arrival)
    take_segment(arrival)
