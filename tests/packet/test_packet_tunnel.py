"""Tunnels: which packet is found inside which, where it is cut, what is odd about it, and how deep it may be."""

# ruff: noqa: E501  a table has one line per case

import struct
from itertools import pairwise

import pytest
from frame_builder import ethernet, ipv4, ipv6, tcp, udp, vlan
from hypothesis import given, settings
from hypothesis import strategies as st
from test_packet_robust import assert_in_bounds
from tunnel_builder import (
    decode_all,
    erspan_2,
    erspan_3,
    geneve,
    gre,
    gtp,
    mpls,
    nsh,
    pptp,
    udp_between,
    vxlan,
)

from vids.engine.packet.packet import Packet
from vids.engine.settings import Settings

V4 = ipv4(17, udp(b"data"))
V6 = ipv6(6, tcp(b"data"))
FRAME = ethernet(0x0800, V4)
TAGGED = vlan((0x8100, 9), ether_type=0x86DD, payload=V6)
ARP = bytes.fromhex("0001080006040001") + bytes(20)

KEY, SEQUENCE, BOTH = 0x2000, 0x1000, 0x3000
ROUTES = struct.pack(">HHI", 0, 0, 0)[:4] + b"\x08\x00\x00\x04\x0a\x00\x00\x01" + bytes(4)
EXTENSION = b"\x00\x01\x00\x85" + b"\x01\x10\x20\xc0" + b"\x02" + bytes(6) + b"\x00"  # sequence, two extensions
TEREDO_ORIGIN = b"\x00\x00\xde\xad\xbe\xef\xfe\xed"


def over_4(protocol: int, payload: bytes) -> bytes:
    return ethernet(0x0800, ipv4(protocol, payload))


def over_6(protocol: int, payload: bytes) -> bytes:
    return ethernet(0x86DD, ipv6(protocol, payload))


def to_port(port: int, payload: bytes) -> bytes:
    return over_4(17, udp_between(40000, port, payload))


FOUND = [
    # name                        frame                                                                pkt_src                 IP VLANs
    ("GRE, IPv4",                 over_4(47, gre(0x0800, V4)),                                         "gre tunnel",           4, ()),
    ("GRE, IPv6",                 over_4(47, gre(0x86DD, V6)),                                         "gre tunnel",           6, ()),
    ("GRE over IPv6",             over_6(47, gre(0x0800, V4)),                                         "gre tunnel",           4, ()),
    ("GRE, key",                  over_4(47, gre(0x0800, V4, flags=KEY, fields=bytes(4))),             "gre tunnel",           4, ()),
    ("GRE, key and sequence",     over_4(47, gre(0x0800, V4, flags=BOTH, fields=bytes(8))),            "gre tunnel",           4, ()),
    ("GRE, checksum",             over_4(47, gre(0x0800, V4, flags=0x8000, fields=bytes(4))),          "gre tunnel",           4, ()),
    ("GRE, everything",           over_4(47, gre(0x0800, V4, flags=0xB000, fields=bytes(12))),         "gre tunnel",           4, ()),
    ("GRE, routes",               over_4(47, gre(0x0800, V4, flags=0x4000, fields=ROUTES)),            "gre tunnel",           4, ()),
    ("GRE, Ethernet",             over_4(47, gre(0x6558, TAGGED)),                                     "gre tunnel",           6, (9,)),
    ("GRE, VLAN",                 over_4(47, gre(0x8100, TAGGED[14:])),                                "gre tunnel",           6, (9,)),
    ("GRE, PPP",                  over_4(47, gre(0x880B, b"\xff\x03\x00\x21" + V4)),                   "gre tunnel",           4, ()),
    ("GRE, MPLS",                 over_4(47, gre(0x8847, mpls(V6, 16))),                               "gre tunnel",           6, ()),
    ("GRE, NSH",                  over_4(47, gre(0x894F, nsh(1, V4))),                                 "gre tunnel",           4, ()),
    ("PPTP",                      over_4(47, pptp(b"\x00\x21" + V4)),                                  "gre tunnel",           4, ()),
    ("PPTP, sequence and ack",    over_4(47, pptp(b"\x21" + V4, flags=0x3081, fields=bytes(8))),       "gre tunnel",           4, ()),
    ("ERSPAN I",                  over_4(47, gre(0x88BE, FRAME)),                                      "gre tunnel",           4, ()),
    ("ERSPAN II",                 over_4(47, gre(0x88BE, erspan_2(FRAME), flags=SEQUENCE, fields=bytes(4))), "gre tunnel",     4, ()),
    ("ERSPAN II, VLAN",           over_4(47, gre(0x88BE, erspan_2(FRAME, vlan=23), flags=SEQUENCE, fields=bytes(4))), "gre tunnel", 4, (23,)),
    ("ERSPAN II, two VLANs",      over_4(47, gre(0x88BE, erspan_2(TAGGED, vlan=23), flags=SEQUENCE, fields=bytes(4))), "gre tunnel", 6, (23, 9)),
    ("ERSPAN III",                over_4(47, gre(0x22EB, erspan_3(FRAME, vlan=7), flags=SEQUENCE, fields=bytes(4))), "gre tunnel", 4, (7,)),
    ("ERSPAN III, tagged",        over_4(47, gre(0x22EB, erspan_3(TAGGED, vlan=9), flags=SEQUENCE, fields=bytes(4))), "gre tunnel", 6, (9,)),
    ("ERSPAN III, platform",      over_4(47, gre(0x22EB, erspan_3(FRAME, last=1, platform=bytes(8)), flags=SEQUENCE, fields=bytes(4))), "gre tunnel", 4, ()),
    ("ERSPAN III, IPv4",          over_4(47, gre(0x22EB, erspan_3(V4, last=0x0800), flags=SEQUENCE, fields=bytes(4))), "gre tunnel", 4, ()),
    ("ERSPAN III, IPv6",          over_4(47, gre(0x22EB, erspan_3(V6, vlan=5, last=0x0800), flags=SEQUENCE, fields=bytes(4))), "gre tunnel", 6, (5,)),
    ("4 in 4",                    over_4(4, V4),                                                       "ipv4 tunnel",          4, ()),
    ("6 in 4",                    over_4(41, V6),                                                      "ipv4 tunnel",          6, ()),
    ("4 in 6",                    over_6(4, V4),                                                       "ipv6 tunnel",          4, ()),
    ("6 in 6",                    over_6(41, V6),                                                      "ipv6 tunnel",          6, ()),
    ("6 in 6, mobility",          over_6(135, bytes([41, 0]) + bytes(6) + V6),                         "ipv6 tunnel",          6, ()),
    ("AH, 4 in 4",                over_4(51, bytes([4, 4, 0, 0]) + bytes(20) + V4),                    "ipv4 tunnel",          4, ()),
    ("VXLAN",                     to_port(4789, vxlan(FRAME)),                                         "vxlan encapsulation",  4, ()),
    ("VXLAN over IPv6",           over_6(17, udp_between(1, 4789, vxlan(FRAME))),                      "vxlan encapsulation",  4, ()),
    ("VXLAN, VLAN",               to_port(4789, vxlan(TAGGED)),                                        "vxlan encapsulation",  6, (9,)),
    ("VXLAN, other bits",         to_port(4789, vxlan(FRAME, flags=0xFF, reserved=0xFF)),              "vxlan encapsulation",  4, ()),
    ("Geneve, Ethernet",          to_port(6081, geneve(0x6558, TAGGED)),                               "geneve encapsulation", 6, (9,)),
    ("Geneve, IPv4",              to_port(6081, geneve(0x0800, V4)),                                   "geneve encapsulation", 4, ()),
    ("Geneve, options",           to_port(6081, geneve(0x86DD, V6, options=b"\x01\x08\0\1" + bytes(4) + b"\x01\x08\x80\0")), "geneve encapsulation", 6, ()),
    ("Geneve, all options",       to_port(6081, geneve(0x0800, V4, options=bytes(252))),               "geneve encapsulation", 4, ()),
    ("Geneve, answer",            over_4(17, udp_between(6081, 9, geneve(0x0800, V4))),                "geneve encapsulation", 4, ()),
    ("Teredo",                    to_port(3544, V6),                                                   "teredo tunnel",        6, ()),
    ("Teredo, from a server",     over_4(17, udp_between(3544, 9, TEREDO_ORIGIN + V6)),                "teredo tunnel",        6, ()),
    ("GTP-U",                     to_port(2152, gtp(V4)),                                              "gtp tunnel",           4, ()),
    ("GTP-U, sequence",           to_port(2152, gtp(V6, flags=0x32, optional=bytes(4))),               "gtp tunnel",           6, ()),
    ("GTP-U, extensions",         to_port(2152, gtp(V4, flags=0x36, optional=EXTENSION)),              "gtp tunnel",           4, ()),
    ("GTP-U, N-PDU number alone", to_port(2152, gtp(V4, flags=0x31, optional=b"\0\0\0\x85")),          "gtp tunnel",           4, ()),
]  # fmt: skip
IDS = [c[0] for c in FOUND]
FRAMES = [c[1] for c in FOUND]


@pytest.mark.parametrize(("frame", "origin", "version", "vlans"), [c[1:] for c in FOUND], ids=IDS)
def test_the_inner_packet_is_found(frame, origin, version, vlans):
    outer, inner = decode_all(frame)
    assert outer.events == inner.events == []
    assert (outer.origin, outer.depth, outer.outer) == ("wire/pcap", 0, None)
    assert (inner.origin, inner.depth) == (origin, 1)
    assert inner.outer is outer
    assert outer.has_inner
    assert not inner.has_inner
    assert inner.ip_version == version
    assert inner.vlans() == vlans
    assert inner.payload() == b"data"
    assert inner.frame_end - inner.frame_at == inner.wire_length
    assert inner.link_type == (1 if inner.ether_at >= 0 else 101)
    again = decode_all(inner.frame(), inner.link_type)[0]
    assert (again.payload(), again.source(), again.destination()) == (b"data", inner.source(), inner.destination())


@pytest.mark.parametrize("frame", FRAMES, ids=IDS)
def test_every_cut_of_the_frame_is_named(frame):
    for size in range(len(frame)):
        (packet,) = decode_all(frame[:size])
        assert packet.is_invalid, size
        assert len(packet.events) == 1, size


@pytest.mark.parametrize("frame", FRAMES, ids=IDS)
def test_every_cut_inside_is_named_or_no_tunnel(frame):
    """The outer packet's lengths fit what is there, so only the tunnel itself is cut."""
    whole = decode_all(frame)[0]
    is_guess = whole.inner_is_guess
    at = (whole.transport_at if whole.protocol == 17 else whole.payload_at) - whole.frame_at
    for size in range(at + (8 if whole.protocol == 17 else 0), len(frame)):
        found = decode_all(with_lengths(frame[:size], at, whole.protocol == 17))
        if found[0].is_invalid:  # a header behind an extension header, of which not even two bytes are there
            assert found[0].events == ["ipv6.trunc_exthdr"]
            continue
        events = [event for packet in found for event in packet.events]
        if is_guess or (whole.protocol == 17 and len(found) == 1):
            assert events == []
        else:
            assert len(events) == 1 or [p.payload() for p in found][1:] in ([b"dat"], [b"da"], [b"d"], [b""]), size
        if events:
            assert not found[-1].has_inner


def with_lengths(frame: bytes, transport_at: int, is_udp: bool) -> bytes:
    """Set the lengths of the outer IP and UDP headers to what is there."""
    data = bytearray(frame)
    if data[14] >> 4 == 4:
        struct.pack_into(">H", data, 16, len(data) - 14)
    else:
        struct.pack_into(">H", data, 18, len(data) - 54)
    if is_udp:
        struct.pack_into(">H", data, transport_at + 4, len(data) - transport_at)
    return bytes(data)


SAID = [
    # name                     frame                                                         outer                               inner
    ("GRE cut",                over_4(47, b"\0\0\x08"),                                      ["gre.pkt_too_small"],              None),
    ("GRE, version 2",         over_4(47, gre(0x0800, V4, flags=2)),                         ["gre.wrong_version"],              None),
    ("GRE, recursion",         over_4(47, gre(0x0800, V4, flags=0x0700)),                    ["gre.version0_recur"],             []),
    ("GRE, flags",             over_4(47, gre(0x0800, V4, flags=0x0078)),                    ["gre.version0_flags"],             []),
    ("GRE, key cut",           over_4(47, gre(0x0800, b"abc", flags=KEY)),                   ["gre.version0_hdr_too_big"],       None),
    ("GRE, routes cut",        over_4(47, gre(0x0800, b"", flags=0x4000, fields=ROUTES[:13])), ["gre.version0_malformed_sre_hdr"], None),
    ("GRE, route too long",    over_4(47, gre(0x0800, V4, flags=0x4000, fields=bytes(4) + b"\x08\0\0\xff")), ["gre.version0_malformed_sre_hdr"], None),
    ("GRE, protocol",          over_4(47, gre(0x1234, V4)),                                  [],                                 None),
    ("GRE, ARP",               over_4(47, gre(0x0806, ARP)),                                 [],                                 []),
    ("GRE, inner cut",         over_4(47, gre(0x0800, V4[:-1])),                             [],                                 ["ipv4.trunc_pkt"]),
    ("PPTP, checksum",         over_4(47, pptp(b"\x21" + V4, flags=0xA001)),                 ["gre.version1_chksum"],            None),
    ("PPTP, routing",          over_4(47, pptp(b"\x21" + V4, flags=0x6001)),                 ["gre.version1_route"],             None),
    ("PPTP, strict route",     over_4(47, pptp(b"\x21" + V4, flags=0x2801)),                 ["gre.version1_ssr"],               None),
    ("PPTP, recursion",        over_4(47, pptp(b"\x21" + V4, flags=0x2701)),                 ["gre.version1_recur"],             []),
    ("PPTP, flags",            over_4(47, pptp(b"\x21" + V4, flags=0x2079)),                 ["gre.version1_flags"],             []),
    ("PPTP, no key",           over_4(47, pptp(b"\x21" + V4, flags=0x0001)),                 ["gre.version1_no_key"],            None),
    ("PPTP, protocol",         over_4(47, pptp(V4, protocol=0x0800)),                        ["gre.version1_wrong_protocol"],    None),
    ("PPTP cut",               over_4(47, pptp(b"", flags=0x3001)),                          ["gre.version1_hdr_too_big"],       None),
    ("PPTP, ack alone",        over_4(47, pptp(b"", flags=0x2081, fields=bytes(4))),         [],                                 None),
    ("PPTP, LCP",              over_4(47, pptp(b"\xc0\x21" + bytes(8))),                     [],                                 []),
    ("ERSPAN II cut",          over_4(47, gre(0x88BE, bytes(7), flags=SEQUENCE, fields=bytes(4))), [],                           ["erspan.header_too_small"]),
    ("ERSPAN III cut",         over_4(47, gre(0x22EB, erspan_3(b"", last=1), flags=SEQUENCE, fields=bytes(4))), [],              ["erspan.header_too_small"]),
    ("ERSPAN, version",        over_4(47, gre(0x88BE, erspan_2(FRAME, version=5), flags=SEQUENCE, fields=bytes(4))), [],         ["erspan.unsupported_version"]),
    ("4 in 4, cut",            over_4(4, V4[:19]),                                           [],                                 ["ipv4.pkt_too_small"]),
    ("4 in 4, not 4",          over_4(4, V6),                                                [],                                 ["ipv4.wrong_ip_version"]),
    ("4 in 6, cut",            over_6(4, V4[:19]),                                           ["ipv6.ipv4_in_ipv6_too_small"],    None),
    ("4 in 6, not 4",          over_6(4, V6),                                                ["ipv6.ipv4_in_ipv6_wrong_version"], None),
    ("6 in 6, cut",            over_6(41, V6[:39]),                                          ["ipv6.ipv6_in_ipv6_too_small"],    None),
    ("6 in 6, not 6",          over_6(41, V4 + bytes(40)),                                   ["ipv6.ipv6_in_ipv6_wrong_version"], None),
    ("AH cut",                 over_4(51, bytes([4, 4, 0, 0]) + bytes(19)),                  [],                                 None),
    ("VXLAN, no id",           to_port(4789, vxlan(FRAME, flags=0)),                         [],                                 None),
    ("VXLAN, from its port",   over_4(17, udp_between(4789, 9, vxlan(FRAME))),               [],                                 None),
    ("VXLAN, LLDP",            to_port(4789, vxlan(ethernet(0x88CC, bytes(40)))),            ["vxlan.unknown_payload_type"],     None),
    ("VXLAN, ARP",             to_port(4789, vxlan(ethernet(0x0806, ARP))),                  [],                                 []),
    ("VXLAN, inner cut",       to_port(4789, vxlan(FRAME[:-1])),                             [],                                 ["ipv4.trunc_pkt"]),
    ("Geneve, version",        to_port(6081, geneve(0x0800, V4, version=1)),                 [],                                 None),
    ("Geneve, LLDP",           to_port(6081, geneve(0x88CC, V4)),                            ["geneve.unknown_payload_type"],    None),
    ("Teredo, length",         to_port(3544, V6 + b"x"),                                     [],                                 None),
    ("Teredo, no hops",        to_port(3544, ipv6(17, udp(b"data"), hop_limit=0)),           [],                                 None),
    ("Teredo, no options",     to_port(3544, ipv6(0, b"")),                                  [],                                 None),
    ("Teredo, no sense",       to_port(3544, ipv6(17, udp(b"data", length=60))),             [],                                 None),
    ("Teredo, authentication", to_port(3544, b"\x00\x01" + bytes(11) + V6),                  [],                                 None),
    ("GTP-U, echo",            to_port(2152, gtp(V4, message=1)),                            [],                                 None),
    ("GTP'",                   to_port(2152, gtp(V4, flags=0x20)),                           [],                                 None),
    ("GTP, version 2",         to_port(2152, gtp(V4, flags=0x48)),                           [],                                 None),
    ("GTP-U, PPP",             to_port(2152, gtp(b"\xff\x03\x00\x21" + V4)),                 [],                                 None),
    ("GTP-U, no sense",        to_port(2152, gtp(b"\x45" + bytes(40))),                      [],                                 None),
    ("GTP-U, length",          to_port(2152, gtp(V4)[:-1]),                                  [],                                 None),
    ("GTP-U, extension of 0",  to_port(2152, gtp(V4, flags=0x34, optional=b"\0\0\0\x85" + bytes(4))), [],                        None),
    ("no tunnel's port",       to_port(4790, vxlan(FRAME)),                                  [],                                 None),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "outer_events", "inner_events"), [c[1:] for c in SAID], ids=[c[0] for c in SAID])
def test_what_is_said_of_a_tunnel(frame, outer_events, inner_events):
    outer, *inside = decode_all(frame)
    assert outer.events == outer_events
    assert not outer.is_invalid  # the packet around it is as good as any
    assert [packet.events for packet in inside] == ([] if inner_events is None else [inner_events])
    assert outer.has_inner == (inner_events == [])


def test_ah_is_stepped_over():
    (packet,) = decode_all(over_4(51, bytes([17, 4, 0, 0]) + bytes(20) + udp(b"data")))
    assert (packet.protocol, packet.destination_port, packet.payload()) == (17, 53, b"data")
    (packet,) = decode_all(over_4(51, (bytes([51, 1, 0, 0]) + bytes(8)) * 100))
    assert packet.events == ["too_many_layers"]


def test_tunnels_in_tunnels():
    frame = over_6(4, ipv4(47, pptp(b"\xff\x03\x00\x21" + ipv4(17, udp_between(1, 4789, vxlan(FRAME))))))
    packets = decode_all(frame)
    assert [packet.origin for packet in packets] == ["wire/pcap", "ipv6 tunnel", "gre tunnel", "vxlan encapsulation"]
    assert [packet.depth for packet in packets] == [0, 1, 2, 3]
    assert all(packet.outer is packets[0] for packet in packets[1:])
    assert packets[-1].payload() == b"data"


@pytest.mark.parametrize(("max_layers", "depth"), [(2, 0), (3, 0), (5, 1), (16, 6), (255, 126)])
def test_depth_is_bounded(max_layers, depth):
    """Each tunnel costs two layers, itself and the IPv4 header in it; Ethernet and the outermost header are two."""
    chosen = Settings()
    chosen.max_layers = max_layers
    data = V4
    for _ in range(200):
        data = ipv4(4, data)
    packets = decode_all(ethernet(0x0800, data), 1, chosen)
    *good, last = packets if packets[-1].is_invalid else [*packets, packets[-1]]
    assert last.events == ["too_many_layers"]
    assert max([packet.depth for packet in good], default=0) == depth


def test_a_frame_of_fragments_has_no_inner_packet():
    assert len(decode_all(ethernet(0x0800, ipv4(4, V4, fragment=0x2000)))) == 1
    assert len(decode_all(ethernet(0x0800, ipv4(17, udp_between(1, 4789, vxlan(FRAME)), fragment=0x2000)))) == 1


@pytest.mark.parametrize(
    ("field", "port", "payload"),
    [("teredo_ports", 3544, V6), ("geneve_ports", 6081, geneve(0x0800, V4)), ("vxlan_ports", 4789, vxlan(FRAME)),
     ("gtp_ports", 2152, gtp(V4))],
)  # fmt: skip
def test_ports_are_settings(field, port, payload):
    chosen = Settings()
    setattr(chosen, field, [])
    assert len(decode_all(to_port(port, payload), 1, chosen)) == 1
    setattr(chosen, field, [port + 1, 9999])
    assert len(decode_all(to_port(port, payload), 1, chosen)) == 1
    assert len(decode_all(to_port(9999, payload), 1, chosen)) == 2


def test_a_packet_is_used_again():
    """What was inside the last frame is not inside the next."""
    first, *_ = decode_all(over_4(4, V4))
    assert (first.has_inner, first.inner_at >= 0) == (True, True)
    first.clear()
    assert (first.has_inner, first.inner_at, first.inner_is_guess) == (False, -1, False)


def check_bounds(packets: list[Packet], size: int) -> None:
    assert_in_bounds(packets[0], size)
    for outer, inner in pairwise(packets):
        assert outer.frame_at <= inner.frame_at <= inner.frame_end <= outer.frame_end
        assert_in_bounds(inner, inner.frame_end - inner.frame_at)
    assert len(packets) <= 16


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(FRAMES),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 3),
)
def test_mutated_tunnels(frame, changes, cut):
    data = bytearray(frame)
    for at, value in changes:
        data[at % len(data)] = value
    del data[len(data) - cut :]
    check_bounds(decode_all(bytes(data)), len(data))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([4, 41, 47, 51]) | st.sampled_from([3544, 6081, 4789, 2152]),
    st.lists(
        st.binary(max_size=24)
        | st.sampled_from([V4, V6, FRAME, TAGGED, b"\0\0\x08\0", b"\0\0\x65\x58", b"\x30\x01\x88\x0b", b"\x08\0\0\0"]),
        max_size=6,
    ),
)
def test_random_insides(protocol, pieces):
    data = b"".join(pieces)
    frame = over_4(protocol, data) if protocol < 256 else to_port(protocol, data)
    check_bounds(decode_all(frame), len(frame))
