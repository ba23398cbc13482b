"""How a connection begins: SYN, SYN/ACK, ACK and what may come in their place (RFC 9293, section 3.10.7)."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.closing import close_by_reset, take_fin
from vids.engine.flow.established import take_segment
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
from vids.engine.flow.target import LINUX, OLD_LINUX, SOLARIS
from vids.engine.flow.validity import (
    ack_is_valid,
    echo_is_valid,
    note_timestamp,
    reset_is_valid,
    timestamp_is_valid,
)
from vids.engine.packet.packet import ACK, FIN, RST, SYN, Packet

MAX_SHIFT: Final = 14  # of a window (RFC 7323, section 2.3)
MAX_WINDOW: Final = 65535 << MAX_SHIFT  # bytes
RESET_PROOF: Final = (LINUX, OLD_LINUX, SOLARIS)  # whose half-open connection survives a RST after an odd ACK


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


def add_behind_syn(arrival: Arrival) -> None:
    """Put data that came with a SYN/ACK into the stream."""
    arrival.locate()
    arrival.offset += 1
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


# in syn_recv


def complete(arrival: Arrival) -> None:
    """In syn_recv: the ACK that ends the handshake, or what comes in its place."""
    flags = arrival.flags
    session = arrival.session
    if flags & RST:
        if reset_is_valid(arrival) and not (session.is_evasion and arrival.mine.target in RESET_PROOF):
            close_by_reset(arrival)
    elif flags & FIN:
        take_fin(arrival)
    elif flags & SYN:
        repeat(arrival)
    elif flags & ACK:
        choose_answer(arrival)
        if timestamp_is_valid(arrival) and is_completed(arrival):
            establish(arrival)


def repeat(arrival: Arrival) -> None:
    """Note a SYN or SYN/ACK that comes in syn_recv; the client's answer says which SYN/ACK counts."""
    session, packet = arrival.session, arrival.packet
    if not arrival.flags & ACK:
        if not arrival.to_server:
            arrival.event("stream.3whs_syn_toclient_on_syn_recv")
        elif after(packet.tcp_seq) != session.client.origin:
            arrival.event("stream.3whs_syn_resend_diff_seq_on_syn_recv")
    elif arrival.to_server:
        if session.server_syn is None:
            arrival.event("stream.3whs_synack_toserver_on_syn_recv")
    elif arrival.ack != session.client.last_ack:
        arrival.event("stream.3whs_synack_resend_with_diff_ack")
    elif after(packet.tcp_seq) != session.server.origin:
        arrival.event("stream.3whs_synack_resend_with_diff_seq")
        queue_answer(arrival)


def queue_answer(arrival: Arrival) -> None:
    """Remember another SYN/ACK."""
    session = arrival.session
    others = session.other_openings
    if others is None:
        others = session.other_openings = []
    new = opening(arrival)
    for other in others:
        if other.is_same(new):
            return
    if len(others) >= arrival.settings.max_synack_queued:
        arrival.event("stream.3whs_synack_flood")
        arrival.counters.openings_dropped += 1
        return
    others.append(new)


def choose_answer(arrival: Arrival) -> None:
    """Let another SYN/ACK count if it is the one that the client acknowledges."""
    session, packet = arrival.session, arrival.packet
    if session.other_openings is None or not arrival.to_server:
        return
    for other in session.other_openings:
        if other.ack == packet.tcp_seq and after(other.seq) == packet.tcp_ack:
            take_answer(session, other)
            arrival.locate()
            return


def is_completed(arrival: Arrival) -> bool:
    """Return whether the segment ends the handshake, and say what is wrong if not."""
    session, mine, peer = arrival.session, arrival.mine, arrival.peer
    is_next = arrival.offset == mine.sent
    if arrival.to_server:
        if is_next and 0 <= arrival.ack <= peer.sent:
            return True
        if is_next:
            session.is_evasion = True
            arrival.event("stream.3whs_right_seq_wrong_ack_evasion")
            return False
        if mine.sent < arrival.offset <= mine.window_end and arrival.ack == peer.sent:
            return True  # the capture lost what is between
    elif session.server_syn is not None:
        if is_next and ack_is_valid(arrival):
            return True
        arrival.event("stream.4whs_invalid_ack" if is_next else "stream.4whs_wrong_seq")
        return False
    else:
        may_be_first = session.is_midstream or session.is_fast_open
        if arrival.settings.is_inline and not may_be_first:
            is_injected = arrival.length > 0 and is_next and arrival.ack == peer.last_ack
            arrival.event("stream.3whs_ack_data_inject" if is_injected else "stream.3whs_ack_in_wrong_dir")
            return False
        if is_next and arrival.ack == peer.last_ack:
            return True  # the capture lost the client's ACK
        if arrival.offset >= mine.sent and peer.last_ack < arrival.ack <= peer.window_end:
            return True
        if is_next and session.is_async:
            return True
    arrival.event("stream.3whs_wrong_seq_wrong_ack")
    return False


def establish(arrival: Arrival) -> None:
    """Open the connection, and take the segment that ended its handshake."""
    session = arrival.session
    session.state = ESTABLISHED
    session.syn = None
    session.other_openings = None
    note_timestamp(arrival)
    arrival.take_ack()
    arrival.advance()
    arrival.take_window()
    arrival.reset_window()
    arrival.add()


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


def after(seq: i64) -> i64:
    """Return the sequence number behind `seq`."""
    return (seq + 1) & 0xFFFFFFFF
