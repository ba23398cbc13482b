"""Counters: one run of frames, counted by layer and by event."""

from frame_builder import ethernet, icmp, ipv4, ipv6, tcp, udp, vlan
from tunnel_builder import geneve, gre, gtp, mpls, nsh, pppoe, udp_between, vxlan

from vids.engine.packet.counters import Counters
from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import MAX_EVENTS, Packet
from vids.engine.settings import Settings

FRAMES = [
    # link  frame
    (1,    ethernet(0x0800, ipv4(6, tcp(b"data")))),
    (1,    ethernet(0x0800, ipv4(6, tcp(b"data", options=b"\2\0\0\0")))),
    (1,    ethernet(0x86DD, ipv6(58, icmp(128, 0)))),
    (1,    vlan((0x88A8, 1), (0x8100, 2), ether_type=0x0800, payload=ipv4(17, udp()))),
    (1,    ethernet(0x1234, b"")),
    (1,    ethernet(0x0806, bytes(4))),
    (101,  ipv4(1, icmp(8, 0))),
    (0,    b"\x02\0\0\0" + ipv4(132, bytes(12))),
    (113,  bytes(14) + b"\x08\x00" + ipv4(50, bytes(8))),
    (276,  b"\x08\x00" + bytes(18) + ipv4(17, udp(length=3))),
    (147,  bytes(30)),
    (9,    b"\xff\x03\x00\x21" + ipv4(2, bytes(8))),
    (1,    pppoe(b"\xc0\x21", bytes(8))),
    (104,  b"\x0f\x00\x88\x47" + mpls(ipv4(2, bytes(8)), 16)),
    (1,    ethernet(0x8926, bytes(4) + b"\x89\x3f" + bytes(6) + b"\x89\x4f" + nsh(1, ipv4(2, bytes(8))))),
    (1,    ethernet(0x88E7, bytes(4) + ethernet(0x0800, ipv4(2, bytes(8))))),
    (101,  ipv4(47, gre(0x88BE, ethernet(0x0800, ipv4(2, bytes(8)))))),
    (101,  ipv4(4, ipv4(41, ipv6(4, ipv4(2, bytes(8)))))),
    (101,  ipv6(41, ipv6(59, b""))),
    (101,  ipv4(17, udp_between(1, 4789, vxlan(ethernet(0x0806, bytes(4)))))),
    (101,  ipv4(17, udp_between(1, 6081, geneve(0x0800, ipv4(2, bytes(8)))))),
    (101,  ipv4(17, udp_between(1, 3544, ipv6(59, b"")))),
    (101,  ipv4(17, udp_between(1, 2152, gtp(ipv6(59, b""))))),
    (101,  ipv4(17, udp_between(1, 2152, gtp(ipv4(2, b"", length=99))))),
]  # fmt: skip


def test_counters():
    decoder = Decoder(Settings())
    packet = Packet()
    for number, (link_type, frame) in enumerate(FRAMES, 1):
        decoder.decode(packet, frame, number * 1000, 0, len(frame), len(frame) + 2, link_type)
        assert (packet.number, packet.timestamp_ns, packet.link_type) == (number, number * 1000, link_type)
        assert packet.wire_length == len(frame) + 2
        outer, inner = packet, Packet()
        while decoder.decode_inner(outer, inner):
            assert (inner.number, inner.timestamp_ns) == (number, number * 1000)
            outer, inner = inner, Packet()
    total = sum(len(frame) for _, frame in FRAMES)
    expected = {
        "pkts": 24, "bytes": total, "invalid": 4, "ipv4": 23, "ipv6": 6, "ethernet": 11, "arp": 2,
        "unknown_ethertype": 1, "unknown_link_type": 1, "raw": 9, "null": 1, "sll": 1, "sll2": 1, "tcp": 2, "udp": 7,
        "ppp": 1, "pppoe": 1, "chdlc": 1, "mpls": 1, "vntag": 1, "etag": 1, "nsh": 1, "ieee8021ah": 1, "gre": 1,
        "erspan": 1, "ipv4_in_ipv4": 1, "ipv6_in_ipv4": 1, "ipv4_in_ipv6": 1, "ipv6_in_ipv6": 1, "teredo": 1,
        "geneve": 1, "vxlan": 1, "gtp": 1,
        "sctp": 1, "esp": 1, "icmpv4": 1, "icmpv6": 1, "vlan": 1, "vlan_qinq": 1, "vlan_qinqinq": 0,
        "avg_pkt_size": total // 24, "max_pkt_size": max(len(frame) for _, frame in FRAMES),
        "events_dropped": 0, "event.arp.pkt_too_small": 2, "event.ethernet.unknown_ethertype": 1,
        "event.tcp.opt_invalid_len": 1, "event.udp.len_invalid": 1,
    }  # fmt: skip
    assert decoder.counters() == {"decoder." + name: value for name, value in expected.items()}


def test_counters_of_nothing():
    counters = Decoder(Settings()).counters()
    assert set(counters.values()) == {0}


def test_a_packet_is_used_again_and_again():
    """Every frame gives the same in a used packet as in a new one."""
    used = Packet()
    for link_type, frame in FRAMES + FRAMES[::-1]:
        decoder = Decoder(Settings())
        decoder.decode(used, frame, 0, 0, len(frame), len(frame), link_type)
        new = Packet()
        Decoder(Settings()).decode(new, frame, 0, 0, len(frame), len(frame), link_type)
        fields = [name for name in dir(new) if not name.startswith("_") and not callable(getattr(new, name))]
        fields.remove("next_at")  # means something only while decoders hand it on
        assert len(fields) > 40
        assert {name: getattr(used, name) for name in fields} == {name: getattr(new, name) for name in fields}


def test_packets_with_more_events_than_are_kept_are_counted():
    counters = Counters()
    counters.count_events(["ipv4.trunc_pkt"] * (MAX_EVENTS - 1))
    assert counters.by_name()["decoder.events_dropped"] == 0
    counters.count_events(["ipv4.trunc_pkt"] * MAX_EVENTS)
    assert counters.by_name()["decoder.events_dropped"] == 1
