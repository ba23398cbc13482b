"""Segments of an open connection."""

from __future__ import annotations

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.closing import close_by_reset, take_fin
from vids.engine.flow.validity import ack_is_valid, note_timestamp, reset_is_valid, timestamp_is_valid
from vids.engine.packet.packet import ACK, FIN, RST, SYN


def proceed(arrival: Arrival) -> None:
    """In established: take data and acknowledgements, a FIN or a RST; a SYN changes nothing."""
    flags = arrival.flags
    if flags & RST:
        if reset_is_valid(arrival):
            close_by_reset(arrival)
    elif flags & FIN:
        take_fin(arrival)
    elif flags & SYN:
        note_late_syn(arrival)
    elif flags & ACK and timestamp_is_valid(arrival):  # without ACK no host takes it (RFC 9293, 3.10.7.4, fifth)
        if not arrival.to_server:
            arrival.session.is_confirmed = True
        take_segment(arrival)


def take_segment(arrival: Arrival) -> None:
    """Take in the acknowledgement and the payload, if the receiver does."""
    session, mine, peer = arrival.session, arrival.mine, arrival.peer
    if arrival.was_probe and arrival.ack == peer.sent + 1:
        arrival.event("stream.est_ack_zwp_data")
    elif not ack_is_valid(arrival):
        arrival.event("stream.est_invalid_ack")
        return
    if arrival.end < mine.last_ack and not is_unseen(arrival):
        arrival.event("stream.est_pkt_before_last_ack")
        return
    is_probe = arrival.length == 1 and arrival.offset == mine.sent and mine.advertised == 0 and not session.is_midstream
    if is_probe:
        mine.is_probing = True
        arrival.add()
        return
    if not arrival.fits_window():
        arrival.event("stream.est_packet_out_of_window")
        return
    note_timestamp(arrival)
    arrival.advance()
    arrival.take_window()
    arrival.take_ack()
    if peer.last_ack > peer.sent and not session.is_async:
        arrival.counters.unseen_acks += 1
    arrival.move_window()
    arrival.add()


def is_unseen(arrival: Arrival) -> bool:
    """Return whether a segment in front of the last acknowledgement may have been lost by the capture alone."""
    mine = arrival.mine
    if arrival.length <= 1 and arrival.offset == mine.sent - 1:
        return True  # keeps the connection alive
    return arrival.session.is_async or mine.sent < arrival.end


def note_late_syn(arrival: Arrival) -> None:
    """Note a SYN or SYN/ACK in a connection that is past its handshake; it changes nothing."""
    session = arrival.session
    is_other = arrival.offset != -1
    if not arrival.flags & ACK:
        if not arrival.to_server:
            arrival.event("stream.est_syn_toclient")
        else:
            arrival.event("stream.est_syn_resend_diff_seq" if is_other else "stream.est_syn_resend")
    elif arrival.to_server:
        arrival.event("stream.est_synack_toserver")
    elif arrival.ack != session.client.last_ack:
        arrival.event("stream.est_synack_resend_with_diff_ack")
    elif is_other:
        arrival.event("stream.est_synack_resend_with_diff_seq")
    elif session.is_confirmed:
        arrival.event("stream.est_synack_resend")
