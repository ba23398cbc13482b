"""Which segments the receiver takes: acknowledgements, timestamps, resets; which are no news."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.flow.arrival import Arrival
from vids.engine.flow.session import CLOSE_WAIT, CLOSED, ESTABLISHED, LAST_ACK, TIME_WAIT
from vids.engine.flow.stream import distance
from vids.engine.flow.target import HPUX11, LINUX, OLD_LINUX, SOLARIS, UNKNOWN, VISTA, WINDOWS, WINDOWS2K3
from vids.engine.packet.packet import ACK, FIN, RST, SYN

OLD_TIMESTAMP_S: Final = 24 * 24 * 3600  # a timestamp is not held against one as old (RFC 7323, section 5.5)
WINDOW_SLACK: Final = 32  # bytes by which a window may shrink unexpectedly after loss
SMALL_WINDOW: Final = 1024  # without slack

NEWS: Final = 0  # what `repeats` says
ACKNOWLEDGED: Final = 1
FORGOTTEN: Final = 2


def ack_is_valid(arrival: Arrival) -> bool:
    """Return whether the acknowledgement is one that the other side may get."""
    peer, ack = arrival.peer, arrival.ack
    if not arrival.has_ack or peer.last_ack <= ack <= peer.window_end:
        return True
    if ack < peer.last_ack:
        if peer.advertised == 0 or ack >= peer.last_ack - peer.advertised:
            return True
    elif arrival.session.is_async:
        return True
    arrival.event("stream.pkt_invalid_ack")
    return False


# timestamps (RFC 7323, section 5: protection against wrapped sequence numbers)


def timestamp_is_valid(arrival: Arrival) -> bool:
    """Return whether the receiver takes the timestamp."""
    packet, mine = arrival.packet, arrival.mine
    value = packet.tcp_ts_value
    if not arrival.session.has_timestamps or value < 0:
        return True
    target = mine.target
    if value == 0 and not takes_zero(target):
        arrival.event("stream.pkt_invalid_timestamp")
        return False
    is_next = arrival.offset == mine.sent
    if mine.timestamp == 0 and ignores_zero(target, is_next):
        return True
    if target == HPUX11 and not is_next:
        return True
    slack = 1 if target == LINUX or arrival.settings.liberal_timestamps else 0
    is_idle = mine.timestamp > 0 and arrival.now_s() > mine.timestamp_s + OLD_TIMESTAMP_S
    if is_next if is_idle else distance(value, mine.timestamp) + slack >= 0:
        return True
    arrival.event("stream.pkt_invalid_timestamp")
    return False


def note_timestamp(arrival: Arrival) -> None:
    """Hold later timestamps of the sender against this one."""
    session = arrival.session
    if not session.has_timestamps:
        return
    mine = arrival.mine
    value = arrival.packet.tcp_ts_value
    if value < 0:
        session.has_timestamps = mine.target != SOLARIS  # which no longer uses them then
        return
    if mine.timestamp == 0 and mine.target in (LINUX, WINDOWS2K3):
        session.has_timestamps = False
        return
    if arrival.offset <= mine.last_ack:  # later ones may not have come (RFC 7323, section 4.3)
        mine.timestamp = value if distance(value, mine.timestamp) > 0 else mine.timestamp
    mine.timestamp_s = arrival.now_s()


def takes_zero(target: i64) -> bool:
    """Return whether a target takes a timestamp of 0 in a connection with timestamps."""
    return target in (UNKNOWN, OLD_LINUX, WINDOWS, WINDOWS2K3, VISTA, SOLARIS)


def ignores_zero(target: i64, is_next: bool) -> bool:
    """Return whether a target checks no timestamp because the handshake had 0 in its place."""
    if target in (LINUX, WINDOWS2K3):
        return True
    return is_next and target in (UNKNOWN, OLD_LINUX, WINDOWS, VISTA)


def echo_is_valid(arrival: Arrival) -> bool:
    """Return whether an answer to a SYN echoes the timestamp of the SYN."""
    packet = arrival.packet
    if arrival.to_server or packet.tcp_ts_value < 0 or packet.tcp_ts_echo == 0:
        return True
    syn = arrival.session.syn
    if syn is None or syn.timestamp < 0:
        return False
    return syn.timestamp == 0 or syn.timestamp == packet.tcp_ts_echo


# resets


def reset_is_valid(arrival: Arrival) -> bool:
    """Return whether the receiver takes the RST: where it must begin differs by system."""
    if arrival.length > 0:
        arrival.event("stream.rst_with_data")
    if arrival.has_ack and arrival.packet.tcp_ack != 0 and not ack_is_valid(arrival):
        arrival.event("stream.rst_invalid_ack")
        return False
    mine, offset = arrival.mine, arrival.offset
    if arrival.session.is_async or mine.target == HPUX11:
        return offset >= mine.sent
    if mine.target in (LINUX, OLD_LINUX, SOLARIS):
        return arrival.end >= mine.last_ack and offset < mine.sent + mine.advertised
    return offset == mine.sent


# segments that bring nothing new


def is_routine(arrival: Arrival) -> bool:
    """Return whether a segment says nothing new: kept alive, a window probed in vain, an old acknowledgement."""
    mine, peer = arrival.mine, arrival.peer
    flags, ack, offset = arrival.flags, arrival.ack, arrival.offset
    was_keeping_alive = peer.is_keeping_alive
    mine.is_keeping_alive = False
    arrival.was_probe = peer.is_probing
    peer.is_probing = False
    if flags & (SYN | FIN | RST) or arrival.length > 1:
        return False
    is_same_ack = ack == peer.last_ack
    if is_same_ack and offset == mine.sent - 1:
        mine.is_keeping_alive = True
        return True
    if arrival.length > 0:
        return False
    window = arrival.packet.tcp_window << peer.shift
    if is_same_ack and offset == mine.sent and window == peer.advertised:
        if was_keeping_alive and window > 0:
            peer.is_keeping_alive = False
            return True
        if arrival.was_probe and window == 0 and flags & ACK:
            return True
    if arrival.session.state < ESTABLISHED or is_end_of_shutdown(arrival):
        return False
    return flags & ACK != 0 and offset == mine.sent and ack < peer.last_ack


def is_end_of_shutdown(arrival: Arrival) -> bool:
    """Return whether a segment looks like the acknowledgement of the second FIN."""
    if arrival.session.state not in (TIME_WAIT, CLOSE_WAIT, LAST_ACK) or arrival.flags != ACK or arrival.length > 0:
        return False
    return arrival.offset == arrival.mine.sent + 1 and arrival.ack == arrival.peer.sent + 1


def shrinks_window(arrival: Arrival) -> bool:
    """Return whether a segment from nowhere would shrink the window so far that what follows is out of it."""
    mine, peer = arrival.mine, arrival.peer
    state = arrival.session.state
    if arrival.offset <= mine.sent or arrival.ack <= peer.sent or arrival.flags & (SYN | FIN | RST):
        return False
    if state < ESTABLISHED or state == CLOSED or is_end_of_shutdown(arrival):
        return False
    window = arrival.packet.tcp_window << peer.shift
    shrunk = peer.advertised - window
    if shrunk <= arrival.length:
        return False
    slack = WINDOW_SLACK if window > SMALL_WINDOW else 0
    if shrunk <= arrival.ack - peer.last_ack + slack:
        return False
    arrival.event("stream.pkt_bad_window_update")
    return True


def repeats(arrival: Arrival) -> i64:
    """Return whether the receiver has all of the payload already, and whether we forgot it."""
    mine = arrival.mine
    if arrival.length <= 0:
        return NEWS
    is_forgotten = arrival.end <= mine.base and mine.urgent is None
    if not is_forgotten and arrival.end > mine.last_ack:
        return NEWS
    arrival.event("stream.pkt_spurious_retransmission")
    return FORGOTTEN if is_forgotten else ACKNOWLEDGED


def is_retransmission(arrival: Arrival) -> bool:
    """Return whether some of the payload was acknowledged, or all of it was sent before."""
    mine = arrival.mine
    if arrival.length <= 0:
        return False
    if arrival.end <= mine.last_ack or arrival.end <= mine.sent or arrival.offset < mine.last_ack:
        arrival.event("stream.pkt_retransmission")
        return True
    return False
