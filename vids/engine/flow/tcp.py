"""The TCP state machine: what each packet means to its connection (RFC 9293, section 3.10.7).

States are the server's, as the reference engine names them: a FIN of the client leads to close_wait, one of the
server to fin_wait1.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.reassembly import NO_LIMIT, Reassembly
from vids.engine.flow.session import (
    CLOSE_WAIT,
    CLOSED,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
    NONE,
    SYN_RECEIVED,
    SYN_SENT,
    TIME_WAIT,
    TcpSession,
)
from vids.engine.flow.stream import Stream
from vids.engine.packet.packet import ACK, FIN, RST, SYN, URG, Packet
from vids.engine.settings import Settings

MAX_WSCALE: Final = 14  # RFC 7323, section 2.3
RESET_SLACK: Final = 65535  # bytes beyond what was seen where a RST counts while the window is unknown


@final
class TcpTracker:
    """Moves sessions along, feeds their streams, and counts."""

    def __init__(self, settings: Settings, reassembly: Reassembly) -> None:
        self._verify = settings.verify_checksums
        self._midstream = settings.midstream
        self._reassembly = reassembly
        self.sessions: i64 = 0
        self.syns: i64 = 0
        self.synacks: i64 = 0
        self.resets: i64 = 0
        self.urgents: i64 = 0
        self.midstream_pickups: i64 = 0
        self.invalid_checksums: i64 = 0

    def handle(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Move the session along by one packet; return whether its payload went into a stream."""
        flags = packet.tcp_flags
        if packet.bad_checksum and self._verify:
            self.invalid_checksums += 1
            return False
        if to_server:
            session.flags_to_server |= flags
        else:
            session.flags_to_client |= flags
        state = session.state
        if flags & (SYN | RST | URG) == 0:
            if state >= ESTABLISHED and state != CLOSED:
                return self._synchronized(packet, session, to_server)
        else:
            self._count(flags)
            if flags & RST:
                self._reset(packet, session, to_server)
                return False
        if state == NONE:
            return self._begin(packet, session, to_server)
        if state == SYN_SENT:
            return self._answer(packet, session, to_server)
        if state == SYN_RECEIVED:
            return self._complete(packet, session, to_server)
        if flags & SYN:
            self._late_syn(packet, session, to_server)
            return False
        if state == CLOSED:
            return self._after_close(packet, session, to_server)
        return self._synchronized(packet, session, to_server)

    def is_reuse(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Return whether a packet with SYN begins another connection on the same ports.

        While a connection lives, a SYN alone is no proof: anyone can send one, and both ends ignore it (RFC
        5961, section 4). The SYN/ACK that answers it is.
        """
        if packet.bad_checksum and self._verify:
            return False
        state = session.state
        if packet.tcp_flags & ACK:
            is_answer = not to_server and state >= ESTABLISHED and packet.tcp_ack == session.syn_again
            return is_answer and after(packet.tcp_seq) != session.server.origin
        if state == NONE:
            return not to_server
        if after(packet.tcp_seq) == (session.client if to_server else session.server).origin:
            return False
        if state in (LAST_ACK, TIME_WAIT, CLOSED):
            return True
        if to_server and state >= ESTABLISHED:
            session.syn_again = after(packet.tcp_seq)
        return False

    def resume(self, packet: Packet, session: TcpSession, is_midstream: bool) -> bool:
        """Begin with a SYN/ACK, its SYN being unseen or taken for an attack; return as `handle` does."""
        self.sessions += 1
        session.is_midstream = is_midstream
        if is_midstream:
            self.midstream_pickups += 1
        session.client.start(packet.tcp_ack)
        session.server.start(packet.tcp_seq + 1)
        session.client.wscale = session.server.wscale = MAX_WSCALE
        session.state = SYN_RECEIVED
        return add_payload(packet, session.server, packet.tcp_seq + 1)

    def _count(self, flags: i64) -> None:
        if flags & SYN:
            if flags & ACK:
                self.synacks += 1
            else:
                self.syns += 1
        if flags & RST:
            self.resets += 1
        if flags & URG:
            self.urgents += 1

    def _event(self, name: str) -> None:
        self._reassembly.events.append(name)

    # the handshake

    def _begin(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        flags = packet.tcp_flags
        if flags & SYN and not flags & ACK:
            self.sessions += 1
            return open_client(packet, session)
        if not self._midstream or not flags & ACK or flags & FIN:
            if flags & FIN:
                self._event("stream.fin_but_no_session")
            return False
        if flags & SYN:
            return self.resume(packet, session, True) if not to_server else False
        self.sessions += 1
        return self._pick_up(packet, session, to_server)

    def _pick_up(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Begin in the middle: the first packet says where both streams stand."""
        self.midstream_pickups += 1
        session.is_midstream = True
        mine, peer = session.client, session.server
        if not to_server:
            mine, peer = peer, mine
        mine.start(packet.tcp_seq)
        peer.start(packet.tcp_ack)
        mine.wscale = peer.wscale = MAX_WSCALE
        session.state = ESTABLISHED
        return self._synchronized(packet, session, to_server)

    def _answer(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """In syn_sent: a SYN/ACK, another SYN, or a SYN of the server (split handshake, simultaneous open)."""
        flags = packet.tcp_flags
        if flags & SYN and flags & ACK:
            if to_server:
                return self._answer_four_way(packet, session)
            return self._accept(packet, session)
        if flags & SYN and to_server:
            origin = session.client.origin
            if after(packet.tcp_seq) == origin:
                return False
            session.other_client_origin = origin
            return open_client(packet, session)
        if flags & SYN:
            session.is_four_way = True
            session.server.start(packet.tcp_seq + 1)
            session.server.wscale = min(packet.tcp_wscale, MAX_WSCALE)
            session.client.window_end = session.client.highest + packet.tcp_window
            return False
        if self._midstream and flags & ACK:
            if to_server or 0 <= session.client.offset(packet.tcp_ack) <= session.client.highest:
                return self._pick_up_answer(packet, session, to_server)
        return False

    def _pick_up_answer(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Go on although the SYN/ACK was not seen."""
        self.midstream_pickups += 1
        session.is_midstream = True
        session.server.start(packet.tcp_ack if to_server else packet.tcp_seq)
        session.client.wscale = session.server.wscale = MAX_WSCALE
        session.state = ESTABLISHED
        return self._synchronized(packet, session, to_server)

    def _accept(self, packet: Packet, session: TcpSession) -> bool:
        """Take the server's SYN/ACK."""
        client, server = session.client, session.server
        acked = client.offset(packet.tcp_ack)
        if acked < 0 or acked > client.highest:
            if packet.tcp_ack != session.other_client_origin:
                self._event("stream.3whs_synack_with_wrong_ack")
                return False
            client.start(packet.tcp_ack)
            acked = 0
        if acked == 0 and client.highest > 0:
            self._event("stream.3whs_synack_tfo_data_ignored")
            client.start(client.origin)
        client.acknowledge(packet.tcp_ack)
        server.start(packet.tcp_seq + 1)
        client.window_end = acked + packet.tcp_window
        server.window_end = session.syn_window
        if client.wscale >= 0 and packet.tcp_wscale >= 0:
            server.wscale = min(packet.tcp_wscale, MAX_WSCALE)
        else:
            client.wscale = server.wscale = 0
        session.state = SYN_RECEIVED
        return add_payload(packet, server, packet.tcp_seq + 1)

    def _answer_four_way(self, packet: Packet, session: TcpSession) -> bool:
        """Take the client's SYN/ACK, its answer to a SYN of the server."""
        client, server = session.client, session.server
        if not session.is_four_way:
            self._event("stream.3whs_synack_in_wrong_direction")
        elif packet.tcp_ack != server.origin:
            self._event("stream.4whs_synack_with_wrong_ack")
        elif after(packet.tcp_seq) != client.origin:
            self._event("stream.4whs_synack_with_wrong_syn")
        else:
            server.window_end = packet.tcp_window
            if client.wscale < 0 or server.wscale < 0:
                client.wscale = server.wscale = 0
            session.state = SYN_RECEIVED
            return add_payload(packet, client, packet.tcp_seq + 1)
        return False

    def _complete(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """In syn_recv: the last packet of the handshake, or one of the earlier ones again."""
        flags = packet.tcp_flags
        if flags & SYN:
            self._repeat(packet, session, to_server)
            return False
        if not flags & ACK:
            return False
        mine, peer = session.client, session.server
        if not to_server:
            mine, peer = peer, mine
        offset = mine.offset(packet.tcp_seq)
        is_right_seq = 0 <= offset <= mine.window_end
        acked = peer.offset(packet.tcp_ack)
        has_more = packet.payload_length() > 0 or acked > 0 or flags & FIN != 0
        if not to_server and not session.is_four_way and not session.is_midstream and not has_more:
            self._event("stream.3whs_ack_in_wrong_dir")
            return False
        if acked < 0 or acked > peer.window_end:  # less may be data that the capture lost
            if not to_server or packet.tcp_ack != session.other_server_origin:
                if session.is_four_way and not to_server:
                    self._event("stream.4whs_invalid_ack")
                elif is_right_seq:
                    self._event("stream.3whs_right_seq_wrong_ack_evasion")
                else:
                    self._event("stream.3whs_wrong_seq_wrong_ack")
                return False
            peer.start(packet.tcp_ack)
        if not is_right_seq:
            self._event("stream.4whs_wrong_seq" if session.is_four_way else "stream.3whs_wrong_seq_wrong_ack")
            return False
        session.state = ESTABLISHED
        return self._synchronized(packet, session, to_server)

    def _repeat(self, packet: Packet, session: TcpSession, to_server: bool) -> None:
        """Note a SYN or SYN/ACK that comes in syn_recv; the client's answer says which SYN/ACK counts."""
        if packet.tcp_flags & ACK:
            if to_server:
                if not session.is_four_way:
                    self._event("stream.3whs_synack_toserver_on_syn_recv")
            elif after(packet.tcp_seq) != session.server.origin:
                self._event("stream.3whs_synack_resend_with_diff_seq")
                session.other_server_origin = after(packet.tcp_seq)
            elif session.client.offset(packet.tcp_ack) > session.client.highest:
                self._event("stream.3whs_synack_resend_with_different_ack")
        elif not to_server:
            self._event("stream.3whs_syn_toclient_on_syn_recv")
        elif after(packet.tcp_seq) != session.client.origin:
            self._event("stream.3whs_syn_resend_diff_seq_on_syn_recv")

    def _late_syn(self, packet: Packet, session: TcpSession, to_server: bool) -> None:
        """Note a SYN or SYN/ACK in a connection that is past its handshake; it changes nothing."""
        is_other = after(packet.tcp_seq) != (session.client if to_server else session.server).origin
        if session.state == CLOSED:
            self._event("stream.shutdown_syn_resend")
        elif packet.tcp_flags & ACK:
            if to_server:
                self._event("stream.est_synack_toserver")
            else:
                self._event("stream.est_synack_resend_with_diff_seq" if is_other else "stream.est_synack_resend")
        elif not to_server:
            self._event("stream.est_syn_toclient")
        else:
            self._event("stream.est_syn_resend_diff_seq" if is_other else "stream.est_syn_resend")

    # data

    def _synchronized(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Take in the acknowledgement and the payload of a packet past the handshake."""
        flags = packet.tcp_flags
        if not flags & ACK:
            if packet.tcp_ack:
                self._event("stream.pkt_broken_ack")
            return False  # no host takes it (RFC 9293, section 3.10.7.4, fifth)
        mine, peer = session.client, session.server
        if not to_server:
            mine, peer = peer, mine
        length: i64 = packet.payload_end - packet.payload_at if packet.payload_at >= 0 else 0
        offset = mine.offset(packet.tcp_seq)
        if offset + length > mine.window_end and length != 1:  # one byte probes a window of none
            self._event("stream.est_packet_out_of_window")
            return False
        acked = peer.offset(packet.tcp_ack)
        if acked > peer.acked:
            if acked > peer.window_end and acked > peer.highest:
                self._event("stream.est_invalid_ack")
                return False
            peer.acknowledge(packet.tcp_ack)
        elif acked < 0 and not session.is_midstream:
            self._event("stream.est_invalid_ack")
            return False
        window_end = acked + (packet.tcp_window << mine.wscale)
        peer.window_end = max(peer.window_end, window_end)
        is_in = False
        if length > 0 and (length > 1 or offset != mine.next - 1):  # one byte before `next` keeps alive
            if offset + length <= mine.acked:
                self._event("stream.pkt_spurious_retransmission")
            is_in = mine.add(packet.tcp_seq, packet.data, packet.payload_at, packet.payload_end)
            if peer.acked >= peer.next and peer.acked > peer.inspected:
                peer.must_flush = True  # this side answers: what the peer said is whole
        if flags & FIN:
            self._finish(session, mine, packet.tcp_seq + length, to_server)
        if session.state > ESTABLISHED:
            close_by_ack(session)
        return is_in

    # the end

    def _finish(self, session: TcpSession, mine: Stream, seq: i64, to_server: bool) -> None:
        at = mine.offset(seq)
        if mine.fin_at >= 0:
            return
        if at < mine.next or at > mine.window_end:
            self._event("stream.fin_out_of_window")
            return
        mine.finish(seq)
        state = session.state
        if to_server:
            if state == ESTABLISHED:
                session.state = CLOSE_WAIT
            elif state == FIN_WAIT1:
                session.state = CLOSING
            elif state == FIN_WAIT2:
                session.state = TIME_WAIT
        elif state == ESTABLISHED:
            session.state = FIN_WAIT1
        elif state == CLOSE_WAIT:
            session.state = LAST_ACK

    def _reset(self, packet: Packet, session: TcpSession, to_server: bool) -> None:
        """Close the session if the RST is one that its receiver takes (RFC 5961, section 3, but in window)."""
        if session.state == NONE:
            self._event("stream.rst_but_no_session")
            return
        if session.state == CLOSED:
            return
        mine, peer = session.client, session.server
        if not to_server:
            mine, peer = peer, mine
        has_ack = packet.tcp_flags & ACK != 0
        is_answer = session.state == SYN_SENT and not session.is_four_way
        if has_ack and not (is_answer and to_server):
            acked = peer.offset(packet.tcp_ack)
            if acked < 0 or acked > max(peer.highest, peer.acked):
                self._event("stream.rst_invalid_ack")
                return
            peer.acknowledge(packet.tcp_ack)
        if is_answer and not to_server:
            if not has_ack:
                return
        elif not is_in_window(mine, mine.offset(packet.tcp_seq)):
            return
        session.client.reset()
        session.server.reset()
        session.state_before_reset = session.state
        session.is_reset_by_client = to_server
        session.state = CLOSED

    def _after_close(self, packet: Packet, session: TcpSession, to_server: bool) -> bool:
        """Take data after a RST: the side that is said to have sent it goes on, so it did not send it."""
        before = session.state_before_reset
        if before < ESTABLISHED or not packet.tcp_flags & ACK:
            return False
        mine, peer = session.client, session.server
        if not to_server:
            mine, peer = peer, mine
        if session.is_reset_by_client != to_server:
            return add_payload(packet, mine, packet.tcp_seq)  # in flight, or the RST was forged: keep it
        is_next = mine.offset(packet.tcp_seq) == mine.next
        is_alive = packet.payload_length() > 0 or peer.offset(packet.tcp_ack) > peer.acked
        if not is_next or not is_alive:
            return False
        self._event("stream.suspected_rst_inject")
        session.state = before
        session.state_before_reset = NONE
        for stream in (mine, peer):
            stream.is_reset = False
            stream.is_finished = stream.fin_at >= 0
        return self._synchronized(packet, session, to_server)


def after(seq: i64) -> i64:
    """Return the sequence number behind `seq`."""
    return (seq + 1) & 0xFFFFFFFF


def add_payload(packet: Packet, stream: Stream, seq: i64) -> bool:
    """Put a packet's payload, which begins at `seq`, into a stream, if it has any."""
    if packet.payload_length() <= 0:
        return False
    return stream.add(seq, packet.data, packet.payload_at, packet.payload_end)


def open_client(packet: Packet, session: TcpSession) -> bool:
    """Take the client's SYN; data in it is kept until the answer says whether it counts (RFC 7413)."""
    session.state = SYN_SENT
    session.syn_window = packet.tcp_window
    session.client.start(packet.tcp_seq + 1)
    session.client.wscale = min(packet.tcp_wscale, MAX_WSCALE)
    return add_payload(packet, session.client, packet.tcp_seq + 1)


def is_in_window(stream: Stream, offset: i64) -> bool:
    """Return whether a RST at `offset` is one that the receiver of the stream takes."""
    end = stream.highest + RESET_SLACK if stream.window_end == NO_LIMIT else stream.window_end
    return offset == stream.next or stream.acked <= offset <= max(end, stream.highest)


def close_by_ack(session: TcpSession) -> None:
    """Move a closing session along when a FIN has been acknowledged."""
    state = session.state
    client, server = session.client, session.server
    if server.is_fin_acked:
        if state == FIN_WAIT1:
            session.state = FIN_WAIT2
        elif state == CLOSING:
            session.state = TIME_WAIT
        elif state == LAST_ACK:
            session.state = CLOSED
    if session.state == TIME_WAIT and client.is_fin_acked:
        session.state = CLOSED
