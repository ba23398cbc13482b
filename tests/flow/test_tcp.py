"""The TCP state machine: one line per exchange."""

from __future__ import annotations

import pytest
from flow_build import FLAGS, drain, settings, tcp
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.flow.flow import STATE_NAMES as FLOW_STATE_NAMES
from vids.engine.flow.flow import Flow
from vids.engine.flow.names import EVENTS as EVENTS_BY_NAME
from vids.engine.flow.session import STATE_NAMES, TcpSession
from vids.engine.flow.table import FlowTable
from vids.engine.flow.target import TARGETS
from vids.engine.packet.packet import Packet

C = 0xFFFFFFFA  # ISN of the client: its stream wraps
S = 5000  # ISN of the server


def client(flags: str, seq: int = 0, ack: int = 0, payload: bytes = b"", **rest: object) -> Packet:
    """Return a packet of the client; seq and ack count from the first payload byte of each side."""
    return tcp(flags, C + 1 + seq, S + 1 + ack if "A" in flags else 0, payload, **rest)  # type: ignore[arg-type]


def server(flags: str, seq: int = 0, ack: int = 0, payload: bytes = b"", **rest: object) -> Packet:
    """Return a packet of the server."""
    acked = C + 1 + ack if "A" in flags else 0
    return tcp(flags, S + 1 + seq, acked, payload, to_client=True, **rest)  # type: ignore[arg-type]


SYN_ = client("S", -1)
SYNACK = server("SA", -1, 0)
HANDSHAKE = [SYN_, SYNACK, client("A")]
REQUEST = [*HANDSHAKE, client("PA", 0, 0, b"GET"), server("A", 0, 3)]
FOUR_WAY = [SYN_, server("S", -1), client("SA", -1, 0)]
HALF_CLOSED = [*REQUEST, client("FA", 3), server("A", 0, 4)]
SERVER_DONE = [*REQUEST, server("FA", 0, 3)]
PROBED = [*HANDSHAKE, server("A", window=0), client("A", 0, 0, b"x")]
LATER = client("S", 100_000)  # a SYN with another ISN
LATER_SYNACK = tcp("SA", S + 70_000, C + 1 + 100_001, to_client=True)

CASES = [
    # name                     packets                                          tcp state, flow state, client, server
    ("syn", [SYN_], "syn_sent", "new", b"", b""),
    ("syn again", [SYN_, SYN_], "syn_sent", "new", b"", b""),
    ("syn/ack", [SYN_, SYNACK], "syn_recv", "new", b"", b""),
    ("handshake", HANDSHAKE, "established", "established", b"", b""),
    ("request", REQUEST, "established", "established", b"GET", b""),
    ("answer", [*REQUEST, server("PA", 0, 3, b"200")], "established", "established", b"GET", b"200"),
    ("last ack lost", [SYN_, SYNACK, client("PA", 0, 0, b"GET")], "established", "established", b"GET", b""),
    ("server first, ack lost", [SYN_, SYNACK, server("PA", 0, 0, b"220")], "established", "established", b"", b"220"),
    ("ack and data lost, server", [SYN_, SYNACK, server("A", 0, 300)], "established", "established", b"", b""),
    ("ack of what was not sent", [SYN_, SYNACK, client("A", 0, 300)], "syn_recv", "new", b"", b""),
    ("ack and data lost, both", [SYN_, SYNACK, client("PA", 9, 0, b"GET"), server("A", 0, 12), server("A", 0, 12)],
     "established", "established", b"GET", b""),
    ("reset, in order", [*HANDSHAKE, server("A", 0, 700), client("R", 0)], "closed", "closed", b"", b""),
    ("ack lost, server's seen", [SYN_, SYNACK, server("A")], "established", "established", b"", b""),
    ("data in the syn", [client("S", -1, 0, b"Hi!"), server("SA", -1, 3), client("A", 3)],
     "established", "established", b"Hi!", b""),
    ("data in the syn, ignored", [client("S", -1, 0, b"Hi!"), SYNACK, client("PA", 0, 0, b"Ho?")],
     "established", "established", b"Ho?", b""),
    ("data in the syn/ack", [SYN_, server("SA", -1, 0, b"220"), client("A", 0, 3)],
     "established", "established", b"", b"220"),
    ("second syn, first answered", [SYN_, LATER, SYNACK, client("PA", 0, 0, b"GET")],
     "established", "established", b"GET", b""),
    ("second syn answered", [LATER, *HANDSHAKE], "established", "established", b"", b""),
    ("syn/ack of somebody else", [SYN_, SYNACK, server("SA", 9000, 0), client("PA", 0, 0, b"GET")],
     "established", "established", b"GET", b""),
    ("syn/ack after a forged one", [SYN_, server("SA", 9000, 0), SYNACK, client("PA", 0, 0, b"GET")],
     "established", "established", b"GET", b""),
    ("split handshake, four", [SYN_, server("S", -1), client("SA", -1, 0), server("A"), client("A", 0, 0, b"EVIL")],
     "established", "established", b"EVIL", b""),
    ("split handshake, five", [SYN_, tcp("A", 2000, C + 1, to_client=True), server("S", -1), client("SA", -1, 0),
                               server("A"), client("A", 0, 0, b"EVIL")],
     "established", "established", b"EVIL", b""),
    ("refused", [SYN_, server("RA", 0, 0)], "closed", "closed", b"", b""),
    ("refused, wrong ack", [SYN_, server("RA", 0, 9)], "syn_sent", "new", b"", b""),
    ("client fin", [*REQUEST, client("FA", 3)], "close_wait", "established", b"GET", b""),
    ("server fin", [*REQUEST, server("FA", 0, 3)], "fin_wait1", "established", b"GET", b""),
    ("server fin acked", [*REQUEST, server("FA", 0, 3), client("A", 3, 1)], "fin_wait2", "established", b"GET", b""),
    ("both fins cross", [*REQUEST, server("FA", 0, 3), client("FA", 3, 0)], "time_wait", "closed", b"GET", b""),
    ("both fins cross, no ack", [*REQUEST, server("FA", 0, 3), client("F", 3)], "closing", "established", b"GET", b""),
    ("crossed fin acked", [*REQUEST, server("FA", 0, 3), client("F", 3), server("A", 1, 4)],
     "time_wait", "closed", b"GET", b""),
    ("server closes", [*REQUEST, server("FA", 0, 3), client("FA", 3, 1)], "time_wait", "closed", b"GET", b""),
    ("server closed", [*REQUEST, server("FA", 0, 3), client("FA", 3, 1), server("A", 1, 4)],
     "closed", "closed", b"GET", b""),
    ("client closes", [*REQUEST, client("FA", 3), server("FA", 0, 4)], "last_ack", "closed", b"GET", b""),
    ("client closed", [*REQUEST, client("FA", 3), server("FA", 0, 4), client("A", 4, 1)],
     "closed", "closed", b"GET", b""),
    ("fin with data", [*HANDSHAKE, client("FPA", 0, 0, b"bye")], "close_wait", "established", b"bye", b""),
    ("fin before its data", [*HANDSHAKE, client("FA", 3), client("A", 0, 0, b"bye")],
     "close_wait", "established", b"bye", b""),
    ("fin out of window", [*HANDSHAKE, client("FA", 900_000)], "established", "established", b"", b""),
    ("reset", [*REQUEST, client("R", 3)], "closed", "closed", b"GET", b""),
    ("reset out of window", [*REQUEST, client("R", 900_000)], "established", "established", b"GET", b""),
    ("reset behind the window", [*REQUEST, client("R", 1)], "established", "established", b"GET", b""),
    ("forged reset", [*REQUEST, server("R", 0), server("PA", 0, 3, b"200")],
     "established", "established", b"GET", b"200"),
    ("data behind a forged reset", [*REQUEST, server("R", 0), client("A", 3, 0, b"PUT"), server("A", 0, 6)],
     "established", "established", b"GETPUT", b""),
    ("data without ack", [*HANDSHAKE, client("P", 0, 0, b"GET")], "established", "established", b"", b""),
    ("data out of window", [*HANDSHAKE, client("A", 900_000, 0, b"GET")], "established", "established", b"", b""),
    ("ack of the future", [*HANDSHAKE, client("A", 0, 900_000, b"GET")], "established", "established", b"", b""),
    ("ack of the past", [*HANDSHAKE, client("A", 0, -70_000, b"GET")], "established", "established", b"", b""),
    ("ack of a window ago", [*HANDSHAKE, client("A", 0, -5, b"GET")], "established", "established", b"GET", b""),
    ("keep alive", [*REQUEST, client("A", 2, 0, b"\0"), client("A", 3, 0, b"PUT")],
     "established", "established", b"GETPUT", b""),
    ("syn on a living connection", [*REQUEST, LATER, client("A", 3, 0, b"PUT")],
     "established", "established", b"GETPUT", b""),
    ("data without handshake", [client("PA", 0, 0, b"GET"), server("PA", 0, 3, b"200")], "none", "new", b"", b""),
    ("reset without session", [server("R", 0)], "none", "new", b"", b""),
]  # fmt: skip


def run(packets: list[Packet], **changes: object) -> tuple[FlowTable, Flow, TcpSession]:
    table = FlowTable(settings(**changes))
    flow = None
    for packet in packets:
        flow = table.handle(packet)
    assert flow is not None
    assert flow.tcp is not None
    return table, flow, flow.tcp


@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_exchange(case: tuple[str, list[Packet], str, str, bytes, bytes]) -> None:
    _, packets, state, flow_state, from_client, from_server = case
    table, flow, session = run(packets)
    assert (STATE_NAMES[session.state], FLOW_STATE_NAMES[flow.state]) == (state, flow_state)
    assert b"".join(drain(session.client)) == from_client
    assert b"".join(drain(session.server)) == from_server
    assert table.total == 1


EVENTS = [
    # name                          packets                                             events of the last packet
    ("in order", REQUEST, []),
    ("reset alone", [client("R")], ["stream.rst_but_no_session"]),
    ("fin alone", [client("FA")], ["stream.fin_but_no_session"]),
    ("syn/ack, wrong ack", [SYN_, server("SA", -1, 77)], ["stream.3whs_synack_with_wrong_ack"]),
    ("syn/ack, wrong side", [SYN_, client("SA", -1, 0)], ["stream.3whs_synack_in_wrong_direction"]),
    ("syn/ack, other seq", [SYN_, SYNACK, server("SA", 9, 0)], ["stream.3whs_synack_resend_with_diff_seq"]),
    ("syn of the server, late", [SYN_, SYNACK, server("S", 9)], ["stream.3whs_syn_toclient_on_syn_recv"]),
    ("other syn/ack, other ack", [SYN_, SYNACK, server("SA", -1, 4)], ["stream.3whs_synack_resend_with_diff_ack"]),
    ("syn/ack of the client", [SYN_, SYNACK, client("SA", -1, 0)], ["stream.3whs_synack_toserver_on_syn_recv"]),
    ("other syn after the syn/ack", [SYN_, SYNACK, LATER], ["stream.3whs_syn_resend_diff_seq_on_syn_recv"]),
    ("ack, wrong", [SYN_, SYNACK, client("A", 0, 99_000)], ["stream.3whs_right_seq_wrong_ack_evasion"]),
    ("ack and seq, wrong", [SYN_, SYNACK, client("A", -9, 99_000)], ["stream.3whs_wrong_seq_wrong_ack"]),
    ("four-way, wrong ack", [SYN_, server("S", -1), client("SA", -1, 9)], ["stream.4whs_synack_with_wrong_ack"]),
    ("four-way, wrong seq", [*FOUR_WAY, server("A", 7)], ["stream.4whs_wrong_seq"]),
    ("four-way, wrong end", [*FOUR_WAY, server("A", 0, 99_000)], ["stream.pkt_invalid_ack", "stream.4whs_invalid_ack"]),
    ("four-way, wrong syn", [SYN_, server("S", -1), client("SA", 9, 0)], ["stream.4whs_synack_with_wrong_syn"]),
    ("syn again", [*REQUEST, SYN_], ["stream.est_syn_resend"]),
    ("other syn", [*REQUEST, LATER], ["stream.est_syn_resend_diff_seq"]),
    ("syn of the server", [*REQUEST, server("S", 9)], ["stream.est_syn_toclient"]),
    ("syn/ack again", [*HANDSHAKE, SYNACK], []),
    ("syn/ack again, needlessly", [*HANDSHAKE, server("PA", 0, 0, b"220"), SYNACK], ["stream.est_synack_resend"]),
    ("syn/ack again, late", [*REQUEST, SYNACK], ["stream.est_synack_resend_with_diff_ack"]),
    ("other syn/ack, late", [*HANDSHAKE, server("SA", 9, 0)], ["stream.est_synack_resend_with_diff_seq"]),
    ("syn/ack of the client, late", [*REQUEST, client("SA", -1, 0)], ["stream.est_synack_toserver"]),
    ("invalid ack", [*REQUEST, client("A", 3, 900_000)], ["stream.pkt_invalid_ack", "stream.est_invalid_ack"]),
    ("broken ack", [*REQUEST, tcp("P", C + 4, 17, b"x")], ["stream.pkt_broken_ack"]),
    ("out of window", [*REQUEST, client("A", 900_000, 0, b"xx")], ["stream.est_packet_out_of_window"]),
    ("spurious", [*REQUEST, client("A", 0, 0, b"GE")],
     ["stream.pkt_spurious_retransmission", "stream.est_pkt_before_last_ack"]),
    ("spurious, rewritten", [*REQUEST, client("A", 0, 0, b"PU")],
     ["stream.pkt_spurious_retransmission", "stream.reassembly_overlap_different_data",
      "stream.est_pkt_before_last_ack"]),
    ("window probe answered", [*PROBED, server("A", 0, 1, window=100)], ["stream.est_ack_zwp_data"]),
    ("window probe refused", [*PROBED, server("A", 0, 0, window=0)], []),
    ("shrunk window", [*REQUEST, client("A", 9, 9, window=0)], ["stream.pkt_bad_window_update"]),
    ("rewritten", [*HANDSHAKE, client("A", 0, 0, b"GET"), client("A", 0, 0, b"PUT")],
     ["stream.reassembly_overlap_different_data"]),
    ("gap", [*HANDSHAKE, client("A", 3, 0, b"PUT"), server("A", 0, 6)], ["stream.reassembly_seq_gap"]),
    ("forged reset", [*REQUEST, server("R", 0), server("A", 0, 3, b"200")], ["stream.suspected_rst_inject"]),
    ("reset, wrong ack", [*REQUEST, client("RA", 3, 900_000)], ["stream.pkt_invalid_ack", "stream.rst_invalid_ack"]),
    ("refused, wrong ack", [SYN_, server("RA", 0, 9)], ["stream.pkt_invalid_ack", "stream.rst_invalid_ack"]),
    ("reset with data", [*REQUEST, client("R", 3, 0, b"no")], ["stream.rst_with_data"]),
    ("reset of a syn was forged", [SYN_, server("RA", -1, 0), SYNACK], ["stream.suspected_rst_inject"]),
    ("fin out of window", [*REQUEST, client("FA", 1)], ["stream.fin_out_of_window"]),
    ("syn after reset", [*REQUEST, client("R", 3), SYN_], []),
    ("syn after fin", [*REQUEST, client("FA", 3), SYN_], ["stream.shutdown_syn_resend"]),
    ("fin and syn", [*REQUEST, client("FS", 3)], ["stream.fin_syn"]),
    ("fin, wrong ack", [*REQUEST, client("FA", 3, 900_000)], ["stream.pkt_invalid_ack", "stream.fin_invalid_ack"]),
    ("after client's fin, wrong ack", [*HALF_CLOSED, server("A", 0, 900_000)],
     ["stream.pkt_invalid_ack", "stream.closewait_invalid_ack"]),
    ("after client's fin, too far", [*HALF_CLOSED, server("A", 900_000, 4, b"x")],
     ["stream.closewait_ack_out_of_window"]),
    ("after client's fin, other fin", [*HALF_CLOSED, server("FA", -1, 4)], ["stream.closewait_fin_out_of_window"]),
    ("after client's fin, again", [*HALF_CLOSED, client("A", 0, 0, b"G")],
     ["stream.pkt_spurious_retransmission", "stream.pkt_retransmission", "stream.closewait_pkt_before_last_ack"]),
    ("last ack, wrong seq", [*HALF_CLOSED, server("FA", 0, 4), client("A", 9, 1)], ["stream.lastack_ack_wrong_seq"]),
    ("last ack, wrong ack", [*HALF_CLOSED, server("FA", 0, 4), client("A", 4, 900_000)],
     ["stream.pkt_invalid_ack", "stream.lastack_invalid_ack"]),
    ("after server's fin, wrong ack", [*SERVER_DONE, client("A", 3, 900_000)],
     ["stream.pkt_invalid_ack", "stream.fin1_invalid_ack"]),
    ("after server's fin, too far", [*SERVER_DONE, client("A", 900_000, 1)], ["stream.fin1_ack_wrong_seq"]),
    ("after server's fin, far fin", [*SERVER_DONE, client("FA", 900_000, 1)], ["stream.fin1_fin_wrong_seq"]),
    ("after acked fin, wrong ack", [*SERVER_DONE, client("A", 3, 1), client("A", 3, 900_000)],
     ["stream.pkt_invalid_ack", "stream.fin2_invalid_ack"]),
    ("after acked fin, too far", [*SERVER_DONE, client("A", 3, 1), client("A", 900_000, 1)],
     ["stream.fin2_ack_wrong_seq"]),
    ("after acked fin, far fin", [*SERVER_DONE, client("A", 3, 1), client("FA", 900_000, 1)],
     ["stream.fin2_fin_wrong_seq"]),
    ("crossed fins, wrong seq", [*SERVER_DONE, client("F", 3), server("A", 9, 4)], ["stream.closing_ack_wrong_seq"]),
    ("crossed fins, wrong ack", [*SERVER_DONE, client("F", 3), server("A", 1, 900_000)],
     ["stream.pkt_invalid_ack", "stream.closing_invalid_ack"]),
    ("both done, wrong seq", [*SERVER_DONE, client("FA", 3, 1), server("A", 99, 4)], ["stream.timewait_ack_wrong_seq"]),
    ("both done, wrong ack", [*SERVER_DONE, client("FA", 3, 1), server("A", 1, 900_000)],
     ["stream.pkt_invalid_ack", "stream.timewait_invalid_ack"]),
]  # fmt: skip


@pytest.mark.parametrize(("packets", "events"), [c[1:] for c in EVENTS], ids=[c[0] for c in EVENTS])
def test_events(packets: list[Packet], events: list[str]) -> None:
    assert run(packets)[0].stream_events == events


MIDSTREAM = [
    # name                     packets                                       source port  tcp state      client   server
    ("data first", [client("PA", 0, 0, b"GET"), server("PA", 0, 3, b"200")], 1234, "established", b"GET", b"200"),
    ("server's data first", [server("PA", 0, 0, b"220"), client("A", 0, 3)], 80, "established", b"220", b""),
    ("syn/ack first", [SYNACK, client("PA", 0, 0, b"GET")], 1234, "established", b"GET", b""),
    ("syn/ack lost", [SYN_, client("A"), client("PA", 0, 0, b"GET")], 1234, "established", b"GET", b""),
    ("syn/ack lost, server", [SYN_, server("PA", 0, 0, b"220")], 1234, "established", b"", b"220"),
    ("fin first", [client("FA")], 1234, "none", b"", b""),
]  # fmt: skip


@pytest.mark.parametrize("case", MIDSTREAM, ids=[c[0] for c in MIDSTREAM])
def test_midstream(case: tuple[str, list[Packet], int, str, bytes, bytes]) -> None:
    _, packets, source_port, state, from_client, from_server = case
    table, flow, session = run(packets, midstream=True)
    assert (flow.source_port, STATE_NAMES[session.state]) == (source_port, state)
    assert b"".join(drain(session.client)) == from_client
    assert b"".join(drain(session.server)) == from_server
    assert table.counters()["tcp.midstream_pickups"] == (0 if state == "none" else 1)
    assert session.is_midstream == (state != "none")


IN_STREAM = [
    # name                   packets                                             last payload in a stream
    ("data", [*HANDSHAKE, client("PA", 0, 0, b"GET")], True),
    ("repeated", [*HANDSHAKE, client("PA", 0, 0, b"GET"), client("PA", 0, 0, b"GET")], True),
    ("early", [*HANDSHAKE, client("PA", 9, 0, b"GET")], True),
    ("no payload", HANDSHAKE, False),
    ("no session", [client("PA", 0, 0, b"GET")], False),
    ("of a reset", [*HANDSHAKE, client("RA", 0, 0, b"GET")], False),
    ("out of window", [*HANDSHAKE, client("A", 900_000, 0, b"GET")], False),
    ("beyond the depth", [*HANDSHAKE, client("A", 0, 0, b"G" * 50), client("A", 50, 0, b"GET")], False),
]  # fmt: skip


@pytest.mark.parametrize(("packets", "expected"), [c[1:] for c in IN_STREAM], ids=[c[0] for c in IN_STREAM])
def test_in_stream(packets: list[Packet], expected: bool) -> None:
    assert run(packets, stream_depth=50)[0].in_stream == expected


DUE = [
    # name                         packets                                              client, server due
    ("unacknowledged", [*HANDSHAKE, client("PA", 0, 0, b"GET")], (False, False)),
    ("acknowledged", REQUEST, (False, False)),
    ("answered", [*HANDSHAKE, client("A", 0, 0, b"GET"), server("A", 0, 3, b"200")], (True, False)),
    ("half answered", [*HANDSHAKE, client("A", 0, 0, b"GET"), server("A", 0, 2, b"200")], (False, False)),
    ("client fin", [*REQUEST, client("FA", 3)], (True, False)),
    ("reset", [*HANDSHAKE, client("A", 0, 0, b"GET"), server("RA", 0, 2)], (True, False)),
    ("reset, nothing acked", [*HANDSHAKE, client("A", 0, 0, b"GET"), server("R", 0)], (False, False)),
]  # fmt: skip


@pytest.mark.parametrize(("packets", "due"), [c[1:] for c in DUE], ids=[c[0] for c in DUE])
def test_due(packets: list[Packet], due: tuple[bool, bool]) -> None:
    session = run(packets)[2]
    assert (session.client.is_due(2560), session.server.is_due(2560)) == due


def test_unacknowledged_bytes_of_a_reset_are_left_for_the_end() -> None:
    packets = [
        *HANDSHAKE,
        server("PA", 0, 0, b"Please "),
        server("PA", 7, 0, b"Let "),
        server("PA", 11, 0, b"Me In!"),
        client("RA", 0, 7, b"Access Denied"),
    ]
    table, _, session = run(packets)
    assert drain(session.server, False) == [b"Please "]
    table.close()
    assert session.server.take(True)
    assert session.server.window == b"Please Let Me In!"
    assert table.counters()["tcp.reassembly_gap"] == 0
    table.expire(0)
    assert table.reassembly.memuse == 0


def test_window_scale() -> None:
    start = [client("S", -1, wscale=2), server("SA", -1, 0, window=10, wscale=3), client("A")]
    opened = [*start, server("A", 0, 0, window=10)]
    assert run([*start, client("A", 0, 0, b"x" * 11)])[0].in_stream is False
    assert run([*opened, client("A", 0, 0, b"x" * 80)])[0].in_stream is True
    assert run([*opened, client("A", 0, 0, b"x" * 81)])[0].in_stream is False


def test_bad_checksum_is_not_used() -> None:
    bad = client("PA", 0, 0, b"GET")
    bad.bad_checksum = True
    table, flow, session = run([*HANDSHAKE, bad])
    assert not table.in_stream
    assert drain(session.client) == []
    assert (table.counters()["tcp.invalid_checksum"], flow.packets_to_server) == (1, 3)
    assert run([*HANDSHAKE, bad], verify_checksums=False)[0].in_stream


REUSES = [
    # name                      packets                                                  flows  source port
    ("after fins", [*REQUEST, client("FA", 3), server("FA", 0, 4), client("A", 4, 1), LATER], 2, 1234),
    ("after reset", [*REQUEST, client("R", 3), LATER], 2, 1234),
    ("other side, after reset", [*REQUEST, client("R", 3), server("S", 70_000)], 2, 80),
    ("same isn", [*REQUEST, client("R", 3), SYN_], 1, 1234),
    ("alive", [*REQUEST, LATER], 1, 1234),
    ("alive, answered", [*REQUEST, LATER, LATER_SYNACK], 2, 1234),
    ("alive, forged answer", [*REQUEST, server("SA", 70_000, 9)], 1, 1234),
    ("syn after data", [client("PA", 7, 0, b"GET"), SYN_], 2, 1234),
    ("fin and syn", [client("PA", 7, 0, b"GET"), client("FS", -1)], 1, 1234),
    ("other side, no session", [client("PA", 0, 0, b"x"), server("S", 70_000)], 2, 80),
]  # fmt: skip


@pytest.mark.parametrize("case", REUSES, ids=[c[0] for c in REUSES])
def test_reuse(case: tuple[str, list[Packet], int, int]) -> None:
    _, packets, flows, source_port = case
    table, flow, _ = run(packets)
    assert (table.total, flow.source_port) == (flows, source_port)
    assert [ended.end_reason for ended in table.ended] == ["tcp_reuse"] * (flows - 1)
    assert table.counters()["flow.tcp_reuse"] == flows - 1
    assert table.is_new == (flows == 2)


def test_reused_ports_after_an_unseen_end() -> None:
    first = C + 1 + 100_001
    packets = [
        *REQUEST,
        LATER,
        LATER_SYNACK,
        tcp("PA", first, S + 70_001, b"PUT"),
        tcp("A", S + 70_001, first + 3, to_client=True),
    ]
    table, flow, session = run(packets)
    assert (STATE_NAMES[session.state], flow.packets_to_server, flow.packets_to_client) == ("established", 1, 2)
    assert drain(session.client) == [b"PUT"]
    assert table.counters()["tcp.midstream_pickups"] == 0


def test_flags_are_kept_by_direction() -> None:
    session = run([*HANDSHAKE, server("FA", 0, 0)])[2]
    assert (session.flags_to_server, session.flags_to_client) == (0x12, 0x13)


def test_counters() -> None:
    found = run([*REQUEST, server("RA", 0, 3)])[0].counters()
    expected = {"tcp.syn": 1, "tcp.synack": 1, "tcp.rst": 1, "tcp.sessions": 1, "tcp.active_sessions": 1}
    assert {name: found[name] for name in expected} == expected


ANY_PACKET = st.builds(
    lambda flags, seq, ack, payload, to_client, rest: (server if to_client else client)(
        flags, seq, ack, payload, timestamps=(rest, rest), urgent=max(rest, 0), window=max(rest, 0) * 100
    ),
    st.lists(st.sampled_from(sorted(FLAGS)), max_size=3).map("".join),
    st.integers(-3, 30) | st.integers(0, 0xFFFFFFFF),
    st.integers(-3, 30) | st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=12),
    st.booleans(),
    st.integers(-1, 12),
)
WAYS = st.fixed_dictionaries(
    {
        "midstream": st.booleans(),
        "async_oneside": st.booleans(),
        "is_inline": st.booleans(),
        "stream_depth": st.sampled_from([0, 5, 1000]),
        "urgent_policy": st.sampled_from(["oob", "inline", "drop", "gap"]),
        "host_networks": st.sampled_from(sorted(TARGETS)).map(lambda name: [(bytes(4), b"\xff" * 4, name)]),
    }
)


@given(st.booleans(), st.lists(ANY_PACKET, max_size=40), WAYS)
def test_anything_is_survived(is_open: bool, packets: list[Packet], ways: dict[str, object]) -> None:
    table = FlowTable(settings(stream_memcap=99, **ways))
    for packet in [*(HANDSHAKE if is_open else []), *packets]:
        flow = table.handle(packet)
        assert flow is not None
        assert flow.tcp is not None
        for stream in (flow.tcp.client, flow.tcp.server):
            assert stream.base <= stream.inspected <= stream.end <= stream.next
            assert stream.end - stream.base == len(stream.buffer)
            while stream.is_due(8) and stream.take(False):
                assert len(stream.window) > stream.fresh
        assert 0 <= table.reassembly.memuse <= 99
        assert set(table.stream_events) <= set(EVENTS_BY_NAME)
    table.close()
    for flow in table.ended:
        if flow.tcp is not None:
            assert len(drain(flow.tcp.client) + drain(flow.tcp.server)) < 99
    table.expire(0)
    assert table.reassembly.memuse == 0
    assert table.counters()["tcp.active_sessions"] == 0
