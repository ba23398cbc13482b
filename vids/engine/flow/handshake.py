"""How a connection begins: a SYN, its answer, and what may come in their place (RFC 9293, section 3.10.7).

The states none and syn_sent; `completion` has syn_recv.
"""

from __future__ import annotations

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.closing import close_by_reset, take_fin
from vids.engine.flow.established import take_segment
from vids.engine.flow.midstream import answer_unseen, pick_up, resume
from vids.engine.flow.opening import add_behind_syn, after, opening, take_answer, take_syn
from vids.engine.flow.session import (
    CLOSED,
    ESTABLISHED,
    LAST_ACK,
    NONE,
    SYN_RECEIVED,
    SYN_SENT,
    TIME_WAIT,
    Opening,
    TcpSession,
)
from vids.engine.flow.validity import echo_is_valid
from vids.engine.packet.packet import ACK, FIN, RST, SYN, Packet


def begin(arrival: Arrival) -> None:
    """Without a session: a SYN begins one; anything else only where it may be picked up in the middle."""
    flags = arrival.flags
    settings = arrival.settings
    if flags & RST:
        arrival.event("stream.rst_but_no_session")
    elif flags & FIN:
        if settings.midstream and arrival.length > 0:
            pick_up(arrival)
            take_fin(arrival)
        else:
            arrival.event("stream.fin_but_no_session")
    elif flags & SYN and flags & ACK:
        if (settings.midstream or settings.async_oneside) and not arrival.to_server:
            resume(arrival, True)
    elif flags & SYN:
        arrival.counters.sessions += 1
        arrival.session.is_async = settings.async_oneside
        open_client(arrival)
    elif flags & ACK and settings.midstream:
        pick_up(arrival)
        take_segment(arrival)


def open_client(arrival: Arrival) -> None:
    """Take the client's SYN; data in it is kept until the answer says whether it counts (RFC 7413)."""
    session = arrival.session
    session.state = SYN_SENT
    if arrival.packet.tcp_fast_open or arrival.length > 0:
        session.is_fast_open = True
    take_syn(session, opening(arrival))
    arrival.locate()
    arrival.offset += 1  # behind the SYN
    arrival.end += 1
    arrival.advance()
    arrival.add()


# in syn_sent


def answer(arrival: Arrival) -> None:
    """In syn_sent: a SYN/ACK, another SYN, or a SYN of the server (split handshake, simultaneous open)."""
    flags = arrival.flags
    if flags & SYN and flags & ACK and not flags & RST:
        if arrival.to_server:
            answer_four_way(arrival)
        else:
            accept(arrival)
        return
    if not echo_is_valid(arrival):
        arrival.event("stream.pkt_invalid_timestamp")
    elif flags & RST:
        refuse(arrival)
    elif flags & FIN:
        return
    elif flags & SYN:
        if arrival.to_server:
            open_again(arrival)
        else:
            open_server(arrival)
    elif flags & ACK:
        answer_unseen(arrival)


def refuse(arrival: Arrival) -> None:
    """Close on a RST of the server that acknowledges the SYN (RFC 9293, section 3.10.7.3).

    One of the client counts for nothing: that the server has seen the SYN, and would take a RST, is not known.
    """
    if arrival.length > 0:
        arrival.event("stream.rst_with_data")
    if arrival.to_server and not arrival.session.server_syn is not None:
        if arrival.packet.tcp_ack:
            arrival.event("stream.pkt_invalid_ack")
            arrival.event("stream.rst_invalid_ack")
    elif arrival.has_ack and 0 <= arrival.ack <= arrival.peer.sent:
        close_by_reset(arrival)
    elif arrival.packet.tcp_ack:
        arrival.event("stream.pkt_invalid_ack")
        arrival.event("stream.rst_invalid_ack")


def open_again(arrival: Arrival) -> None:
    """Take another SYN of the client for the one that counts, and remember the others: the answer decides."""
    session = arrival.session
    last, new = session.syn, opening(arrival)
    if last is None or (last.is_same(new) and last.time_s == new.time_s):
        return
    others = session.other_openings
    if others is None:
        others = session.other_openings = []
    is_known = False
    for other in others:
        is_known = is_known or (other.timestamp >= 0 and other.is_same(last))
    if not is_known:
        if len(others) >= arrival.settings.max_syn_queued:
            arrival.event("stream.3whs_syn_flood")
            arrival.counters.openings_dropped += 1
            del others[0]
        others.append(last)
    if last.seq == new.seq:
        session.syn = new
        session.client.timestamp = new.timestamp
        session.client.timestamp_s = new.time_s
    else:
        open_client(arrival)


def open_server(arrival: Arrival) -> None:
    """Take a SYN of the server: the client's SYN/ACK is to follow."""
    session = arrival.session
    first = opening(arrival)
    session.server.start(first.seq + 1)
    session.server.timestamp = first.timestamp
    session.server.timestamp_s = first.time_s
    session.server_syn = first


def accept(arrival: Arrival) -> None:
    """Take the server's SYN/ACK."""
    session = arrival.session
    client = session.client
    is_echoed = arrival.settings.liberal_timestamps or echo_is_valid(arrival)
    if not is_echoed or not 0 <= arrival.ack <= client.sent:
        syn = find_syn(arrival)
        if syn is None:
            if is_echoed:
                arrival.event("stream.3whs_synack_with_wrong_ack")
            else:
                arrival.event("stream.pkt_invalid_timestamp")
            return
        take_syn(session, syn)
        arrival.locate()
    if arrival.ack == 0 and client.sent > 0:  # the data of the SYN does not count: it comes again
        arrival.event("stream.3whs_synack_tfo_data_ignored")
        session.is_fast_open_refused = True
        client.start(client.origin)
    take_answer(session, opening(arrival))
    session.other_openings = None
    add_behind_syn(arrival)


def find_syn(arrival: Arrival) -> Opening | None:
    """Return the SYN that a SYN/ACK answers, of those that were not the last."""
    packet = arrival.packet
    for syn in arrival.session.other_openings or ():
        if after(syn.seq) != packet.tcp_ack:
            continue
        if arrival.settings.liberal_timestamps or syn.timestamp < 0 or syn.timestamp == packet.tcp_ts_echo:
            return syn
    return None


def answer_four_way(arrival: Arrival) -> None:
    """Take the client's SYN/ACK, its answer to a SYN of the server."""
    session = arrival.session
    client, server = session.client, session.server
    first = session.server_syn
    if first is None:
        arrival.event("stream.3whs_synack_in_wrong_direction")
    elif arrival.packet.tcp_ack != server.origin:
        arrival.event("stream.4whs_synack_with_wrong_ack")
    elif after(arrival.packet.tcp_seq) != client.origin:
        arrival.event("stream.4whs_synack_with_wrong_syn")
    else:
        says = opening(arrival)
        server.advertised = says.window
        server.window_end = says.window
        client.advertised = first.window
        client.window_end = client.last_ack + first.window
        if first.wscale >= 0 and says.wscale >= 0:
            client.shift = first.wscale
            server.shift = says.wscale
        session.has_timestamps = says.timestamp >= 0 and server.timestamp >= 0
        client.timestamp = says.timestamp
        client.timestamp_s = says.time_s
        session.state = SYN_RECEIVED


# ports that are used anew


def is_reuse(packet: Packet, session: TcpSession, to_server: bool) -> bool:
    """Return whether a packet with SYN begins another connection on the same ports.

    While a connection lives, a SYN alone is no proof: anyone can send one, and both ends ignore it (RFC 5961,
    section 4). The SYN/ACK that answers it is.
    """
    state = session.state
    if packet.tcp_flags & (RST | FIN):
        return False
    if packet.tcp_flags & ACK:
        is_answer = not to_server and state >= ESTABLISHED and packet.tcp_ack == session.syn_again
        return is_answer and after(packet.tcp_seq) != session.server.origin
    if state == NONE:
        return True
    if session.is_fast_open_refused and to_server:
        return True
    if after(packet.tcp_seq) == (session.client if to_server else session.server).origin:
        return False
    if state in (LAST_ACK, TIME_WAIT, CLOSED):
        return True
    if to_server and state >= ESTABLISHED:
        session.syn_again = after(packet.tcp_seq)
    return False
