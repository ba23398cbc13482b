"""The flow table: which packets are one flow, how long flows live, which go first."""

from __future__ import annotations

import pytest
from flow_build import A6, B6, A, B, feed, icmp, packet, settings, tcp, udp
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.flow.flow import STATE_NAMES, Flow
from vids.engine.flow.table import FlowTable
from vids.engine.packet.packet import ESP, GRE, ICMP, SCTP, UDP, Packet


def fragment() -> Packet:
    made = udp()
    made.is_fragment = True
    return made


def invalid() -> Packet:
    made = udp()
    made.is_invalid = True
    return made


def arp() -> Packet:
    made = udp()
    made.ip_version = 0
    return made


def options(protocol: int = UDP) -> Packet:
    """Return a packet with four bytes of IP options between addresses and ports."""
    made = udp()
    at = made.transport_at
    made.data = made.data[:at] + b"\1\1\1\0" + made.data[at:]
    made.protocol = protocol
    made.transport_at += 4
    made.payload_at += 4
    made.payload_end += 4
    made.frame_end += 4
    return made


def quote(addresses: tuple[bytes, bytes] = (A, B), ports: bytes = b"\x04\xd2\x00\x35", protocol: int = UDP) -> bytes:
    """Return the IPv4 header and ports that an ICMP error carries."""
    return b"\x45" + bytes(8) + bytes([protocol]) + bytes(2) + addresses[0] + addresses[1] + ports + bytes(4)


def esp(spi: bytes) -> Packet:
    return packet(A, B, ESP, b"", spi + bytes(8))


UNREACHABLE = 3

ONE_FLOW = [
    # name                  packets                                                    number of flows
    ("both ways", [udp(), udp(to_client=True)], 1),
    ("tcp both ways", [tcp("S"), tcp("SA", to_client=True)], 1),
    ("other port", [udp(), udp(ports=(1235, 53))], 2),
    ("ports swapped", [udp(), udp(ports=(53, 1234))], 2),
    ("other protocol", [udp(ports=(1, 2)), tcp("S", ports=(1, 2))], 2),
    ("equal ports", [udp(ports=(5, 5)), udp(ports=(5, 5), to_client=True)], 1),
    ("land", [udp(ports=(5, 5), addresses=(A, A)), udp(ports=(5, 5), addresses=(A, A), to_client=True)], 1),
    ("options", [udp(), options()], 1),
    ("ipv6", [udp(addresses=(A6, B6)), udp(addresses=(A6, B6), to_client=True)], 1),
    ("ipv4 and ipv6", [udp(), udp(addresses=(A6, B6))], 2),
    ("vlan", [udp(vlans=(7,)), udp(vlans=(7,), to_client=True)], 1),
    ("vlan and none", [udp(vlans=(7,)), udp()], 2),
    ("other vlan", [udp(vlans=(7,)), udp(vlans=(8,))], 2),
    ("nested vlan", [udp(vlans=(7, 8)), udp(vlans=(7,)), udp(vlans=(8, 7)), udp(vlans=(7, 8, 9))], 4),
    ("vlan of ipv6", [udp(vlans=(7,), addresses=(A6, B6)), udp(vlans=(7,), addresses=(A6, B6), to_client=True)], 1),
    ("sctp", [options(SCTP), options(SCTP)], 1),
    ("echo", [icmp(8), icmp(0, to_client=True)], 1),
    ("echo, other way", [icmp(8), icmp(0), icmp(8, to_client=True)], 2),
    ("timestamp", [icmp(13), icmp(14, to_client=True)], 1),
    ("information", [icmp(15), icmp(16, to_client=True)], 1),
    ("address mask", [icmp(17), icmp(18, to_client=True)], 1),
    ("router", [icmp(10), icmp(9, to_client=True)], 1),
    ("echo and timestamp", [icmp(8), icmp(14, to_client=True)], 2),
    ("unknown type", [icmp(99), icmp(99), icmp(99, to_client=True)], 2),
    ("echo v6", [icmp(128, addresses=(A6, B6)), icmp(129, addresses=(A6, B6), to_client=True)], 1),
    ("neighbour", [icmp(135, addresses=(A6, B6)), icmp(136, addresses=(A6, B6), to_client=True)], 1),
    ("router v6", [icmp(133, addresses=(A6, B6)), icmp(134, addresses=(A6, B6), to_client=True)], 1),
    ("listener", [icmp(130, addresses=(A6, B6)), icmp(131, addresses=(A6, B6), to_client=True)], 1),
    ("error v6", [icmp(1, addresses=(A6, B6))], 1),
    ("error", [icmp(UNREACHABLE, quote=quote())], 0),
    ("time exceeded", [udp(), icmp(11, to_client=True, quote=quote())], 1),
    ("error of a flow", [udp(), icmp(UNREACHABLE, to_client=True, quote=quote())], 1),
    ("esp", [esp(b"abcd"), esp(b"abcd")], 1),
    ("esp, other spi", [esp(b"abcd"), esp(b"abce")], 2),
    ("esp, cut", [packet(A, B, ESP, b"", b"abc")], 0),
    ("tunnel", [packet(A, B, 41, b"", b"abc"), packet(B, A, 41, b"", b"abc")], 1),
    ("gre", [packet(A, B, GRE, bytes(8))], 0),
    ("icmp, cut", [packet(A, B, ICMP, b"", b"abc")], 0),
    ("fragment", [fragment()], 0),
    ("invalid", [invalid()], 0),
    ("no ip", [arp()], 0),
]


@pytest.mark.parametrize(("packets", "flows"), [c[1:] for c in ONE_FLOW], ids=[c[0] for c in ONE_FLOW])
def test_what_is_one_flow(packets: list[Packet], flows: int) -> None:
    table = FlowTable(settings())
    feed(table, packets)
    assert table.total == table.active == flows
    table.close()
    assert len(table.ended) == flows
    assert table.active == 0


@pytest.mark.parametrize("to_client", [False, True])
def test_vlans_not_tracked(to_client: bool) -> None:
    table = FlowTable(settings(track_vlans=False))
    feed(table, [udp(vlans=(7,)), udp(vlans=(8,), to_client=to_client), udp()])
    assert table.total == 1


def test_both_directions_are_counted() -> None:
    table = FlowTable(settings())
    first = udp(at_s=10, payload=b"abc", vlans=(7,))
    answer = udp(at_s=11.5, payload=b"abcdef", vlans=(7,), to_client=True)
    flow = table.handle(first)
    assert flow is not None
    assert (table.is_new, table.to_server, STATE_NAMES[flow.state]) == (True, True, "new")
    assert table.handle(answer) is flow
    assert (table.is_new, table.to_server, STATE_NAMES[flow.state]) == (False, False, "established")
    assert (flow.source, flow.destination, flow.source_port, flow.destination_port) == (A, B, 1234, 53)
    assert (flow.protocol, flow.ip_version, flow.vlans) == (UDP, 4, (7,))
    assert (flow.packets_to_server, flow.packets_to_client) == (1, 1)
    assert (flow.bytes_to_server, flow.bytes_to_client) == (len(first.data), len(answer.data))
    assert (flow.start_ns, flow.last_ns) == (10_000_000_000, 11_500_000_000)


def test_icmp_types_of_both_sides() -> None:
    table = FlowTable(settings())
    flow = feed(table, [icmp(8, 3), icmp(0, 4, to_client=True)])[0]
    assert flow is not None
    assert (flow.icmp_type, flow.icmp_code) == (8, 3)
    assert (flow.response_icmp_type, flow.response_icmp_code) == (0, 4)
    assert STATE_NAMES[flow.state] == "established"


def test_error_counts_on_the_flow_it_quotes() -> None:
    table = FlowTable(settings())
    flow = table.handle(udp())
    assert table.handle(icmp(UNREACHABLE, 3, to_client=True, quote=quote())) is flow
    assert flow is not None
    assert (table.to_server, flow.packets_to_client, STATE_NAMES[flow.state]) == (False, 1, "new")


@pytest.mark.parametrize("length", range(len(quote())))
def test_quote_cut_anywhere(length: int) -> None:
    table = FlowTable(settings())
    flow = table.handle(udp())
    found = table.handle(icmp(UNREACHABLE, to_client=True, quote=quote()[:length]))
    assert found is (flow if length >= 24 else None)


def test_flow_id_is_of_the_first_packet_alone() -> None:
    ids = [FlowTable(settings()).handle(each) for each in (udp(), udp(), udp(at_s=1001), udp(ports=(1, 2)))]
    values = [flow.id for flow in ids if flow is not None]
    assert values[0] == values[1]
    assert len(set(values)) == 3
    assert all(0 <= value < 1 << 51 for value in values)


def close_tcp(at_s: float) -> list[Packet]:
    return [tcp("S", 0, at_s=at_s), tcp("RA", 0, 1, at_s=at_s, to_client=True)]


TIMEOUTS = [
    # name               packets                                                                 s     state
    ("tcp new", [tcp("S")], 60, "new"),
    ("tcp established", [tcp("S"), tcp("SA", 9, 1, to_client=True), tcp("A", 1, 10)], 600, "established"),
    ("tcp closed", close_tcp(1000), 60, "closed"),
    ("udp new", [udp()], 30, "new"),
    ("udp established", [udp(), udp(to_client=True)], 300, "established"),
    ("icmp new", [icmp(8)], 30, "new"),
    ("icmp established", [icmp(8), icmp(0, to_client=True)], 300, "established"),
    ("other new", [options(SCTP)], 30, "new"),
]


@pytest.mark.parametrize(("packets", "timeout_s", "state"), [c[1:] for c in TIMEOUTS], ids=[c[0] for c in TIMEOUTS])
def test_timeout(packets: list[Packet], timeout_s: int, state: str) -> None:
    table = FlowTable(settings())
    flow = feed(table, packets)[0]
    for second in range(timeout_s + 1):
        table.expire((1000 + second) * 1_000_000_000)
        assert table.ended == []
    table.expire((1000 + timeout_s + 1) * 1_000_000_000)
    assert table.ended == [flow]
    assert flow is not None
    assert (flow.end_reason, STATE_NAMES[flow.state], table.active) == ("timeout", state, 0)


@pytest.mark.parametrize(("packets", "timeout_s", "state"), [c[1:] for c in TIMEOUTS], ids=[c[0] for c in TIMEOUTS])
def test_timeout_after_a_long_silence(packets: list[Packet], timeout_s: int, state: str) -> None:
    table = FlowTable(settings())
    flow = feed(table, packets)[0]
    table.expire((1000 + timeout_s) * 1_000_000_000)
    assert table.ended == []
    table.expire(10**18)
    assert table.ended == [flow]


def test_packets_keep_a_flow_alive() -> None:
    table = FlowTable(settings(timeout_udp_new_s=5))
    flow = table.handle(udp(at_s=0))
    for second in range(5, 100, 5):
        assert table.handle(udp(at_s=second)) is flow
    assert table.handle(udp(at_s=101)) is not flow
    assert table.ended == [flow]
    assert table.is_new


BACKWARDS = [
    # name               times of the packets             flows
    ("disorder", [1000, 999, 998, 1000], 1),
    ("other capture", [1_000_000, 10, 20, 39], 1),
    ("other capture, then silence", [1_000_000, 10, 20, 60], 2),
    ("one wrong clock", [1000, 4_000_000_000, 1001, 1002], 2),
    ("before 1970", [-5, -4, 3], 1),
]


@pytest.mark.parametrize(("times", "flows"), [c[1:] for c in BACKWARDS], ids=[c[0] for c in BACKWARDS])
def test_time_goes_backwards(times: list[int], flows: int) -> None:
    table = FlowTable(settings())
    for time in times:
        assert table.handle(udp(at_s=time)) is not None
    assert table.total == flows


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-100, 400), st.booleans()), max_size=60))
def test_the_wheel_is_the_naive_table(steps: list[tuple[int, int, bool]]) -> None:
    """Every flow ends exactly when a look at all flows in every second would end it."""
    table = FlowTable(settings(timeout_udp_new_s=7, timeout_udp_established_s=150))
    model: dict[int, tuple[int, bool]] = {}
    now = 1000
    clock = now + steps[0][1] if steps else now
    offset = 0
    for port, step, to_client in steps:
        now += step
        if now + offset < clock - 60:
            offset = clock - now
        clock = max(clock, now + offset)
        for each in list(model):
            seen, is_established = model[each]
            if clock > seen + (150 if is_established else 7):
                del model[each]
        flow = table.handle(udp(ports=(port, 53), at_s=now, to_client=to_client and port in model))
        assert flow is not None
        assert table.is_new == (port not in model)
        model[port] = (clock, port in model and (to_client or model[port][1]))
        assert table.active == len(model)
        assert table.total == table.active + len(table.ended)


def test_eviction_prefers_closed_then_new_then_the_oldest() -> None:
    table = FlowTable(settings(max_flows=4))
    established = feed(table, [udp(ports=(1, 1)), udp(ports=(1, 1), to_client=True)])[0]
    older = feed(table, [udp(ports=(2, 2)), udp(ports=(2, 2), to_client=True)])[0]
    new = table.handle(udp(ports=(3, 3)))
    closed = feed(table, close_tcp(1000))[0]
    assert table.handle(udp(ports=(1, 1), at_s=1002)) is established
    gone: list[Flow | None] = []
    for port in range(10, 13):
        assert table.handle(udp(ports=(port, 1), at_s=1003)) is not None
        feed(table, [udp(ports=(port, 1), at_s=1003, to_client=True)])
        gone += table.ended
        table.ended.clear()
    assert gone == [closed, new, older]
    assert {flow.end_reason for flow in gone if flow is not None} == {"forced"}
    found = table.counters()
    assert (found["flow.get_used"], found["flow.emerg_mode_entered"], found["flow.active"]) == (3, 1, 4)


def test_flood_stays_within_the_cap() -> None:
    table = FlowTable(settings(max_flows=50))
    for port in range(2000):
        table.handle(tcp("S", ports=(port, 80), at_s=1000 + port / 100))
        assert table.active <= 50
        table.ended.clear()
    table.close()
    assert table.active == 0
    assert len(table.ended) == 50


def test_close_ends_flows_in_order_of_start() -> None:
    table = FlowTable(settings())
    flows = feed(table, [udp(ports=(9, 1)), udp(ports=(3, 1)), udp(ports=(9, 1)), icmp(8)])
    table.close()
    assert table.ended == [flows[0], flows[1], flows[3]]
    assert {flow.end_reason for flow in table.ended} == {"shutdown"}


def test_ended_flows_keep_their_bytes_until_the_next_call() -> None:
    table = FlowTable(settings())
    start = [tcp("S", 0), tcp("SA", 9, 1, to_client=True), tcp("A", 1, 10)]
    flow = feed(table, [*start, tcp("A", 1, 10, b"last words")])[0]
    table.expire(2000 * 1_000_000_000)
    assert table.ended == [flow]
    assert flow is not None
    assert flow.tcp is not None
    assert flow.tcp.client.take(True)
    assert flow.tcp.client.window == b"last words"
    table.expire(2000 * 1_000_000_000)
    assert (table.reassembly.memuse, flow.tcp.client.window) == (0, b"")


@pytest.mark.parametrize("how", ["bypassed", "passed", "dropped"])
def test_flows_that_nobody_inspects_hold_nothing(how: str) -> None:
    table = FlowTable(settings())
    start = [tcp("S", 0), tcp("SA", 9, 1, to_client=True), tcp("A", 1, 10), tcp("A", 1, 10, b"GET")]
    flow = feed(table, start)[0]
    assert flow is not None
    assert table.reassembly.memuse == 3
    if how == "bypassed":
        table.bypass(flow)
    flow.is_passed = how == "passed"
    flow.is_dropped = how == "dropped"
    assert table.handle(tcp("A", 4, 10, b"PUT")) is flow
    assert (table.reassembly.memuse, flow.packets_to_server, table.in_stream) == (0, 4, False)


def test_counters() -> None:
    table = FlowTable(settings())
    feed(table, [udp(), udp(to_client=True), icmp(8), icmp(128, addresses=(A6, B6)), tcp("S"), *close_tcp(1001)])
    table.close()
    found = table.counters()
    expected = {
        "flow.total": 4,
        "flow.active": 0,
        "flow.tcp": 1,
        "flow.udp": 1,
        "flow.icmpv4": 1,
        "flow.icmpv6": 1,
        "flow.end.state.new": 2,
        "flow.end.state.established": 1,
        "flow.end.state.closed": 1,
        "flow.end.tcp_state.closed": 1,
        "flow.end.tcp_state.none": 0,
        "tcp.syn": 2,
        "tcp.sessions": 1,
        "tcp.active_sessions": 0,
        "tcp.reassembly_memuse": 0,
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(("gap_ns", "n_flows"), [(5_000_000_000, 1), (5_000_000_001, 2)])
def test_a_packet_that_comes_too_late_begins_a_flow(gap_ns: int, n_flows: int) -> None:
    """Though the wheel, which turns once a second, has not come to the old one yet."""
    table = FlowTable(settings(timeout_udp_new_s=5))
    first, late = udp(), udp()
    first.timestamp_ns = 1_000_000_000_000
    late.timestamp_ns = first.timestamp_ns + gap_ns
    assert table.handle(first) is not None
    assert table.handle(late) is not None
    assert table.total == n_flows
    assert [flow.end_reason for flow in table.ended] == ["timeout"] * (n_flows - 1)
