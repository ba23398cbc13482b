"""How a handshake ends: the state syn_recv (RFC 9293, section 3.10.7.4)."""

from __future__ import annotations

from typing import Final

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.closing import close_by_reset, take_fin
from vids.engine.flow.opening import after, opening, take_answer
from vids.engine.flow.session import ESTABLISHED
from vids.engine.flow.target import LINUX, OLD_LINUX, SOLARIS
from vids.engine.flow.validity import ack_is_valid, note_timestamp, reset_is_valid, timestamp_is_valid
from vids.engine.packet.packet import ACK, FIN, RST, SYN

RESET_PROOF: Final = (LINUX, OLD_LINUX, SOLARIS)  # whose half-open connection survives a RST after an odd ACK


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
