"""What the receiver takes: timestamps, resets, urgent bytes, one-sided and inline connections."""

from __future__ import annotations

import pytest
from flow_build import A, B, drain, settings, tcp

from vids.engine.flow.flow import Flow
from vids.engine.flow.session import STATE_NAMES, TcpSession
from vids.engine.flow.table import FlowTable
from vids.engine.flow.target import TARGETS
from vids.engine.flow.urgent import MAX_URGENT, Urgent
from vids.engine.packet.packet import Packet

C, S = 1000, 5000  # ISNs
EVERYWHERE = (bytes(4), bytes([255] * 4))
DAY = 24 * 3600.0


def client(flags: str, seq: int = 0, ack: int = 0, payload: bytes = b"", **rest: object) -> Packet:
    """Return a packet of the client; seq and ack count from the first payload byte of each side."""
    return tcp(flags, C + 1 + seq, S + 1 + ack if "A" in flags else 0, payload, **rest)  # type: ignore[arg-type]


def server(flags: str, seq: int = 0, ack: int = 0, payload: bytes = b"", **rest: object) -> Packet:
    acked = C + 1 + ack if "A" in flags else 0
    return tcp(flags, S + 1 + seq, acked, payload, to_client=True, **rest)  # type: ignore[arg-type]


def run(packets: list[Packet], target: str = "", **changes: object) -> tuple[FlowTable, TcpSession]:
    """Return the table and the session after some packets; every host is the target."""
    if target:
        changes["host_networks"] = [(*EVERYWHERE, target)]
    table = FlowTable(settings(**changes))
    flow: Flow | None = None
    for packet in packets:
        flow = table.handle(packet)
    assert flow is not None
    assert flow.tcp is not None
    return table, flow.tcp


HANDSHAKE = [client("S", -1), server("SA", -1, 0), client("A")]

# who reads which of two answers that arrive before an acknowledgement

RACES = [
    # name                  second copy      targets that read the first, others read the second
    ("same length", (0, b"EVIL!"), ["", "bsd", "windows", "linux", "first", "vista"], ["old-linux", "solaris", "last"]),
    ("longer", (0, b"EVIL! and more"), ["bsd", "first", "macos"], ["linux", "old-linux", "hpux11", "last"]),
    ("in the middle", (2, b"IL"), ["bsd", "linux", "solaris", "first"], ["last"]),
]  # fmt: skip


@pytest.mark.parametrize(("again", "first", "second"), [c[1:] for c in RACES], ids=[c[0] for c in RACES])
def test_injected_answer(again: tuple[int, bytes], first: list[str], second: list[str]) -> None:
    offset, data = again
    both = [server("PA", 0, 0, b"good!"), server("PA", offset, 0, data)]
    rewritten = b"good!"[:offset] + data + b"good!"[offset + len(data) :]
    for target in first + second:
        table, session = run([*HANDSHAKE, *both], target)
        assert table.stream_events[-1] == "stream.reassembly_overlap_different_data", target
        read = drain(session.server)[0]
        expected = b"good!" + data[5 - offset :] if target in first else rewritten
        assert read == expected, target


# timestamps

STAMPED = [client("S", -1, timestamps=(100, 0)), server("SA", -1, 0, timestamps=(500, 100)),
           client("A", timestamps=(101, 500))]  # fmt: skip
ZERO = [client("S", -1, timestamps=(0, 0)), server("SA", -1, 0, timestamps=(500, 0)), client("A", timestamps=(0, 500))]


def stamped(value: int, seq: int = 0, at_s: float = 1000.0) -> Packet:
    return client("PA", seq, 0, b"GET", timestamps=(value, 500), at_s=at_s)


TIMESTAMPS = [
    # name                      packets                                        target       payload is taken
    ("same", [*STAMPED, stamped(101)], "", True),
    ("newer", [*STAMPED, stamped(2000)], "", True),
    ("older by one", [*STAMPED, stamped(100)], "", True),
    ("older", [*STAMPED, stamped(99)], "", False),
    ("far newer", [*STAMPED, stamped(0x80000064)], "", True),
    ("wrapped", [*STAMPED, stamped(0x80000070)], "", False),
    ("none in the segment", [*STAMPED, client("PA", 0, 0, b"GET")], "", True),
    ("older, not negotiated", [*HANDSHAKE, stamped(5), stamped(4)], "", True),
    ("zero, unknown target", [*STAMPED, stamped(0)], "", False),  # far older
    ("zero, after idle weeks", [*STAMPED, stamped(0, at_s=1000 + 25 * DAY)], "", True),
    ("older, after idle weeks", [*STAMPED, stamped(5, at_s=1000 + 25 * DAY)], "", True),
    ("older, after idle weeks, not next", [*STAMPED, stamped(5, 9, at_s=1000 + 25 * DAY)], "", False),
    ("zero in the handshake", [*ZERO, stamped(0), stamped(7, 3)], "", True),
    ("zero in the handshake, linux", [*ZERO, stamped(9), stamped(7, 3)], "linux", True),
    ("zero in the handshake, bsd", [*ZERO, stamped(0)], "bsd", False),
    ("zero, bsd", [*STAMPED, stamped(0)], "bsd", False),
    ("out of order, hpux11", [*STAMPED, stamped(5, 9)], "hpux11", True),
    ("next, hpux11", [*STAMPED, stamped(5)], "hpux11", False),
    ("stops using them, solaris", [*STAMPED, client("A", 0, 0, b"abc"), stamped(5, 3)], "solaris", True),
]  # fmt: skip


@pytest.mark.parametrize(("packets", "target", "is_taken"), [c[1:] for c in TIMESTAMPS], ids=[c[0] for c in TIMESTAMPS])
def test_timestamps(packets: list[Packet], target: str, is_taken: bool) -> None:
    for packet in packets[-1:]:
        table, _ = run([*packets[:-1], packet], target, timeout_tcp_established_s=10**7)
        assert table.in_stream == is_taken
        assert table.stream_events == ([] if is_taken else ["stream.pkt_invalid_timestamp"])


def test_strict_timestamps() -> None:
    assert run([*STAMPED, stamped(100)], liberal_timestamps=False)[0].in_stream is False
    unasked = [client("S", -1), server("SA", -1, 0, timestamps=(500, 77))]
    assert run(unasked, liberal_timestamps=False)[0].stream_events == ["stream.pkt_invalid_timestamp"]
    assert run(unasked)[0].stream_events == []


def test_a_reset_needs_no_timestamp() -> None:
    assert STATE_NAMES[run([*STAMPED, client("R", 0, timestamps=(5, 0))])[1].state] == "closed"


# resets

OPEN = [*HANDSHAKE, client("PA", 0, 0, b"0123456789"), server("A", 0, 4, window=1000)]
ALL = sorted(TARGETS)
RESETS = [
    # name                  seq   targets that take it
    ("next", 10, ALL),
    ("acknowledged", 3, []),
    ("in flight", 5, ["linux", "old-linux", "solaris", "old-solaris"]),
    ("in the window", 500, ["linux", "old-linux", "solaris", "old-solaris", "hpux11"]),
    ("behind the window", 90_000, ["hpux11"]),
]


@pytest.mark.parametrize(("seq", "targets"), [c[1:] for c in RESETS], ids=[c[0] for c in RESETS])
def test_resets(seq: int, targets: list[str]) -> None:
    taken = [name for name in ALL if STATE_NAMES[run([*OPEN, client("R", seq)], name)[1].state] == "closed"]
    assert sorted(taken) == sorted(targets)


@pytest.mark.parametrize("target", ["linux", "windows"])
def test_reset_after_a_wrong_ack(target: str) -> None:
    """Linux keeps a half-open connection when a RST follows an ACK of what was not sent; others give it up."""
    packets = [*HANDSHAKE[:2], client("A", 0, 50), client("R", 0)]
    assert STATE_NAMES[run(packets, target)[1].state] == ("syn_recv" if target == "linux" else "closed")


def test_reset_of_the_client_before_the_answer_counts_for_nothing() -> None:
    _table, session = run([client("S", -1), client("R", 0), *HANDSHAKE[1:], client("PA", 0, 0, b"GET")])
    assert STATE_NAMES[session.state] == "established"
    assert drain(session.client) == [b"GET"]


# urgent bytes


def urgent(data: bytes, pointer: int, seq: int = 0) -> Packet:
    return client("AU", seq, 0, data, urgent=pointer)


URGENT = [
    # name                    policy    packets                                            stream
    ("last byte", "oob", [urgent(b"GEX", 3), client("A", 3, 0, b"T")], b"GET"),
    ("middle byte", "oob", [urgent(b"GXET", 2)], b"GET"),
    ("first byte", "oob", [urgent(b"XGET", 1)], b"GET"),
    ("alone", "oob", [client("A", 0, 0, b"GE"), urgent(b"X", 1, 2), client("A", 3, 0, b"T")], b"GET"),
    ("two", "oob", [urgent(b"GX", 2), urgent(b"EX", 2, 2), client("A", 4, 0, b"T")], b"GET"),
    ("behind the segment", "oob", [urgent(b"GE", 9), client("A", 2, 0, b"T")], b"GET"),
    ("pointer of 0", "oob", [urgent(b"GET", 0)], b"GET"),
    ("sent again", "oob", [urgent(b"GEX", 3), urgent(b"GEX", 3), client("A", 3, 0, b"T")], b"GET"),
    ("sent again without the flag", "oob", [urgent(b"GEX", 3), client("A", 0, 0, b"GEXT")], b"GET"),
    ("out of order", "oob", [client("A", 3, 0, b"T"), urgent(b"GEX", 3)], b"GET"),
    ("out of order without the flag", "oob", [client("A", 1, 0, b"EXT"), urgent(b"GEX", 3)], b"GET"),
    ("in the stream before", "oob", [client("A", 0, 0, b"GEX"), urgent(b"GEX", 3), client("A", 3, 0, b"T")], b"GEXT"),
    ("inline", "inline", [urgent(b"GEX", 3), client("A", 3, 0, b"T")], b"GEXT"),
    ("gap", "gap", [urgent(b"GEX", 3), client("A", 3, 0, b"T")], b"GE|T"),
    ("gap in the middle", "gap", [urgent(b"GXET", 2)], b"G|ET"),
    ("drop, not inline", "drop", [urgent(b"GEX", 3)], b"GEX"),
]


@pytest.mark.parametrize(("policy", "packets", "data"), [c[1:] for c in URGENT], ids=[c[0] for c in URGENT])
def test_urgent_bytes(policy: str, packets: list[Packet], data: bytes) -> None:
    _, session = run([*HANDSHAKE, *packets], urgent_policy=policy)
    assert b"|".join(drain(session.client)) == data


def test_urgent_segment_is_dropped_inline() -> None:
    table, session = run([*HANDSHAKE, urgent(b"GEX", 3)], urgent_policy="drop", is_inline=True)
    assert not table.in_stream
    assert drain(session.client) == []


@pytest.mark.parametrize(("policy", "data"), [("inline", b"abc"), ("drop", b""), ("gap", b"ab")])
def test_too_many_urgent_bytes(policy: str, data: bytes) -> None:
    table, session = run([*HANDSHAKE, urgent(b"X", 1)], urgent_limit_policy=policy)
    taken = session.client.urgent
    assert taken is not None
    taken.count = MAX_URGENT - 1
    table.handle(urgent(b"X", 1, 1))
    assert table.stream_events == ["stream.reassembly_urgent_oob_limit_reached"]
    table.handle(urgent(b"abc", 3, 2))
    assert b"".join(drain(session.client)) == data
    assert table.counters()["tcp.urgent_oob_data"] == 2


def test_places_of_urgent_bytes() -> None:
    made = Urgent()
    for place in (5, 2, 9):
        made.take_out(place)
    assert (made.places, made.count) == ([2, 5, 9], 3)
    assert [made.position(offset) for offset in (0, 2, 3, 5, 6, 10)] == [0, 2, 2, 4, 4, 7]
    assert [made.next_place(offset, 8) for offset in (0, 3, 6)] == [2, 5, 8]
    made.forget(6)
    assert made.places == [9]
    assert [made.position(offset) for offset in (6, 10)] == [4, 7]


# one side alone

ONE_SIDED = [
    # name                     packets                                                      state, client, server
    ("client alone", [client("S", -1), client("A"), client("PA", 0, 0, b"GET"), client("PA", 3, 9, b"PUT")],
     "established", b"GETPUT", b""),
    ("server alone", [server("SA", -1, 0), server("PA", 0, 3, b"200"), server("PA", 3, 9, b"404")],
     "established", b"", b"200404"),
    ("both after all", [*HANDSHAKE, client("PA", 0, 0, b"GET"), server("PA", 0, 3, b"200")],
     "established", b"GET", b""),  # now acknowledgements are waited for
    ("wrong sequence number", [client("S", -1), client("A", 7)], "syn_sent", b"", b""),
    ("closed", [client("S", -1), client("A"), client("FPA", 0, 0, b"GET")], "close_wait", b"GET", b""),
]  # fmt: skip


@pytest.mark.parametrize("case", ONE_SIDED, ids=[c[0] for c in ONE_SIDED])
def test_one_sided_connections(case: tuple[str, list[Packet], str, bytes, bytes]) -> None:
    _, packets, state, from_client, from_server = case
    table, session = run(packets, async_oneside=True)
    assert STATE_NAMES[session.state] == state
    assert b"".join(drain(session.client, everything=False)) == from_client  # without any acknowledgement
    assert b"".join(drain(session.server, everything=False)) == from_server
    assert ("stream.3whs_async_wrong_seq" in table.stream_events) == (case[0] == "wrong sequence number")


# inline: before the acknowledgement


def test_inline_every_segment_is_looked_at_as_it_comes() -> None:
    table, session = run(HANDSHAKE, is_inline=True)
    seen = []
    for packet in (client("PA", 0, 0, b"GE"), client("PA", 4, 0, b"/x"), client("PA", 2, 0, b"T ")):
        table.handle(packet)
        assert session.client.is_due(2560) == session.client.take(False)
        seen.append((session.client.window, session.client.fresh))
    assert seen == [(b"GE", 0), (b"", 0), (b"GET /x", 2)]


def test_inline_does_not_step_over_a_gap_that_nobody_acknowledged() -> None:
    table, session = run([*HANDSHAKE, client("PA", 4, 0, b"/x")], is_inline=True)
    assert not session.client.take(False)
    table.handle(server("A", 0, 6))
    assert session.client.take(False)
    assert session.client.window == b"/x"
    assert session.client.gaps == 1


@pytest.mark.parametrize("target", ["last", "linux", "solaris", ""])
def test_inline_what_came_first_has_passed(target: str) -> None:
    packets = [client("PA", 2, 0, b"T "), client("PA", 0, 0, b"XXXX"), client("PA", 0, 0, b"YYYY")]
    table, session = run([*HANDSHAKE, *packets], target, is_inline=True)
    assert drain(session.client) == [b"XXT "]
    assert table.stream_events == ["stream.reassembly_overlap_different_data"]


def test_inline_data_of_a_syn_is_looked_at_at_once() -> None:
    session = run([client("S", -1, 0, b"Hi all")], is_inline=True)[1]
    assert session.client.is_due(2560)
    assert not run([client("S", -1, 0, b"Hi all")])[1].client.is_due(2560)


INLINE_EVENTS = [
    # name                                   packet                               event
    ("data before the handshake's end", server("PA", 0, 0, b"x"), "stream.3whs_ack_data_inject"),
    ("ack before the handshake's end", server("A"), "stream.3whs_ack_in_wrong_dir"),
]


@pytest.mark.parametrize(("packet", "event"), [c[1:] for c in INLINE_EVENTS], ids=[c[0] for c in INLINE_EVENTS])
def test_inline_nothing_is_lost_so_what_is_early_is_forged(packet: Packet, event: str) -> None:
    assert run([*HANDSHAKE[:2], packet], is_inline=True)[0].stream_events == [event]
    assert run([*HANDSHAKE[:2], packet])[0].stream_events == []


# many SYNs, many SYN/ACKs


def syn(number: int) -> Packet:
    return tcp("S", C + number * 1000)


def test_any_of_the_last_syns_may_be_answered() -> None:
    for answered in range(4):
        packets = [*map(syn, range(4)), tcp("SA", S, C + answered * 1000 + 1, to_client=True)]
        packets += [tcp("PA", C + answered * 1000 + 1, S + 1, b"GET")]
        table, session = run(packets, max_syn_queued=3)
        assert STATE_NAMES[session.state] == "established", answered
        assert drain(session.client) == [b"GET"]
        assert table.counters()["tcp.opening_queue_drop"] == 0


def test_a_flood_of_syns_is_bounded() -> None:
    table, session = run([syn(number) for number in range(100)], max_syn_queued=3)
    assert table.stream_events == ["stream.3whs_syn_flood"]
    assert session.other_openings is not None
    assert len(session.other_openings) == 3
    assert table.counters()["tcp.opening_queue_drop"] == 96
    table.handle(tcp("SA", S, C + 1, to_client=True))
    assert table.stream_events == ["stream.3whs_synack_with_wrong_ack"]


def test_any_of_the_first_syn_acks_may_be_acknowledged() -> None:
    answers = [tcp("SA", S + number * 1000, C + 1, to_client=True) for number in range(5)]
    for acknowledged in range(4):
        final = tcp("PA", C + 1, S + acknowledged * 1000 + 1, b"GET")
        session = run([client("S", -1), *answers[:4], final], max_synack_queued=3)[1]
        assert STATE_NAMES[session.state] == "established", acknowledged
        assert session.server.origin == S + acknowledged * 1000 + 1
    table, _ = run([client("S", -1), *answers], max_synack_queued=3)
    assert table.stream_events == ["stream.3whs_synack_resend_with_diff_seq", "stream.3whs_synack_flood"]
    assert table.counters()["tcp.opening_queue_drop"] == 1


def test_size_of_a_stream_counts_from_the_syn() -> None:
    session = run([*HANDSHAKE, client("PA", 0, 0, b"GET")])[1]
    assert (session.client.size(), session.server.size()) == (4, 1)


def test_addresses_choose_the_target() -> None:
    networks = [(A, A, "last"), (B, B, "first")]
    both = [client("PA", 0, 0, b"AA"), client("PA", 0, 0, b"BB"), server("PA", 0, 0, b"aa"), server("PA", 0, 0, b"bb")]
    session = run([*HANDSHAKE, *both], host_networks=networks)[1]
    assert drain(session.client) == [b"AA"]  # what B reads
    assert drain(session.server) == [b"bb"]
