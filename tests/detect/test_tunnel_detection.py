"""What rules and flows see of packets in tunnels, inside and outside."""

import struct

import pytest

from vids.capture.file import open_captures
from vids.engine.batch import batch_of
from vids.engine.engine import Engine
from vids.engine.event import Alert, Anomaly, FlowEnd
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings

START_NS = 1_700_000_000_000_000_000
A, B, C, D = (bytes([10, 0, 0, n]) for n in (1, 2, 3, 4))


def ip(protocol, payload, source=A, destination=B):
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0) + source + destination + payload


def udp(payload, source=40000, destination=53):
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def tcp(flags, seq, ack, payload=b"", ports=(40000, 80)):
    return struct.pack(">HHIIBBHHH", *ports, seq, ack, 0x50, flags, 8192, 0, 0) + payload


def ether(payload):
    return b"\2" * 6 + b"\4" * 6 + b"\x08\x00" + payload


def gre(payload):
    return ether(ip(47, b"\0\0\x08\0" + payload))


def vxlan(payload, source=5000):
    return ether(ip(17, udp(b"\x08" + bytes(7) + ether(payload), source, 4789)))


def engine_of(text="", **chosen):
    ruleset = RuleSet({}, {}, {}, {})
    ruleset.add("test.rules", text)
    ruleset.order()
    assert not ruleset.problems, [str(problem) for problem in ruleset.problems]
    settings = Settings()
    settings.verify_checksums = False
    settings.wants_anomalies = True
    for name, value in chosen.items():
        setattr(settings, name, value)
    return Engine(ruleset, settings)


def events(engine, *frames, kind=Alert):
    found = engine.feed(batch_of([(START_NS + n, frame) for n, frame in enumerate(frames)])) + engine.close()
    return [event for event in found if isinstance(event, kind)]


def test_an_alert_inside_names_the_tunnel():
    engine = engine_of('alert udp any any -> any 53 (content:"evil"; sid:1;)')
    (alert,) = events(engine, vxlan(ip(17, udp(b"evil"), C, D)))
    assert (alert.source, alert.destination, alert.destination_port) == (C, D, 53)
    assert (alert.packet_source, alert.number) == ("vxlan encapsulation", 0)
    assert (alert.packet, alert.link_type) == (ether(ip(17, udp(b"evil"), C, D)), 1)
    tunnel = alert.tunnel
    assert tunnel is not None
    assert (tunnel.source, tunnel.source_port, tunnel.destination, tunnel.destination_port) == (A, 5000, B, 4789)
    assert (tunnel.protocol, tunnel.depth, tunnel.number, tunnel.packet_source) == (17, 1, 1, "wire/pcap")


def test_the_tunnel_is_the_outermost_packet():
    engine = engine_of('alert udp any any -> any 53 (content:"evil"; sid:1;)')
    (alert,) = events(engine, gre(ip(4, ip(17, udp(b"evil"), C, D), B, C)))
    assert alert.packet_source == "ipv4 tunnel"
    assert alert.tunnel is not None
    assert (alert.tunnel.protocol, alert.tunnel.depth, alert.tunnel.source_port) == (47, 2, 0)


def test_the_payload_is_looked_at_inside_and_the_header_outside_too():
    text = (
        'alert udp any any -> any 4789 (content:"evil"; sid:1;)\n'
        "alert udp any any -> any 4789 (dsize:>10; sid:2;)\n"
        'alert udp any any -> any 53 (content:"evil"; sid:3;)\n'
    )
    frame = vxlan(ip(17, udp(b"evil"), C, D))
    assert [alert.rule.sid for alert in events(engine_of(text), frame)] == [3, 2]
    assert [alert.rule.sid for alert in events(engine_of(text, vxlan_ports=[]), frame)] == [1, 2]


def test_a_payload_that_makes_no_sense_inside_is_looked_at_outside():
    engine = engine_of('alert udp any any -> any 4789 (content:"evil"; sid:1;)')
    cut = ip(17, udp(b"evil and more"), C, D)[:-1]
    assert len(events(engine, vxlan(cut))) == 1


def test_what_is_odd_inside_is_said_of_the_inner_packet():
    text = "alert pkthdr any any -> any any (decode-event:ipv4.trunc_pkt; sid:1;)"
    frame = gre(ip(17, udp(b"cut"), C, D)[:-1])
    (said,) = events(engine_of(text), frame, kind=Anomaly)
    assert (said.name, said.packet_source, said.number) == ("ipv4.trunc_pkt", "gre tunnel", 0)
    assert said.tunnel is not None
    assert (said.tunnel.source, said.tunnel.number) == (A, 1)
    assert len(events(engine_of(text), frame)) == 1


def flows(engine, *frames):
    return sorted(
        (flow.protocol, flow.packets_to_server, flow.packets_to_client, flow.bytes_to_server, flow.bytes_to_client)
        for flow in [event.flow for event in events(engine, *frames, kind=FlowEnd)]
    )


def test_inner_packets_have_flows_of_their_own():
    there, back = ip(17, udp(b"ask"), C, D), ip(17, udp(b"tell", 53, 40000), D, C)
    assert flows(engine_of(), vxlan(there), vxlan(back)) == [(17, 1, 1, 45, 46), (17, 2, 0, 95 + 96, 0)]


def test_a_stream_inside_a_tunnel():
    engine = engine_of('alert tcp any any -> any 80 (flow:established,to_server; content:"one two"; sid:1;)')
    segments = [
        ip(6, tcp(0x02, 100, 0), C, D),
        ip(6, tcp(0x12, 900, 101, ports=(80, 40000)), D, C),
        ip(6, tcp(0x10, 101, 901), C, D),
        ip(6, tcp(0x18, 101, 901, b"one "), C, D),
        ip(6, tcp(0x18, 105, 901, b"two"), C, D),
        ip(6, tcp(0x18, 901, 108, b"answer", ports=(80, 40000)), D, C),
    ]
    (alert,) = events(engine, *[gre(segment) for segment in segments])
    assert alert.is_stream
    assert (alert.source, alert.destination) == (C, D)
    assert alert.tunnel is not None


@pytest.mark.parametrize(("track_depth", "n_flows"), [(True, 2), (False, 1)])
def test_the_same_packet_inside_and_outside(track_depth, n_flows):
    packet = ip(17, udp(b"data"), C, D)
    assert len(flows(engine_of(track_depth=track_depth), ether(packet), gre(packet))) == n_flows


def test_no_packet_is_kept_for_frames_without_tunnels():
    engine = engine_of()
    engine.feed(batch_of([(START_NS, ether(ip(17, udp(b"plain"))))]))
    assert engine.inside == []
    engine.feed(batch_of([(START_NS, gre(ip(17, udp(b"inner"))))] * 50))
    assert len(engine.inside) == 2  # one that was filled, one that was offered


PAIRS = [
    # folder            outside                  inside                    bytes that a packet has more inside
    ("gre/ip", "gre-ip__ping__veth2", "gre-ip__ping__gre2", 16),  # captured as from a cooked socket
    ("gre/ethernet", "gre-ethernet__ping__veth2", "gre-ethernet__ping__gretap2", 0),
    ("ipip", "ipip__ping__veth2", "ipip__ping__tunl2", 0),
    ("vxlan", "vxlan__ping__veth2", "vxlan__ping__vxlan2", 0),
    ("ah/tunnel/route", "ah-tunnel-route__ping__veth2", "ah-tunnel-route__ping__vti2", 0),
    ("802.1q", "802.1q__ping__veth2", "802.1q__ping__veth2.100", -4),  # the tag is of the same frame
    ("802.1ad", "802.1ad__ping__veth2", "802.1ad__ping__veth2.100", -4),
    ("802.1ad", "802.1ad__ping__veth2.100", "802.1ad__ping__veth2.100.200", -4),
]


def seen(path):
    """Return the inner flows' (source, destination, protocol, ICMP types, packets, bytes, state) of a capture."""
    engine = engine_of()
    found = [event for batch in open_captures([str(path)]) for event in engine.feed(batch)] + engine.close()
    return [
        (
            (f.source, f.destination, f.protocol, f.icmp_type, f.response_icmp_type, f.state, f.end_reason),
            (f.packets_to_server, f.packets_to_client),
            (f.bytes_to_server, f.bytes_to_client),
        )
        for f in [event.flow for event in found if isinstance(event, FlowEnd)]
    ]


@pytest.mark.parametrize(("folder", "outside", "inside", "extra"), PAIRS, ids=[pair[2] for pair in PAIRS])
def test_a_ping_from_outside_and_inside(shared, folder, outside, inside, extra):
    place = shared / "captures" / "tunnels" / folder
    wanted = [
        (ends, packets, (sizes[0] - extra * packets[0], sizes[1] - extra * packets[1]))
        for ends, packets, sizes in seen(place / f"{inside}.pcap")
    ]
    assert len(wanted) == 1
    assert [flow for flow in seen(place / f"{outside}.pcap") if flow[0][2] == 1] == wanted


def test_every_capture_of_tunnels_is_inspected_without_harm(shared):
    engine = engine_of('alert ip any any -> any any (msg:"any"; sid:1;)')
    n_inner = 0
    for path in sorted((shared / "captures" / "tunnels").rglob("*.pcap*")):
        for batch in open_captures([str(path)]):
            n_inner += sum(isinstance(e, Alert) and e.tunnel is not None for e in engine.feed(batch))
    assert n_inner > 80
