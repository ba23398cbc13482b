"""How a connection ends: FIN, RST, and what comes behind them (RFC 9293, section 3.10.7).

States are the server's, as the reference engine names them: a FIN of the client leads to close_wait, one of the
server to fin_wait1. So `sent` counts the FIN of the server, and not that of the client.
"""

from __future__ import annotations

from mypy_extensions import i64

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.session import (
    CLOSE_WAIT,
    CLOSED,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
    NONE,
    TIME_WAIT,
)
from vids.engine.flow.validity import (
    ack_is_valid,
    is_retransmission,
    note_timestamp,
    reset_is_valid,
    timestamp_is_valid,
)
from vids.engine.packet.packet import FIN, RST, SYN


def take_fin(arrival: Arrival) -> None:
    """In syn_recv and established: a FIN begins the end, if the receiver takes it."""
    session, mine = arrival.session, arrival.mine
    if not timestamp_is_valid(arrival):
        return
    if not ack_is_valid(arrival):
        arrival.event("stream.fin_invalid_ack")
    elif arrival.offset < mine.last_ack or arrival.end > mine.window_end:
        arrival.event("stream.fin_out_of_window")
    elif arrival.flags & SYN:
        arrival.event("stream.fin_syn")
    else:
        session.state = CLOSE_WAIT if arrival.to_server else FIN_WAIT1
        note_timestamp(arrival)
        mine.sent = arrival.end + fin_size(arrival)
        arrival.take_window()
        settle(arrival)
        arrival.finish()


def fin_size(arrival: Arrival) -> i64:
    """Return how far a FIN of the sender moves `sent`."""
    return 0 if arrival.to_server else 1


def settle(arrival: Arrival) -> None:
    """Let acknowledgement and payload of an accepted segment count; what it acknowledges was sent, seen or not."""
    peer = arrival.peer
    if arrival.has_ack:
        peer.sent = max(peer.sent, arrival.ack)
    arrival.take_ack()
    arrival.add()
    if arrival.session.is_async:
        arrival.mine.acknowledge(arrival.mine.sent)


def follow(arrival: Arrival) -> None:
    """Expect the sender to go on behind this segment, if it is the next one."""
    mine = arrival.mine
    if arrival.offset == mine.sent:
        mine.sent = arrival.end


def shut_down(arrival: Arrival) -> None:
    """In the states from fin_wait1 to time_wait."""
    flags, state = arrival.flags, arrival.session.state
    if flags & RST:
        if reset_is_valid(arrival):
            close_by_reset(arrival)
        return
    if flags & SYN and not flags & FIN:
        arrival.event("stream.shutdown_syn_resend")
        return
    is_fin = flags & FIN != 0
    if not arrival.has_ack and (not is_fin or state == CLOSING):
        return
    if is_fin and state in (LAST_ACK, TIME_WAIT):
        return
    if state == LAST_ACK and not arrival.to_server:
        return
    if not timestamp_is_valid(arrival):
        return
    if state == CLOSE_WAIT:
        wait_for_server(arrival, is_fin)
    elif state == FIN_WAIT1:
        if is_fin:
            cross(arrival)
        else:
            wait_for_ack(arrival)
    elif state == FIN_WAIT2:
        if is_fin:
            end_after_ack(arrival)
        else:
            wait_for_client(arrival)
    elif state == CLOSING:
        end_after_cross(arrival)
    elif state == LAST_ACK:
        end_by_last_ack(arrival)
    else:
        end_after_wait(arrival)


def is_beyond(arrival: Arrival) -> bool:
    """Return whether the segment begins behind the window."""
    mine = arrival.mine
    return arrival.offset > mine.last_ack + mine.advertised


# the client closed first


def wait_for_server(arrival: Arrival, is_fin: bool) -> None:
    """In close_wait: the server sends what it has left, then its FIN."""
    mine = arrival.mine
    is_again = is_retransmission(arrival)
    if is_fin:
        if not is_again and (arrival.offset < mine.sent or is_beyond(arrival)):
            arrival.event("stream.closewait_fin_out_of_window")
            return
    elif arrival.length > 0 and arrival.end <= mine.last_ack:
        arrival.event("stream.closewait_pkt_before_last_ack")
        return
    elif is_beyond(arrival):
        arrival.event("stream.closewait_ack_out_of_window")
        return
    if not ack_is_valid(arrival):
        arrival.event("stream.closewait_invalid_ack")
        return
    if not is_again:
        arrival.take_window()
        if is_fin and not arrival.to_server:
            arrival.session.state = LAST_ACK
    note_timestamp(arrival)
    if not is_fin:
        follow(arrival)
    settle(arrival)
    if is_fin:
        arrival.finish()


def end_by_last_ack(arrival: Arrival) -> None:
    """In last_ack: the client acknowledges the FIN of the server."""
    mine = arrival.mine
    is_again = is_retransmission(arrival)
    if not ack_is_valid(arrival):
        arrival.event("stream.lastack_invalid_ack")
        return
    if not is_again:
        if arrival.offset > mine.sent + 1:
            arrival.event("stream.lastack_ack_wrong_seq")
            return
        if arrival.offset >= mine.sent:
            arrival.session.state = CLOSED
        arrival.take_window()
    note_timestamp(arrival)
    settle(arrival)


# the server closed first


def wait_for_ack(arrival: Arrival) -> None:
    """In fin_wait1: the client acknowledges the FIN, or goes on for a while."""
    session, mine, peer = arrival.session, arrival.mine, arrival.peer
    expected = mine.sent - fin_size(arrival)
    is_again = is_retransmission(arrival)
    if not ack_is_valid(arrival):
        arrival.event("stream.fin1_invalid_ack")
        return
    is_late = arrival.to_server and arrival.ack < peer.sent
    if not is_again and not is_late:
        if not arrival.fits_window():
            arrival.event("stream.fin1_ack_wrong_seq")
            return
        if arrival.offset == expected:
            session.state = FIN_WAIT2
        arrival.take_window()
    note_timestamp(arrival)
    if arrival.offset == expected:
        mine.sent = max(mine.sent, arrival.end)
    settle(arrival)
    arrival.move_window()


def cross(arrival: Arrival) -> None:
    """In fin_wait1: the client's FIN, with an acknowledgement of the server's or without."""
    session, mine, peer = arrival.session, arrival.mine, arrival.peer
    is_again = is_retransmission(arrival)
    if not is_again and not arrival.to_server:
        is_again = arrival.offset == mine.sent - 1 and arrival.ack == peer.last_ack
    if not is_again and (arrival.offset < mine.sent - 1 or is_beyond(arrival)):
        arrival.event("stream.fin1_fin_wrong_seq")
        return
    if not ack_is_valid(arrival):
        arrival.event("stream.fin1_invalid_ack")
        return
    if not is_again:
        session.state = TIME_WAIT if arrival.has_ack else CLOSING
        arrival.take_window()
        follow(arrival)
    note_timestamp(arrival)
    settle(arrival)
    arrival.finish()


def wait_for_client(arrival: Arrival) -> None:
    """In fin_wait2: the client sends what it has left."""
    is_again = is_retransmission(arrival)
    if not ack_is_valid(arrival):
        arrival.event("stream.fin2_invalid_ack")
        return
    if not is_again:
        if not arrival.fits_window():
            arrival.event("stream.fin2_ack_wrong_seq")
            return
        arrival.take_window()
    note_timestamp(arrival)
    follow(arrival)
    arrival.take_ack()
    arrival.move_window()
    arrival.add()


def end_after_ack(arrival: Arrival) -> None:
    """In fin_wait2: the client's FIN."""
    mine, peer = arrival.mine, arrival.peer
    is_again = arrival.offset == mine.sent - 1 and arrival.ack == peer.last_ack
    if not is_again:
        is_again = is_retransmission(arrival)
        if not is_again and (arrival.offset < mine.sent or is_beyond(arrival)):
            arrival.event("stream.fin2_fin_wrong_seq")
            return
    if not ack_is_valid(arrival):
        arrival.event("stream.fin2_invalid_ack")
        return
    if not is_again:
        arrival.session.state = TIME_WAIT
        follow(arrival)
        arrival.take_window()
    note_timestamp(arrival)
    settle(arrival)
    arrival.finish()


# both closed


def end_after_cross(arrival: Arrival) -> None:
    """In closing: an acknowledgement of a FIN."""
    is_again = is_retransmission(arrival)
    if arrival.offset != arrival.mine.sent:
        arrival.event("stream.closing_ack_wrong_seq")
        return
    if not ack_is_valid(arrival):
        arrival.event("stream.closing_invalid_ack")
        return
    if not is_again:
        arrival.session.state = TIME_WAIT
        arrival.take_window()
    note_timestamp(arrival)
    settle(arrival)


def end_after_wait(arrival: Arrival) -> None:
    """In time_wait: the last acknowledgement."""
    mine = arrival.mine
    expected = mine.sent - fin_size(arrival)
    is_again = is_retransmission(arrival)
    if not is_again and arrival.offset not in (expected, expected + 1):
        if arrival.to_server or arrival.length == 0 or arrival.offset != mine.last_ack:
            arrival.event("stream.timewait_ack_wrong_seq")
        return
    if not ack_is_valid(arrival):
        arrival.event("stream.timewait_invalid_ack")
        return
    if not is_again:
        arrival.session.state = CLOSED
        arrival.take_window()
    note_timestamp(arrival)
    settle(arrival)


# resets


def close_by_reset(arrival: Arrival) -> None:
    """Close the session on a RST that the receiver takes."""
    session = arrival.session
    if arrival.has_ack and arrival.packet.tcp_ack != 0:
        arrival.take_ack()
    note_timestamp(arrival)
    session.client.reset()
    session.server.reset()
    session.state_before_reset = session.state
    session.is_reset_by_client = arrival.to_server
    session.state = CLOSED


def goes_on(arrival: Arrival) -> bool:
    """In closed: return whether the side that is said to have sent a RST goes on, so did not send it.

    What the other side sends was in flight, or the RST was forged: it is kept.
    """
    session = arrival.session
    before = session.state_before_reset
    if before == NONE or arrival.flags & RST:
        return False
    if session.is_reset_by_client != arrival.to_server:
        if before >= ESTABLISHED and arrival.has_ack and not arrival.flags & SYN:
            arrival.add()
        return False
    if before >= ESTABLISHED:
        is_alive = arrival.length > 0 or arrival.ack > arrival.peer.last_ack
        if not arrival.has_ack or arrival.flags & SYN or arrival.offset != arrival.mine.sent or not is_alive:
            return False
    arrival.event("stream.suspected_rst_inject")
    session.state = before
    session.state_before_reset = NONE
    session.client.reopen()
    session.server.reopen()
    return True
