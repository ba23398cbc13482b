"""Headers between link and network: PPP, MPLS, PPPoE, tags. What is found behind each, and what is said when it is not."""

# ruff: noqa: E501  a table has one line per case

import struct

import pytest
from frame_builder import ethernet, ipv4, ipv6, udp, vlan
from tunnel_builder import decode_all, mpls, nsh, pppoe

V4 = ipv4(17, udp(b"data"))
V6 = ipv6(17, udp(b"data"))
FRAME = ethernet(0x0800, V4)
TAGGED = vlan((0x8100, 9), ether_type=0x86DD, payload=V6)
FRAMING = b"\xff\x03"

FOUND = [
    # name                        link  frame                                                         IP VLANs
    ("PPP, framed",               9,    FRAMING + b"\x00\x21" + V4,                                   4, ()),
    ("PPP, bare",                 9,    b"\x00\x57" + V6,                                             6, ()),
    ("PPP, one byte",             9,    b"\x21" + V4,                                                 4, ()),
    ("PPP, one byte, framed",     9,    FRAMING + b"\x57" + V6,                                       6, ()),
    ("PPP, VJ uncompressed",      9,    FRAMING + b"\x00\x2f" + V4,                                   4, ()),
    ("PPP, MPLS",                 9,    FRAMING + b"\x02\x81" + mpls(V4, 16),                         4, ()),
    ("PPP, MPLS multicast",       9,    FRAMING + b"\x02\x83" + mpls(V6, 16),                         6, ()),
    ("serial, PPP",               50,   FRAMING + b"\x00\x21" + V4,                                   4, ()),
    ("serial, Cisco HDLC",        50,   b"\x0f\x00\x08\x00" + V4,                                     4, ()),
    ("Cisco HDLC",                104,  b"\x8f\x00\x86\xdd" + V6,                                     6, ()),
    ("PPPoE without Ethernet",    51,   pppoe(b"\x00\x21", V4)[14:],                                  4, ()),
    ("PPPoE",                     1,    pppoe(b"\x00\x21", V4),                                       4, ()),
    ("PPPoE, one byte",           1,    pppoe(b"\x57", V6),                                           6, ()),
    ("PPPoE in a VLAN",           1,    vlan((0x8100, 3), ether_type=0x8864, payload=pppoe(b"\x21", V4)[14:]), 4, (3,)),
    ("MPLS",                      1,    ethernet(0x8847, mpls(V4, 16)),                               4, ()),
    ("MPLS, three labels",        1,    ethernet(0x8847, mpls(V6, 16, 17, 18)),                       6, ()),
    ("MPLS multicast",            1,    ethernet(0x8848, mpls(V4, 999)),                              4, ()),
    ("MPLS, explicit IPv4 null",  1,    ethernet(0x8847, mpls(V4, 0)),                                4, ()),
    ("MPLS, explicit IPv6 null",  1,    ethernet(0x8847, mpls(V6, 16, 2)),                            6, ()),
    ("MPLS, extension label",     1,    ethernet(0x8847, mpls(V4, 15)),                               4, ()),
    ("MPLS, pseudowire",          1,    ethernet(0x8847, mpls(bytes(4) + TAGGED, 16)),                6, (9,)),
    ("VN-tag",                    1,    ethernet(0x8926, bytes(4) + b"\x08\x00" + V4),                4, ()),
    ("VN-tag, then VLAN",         1,    ethernet(0x8926, bytes(4) + TAGGED[12:]),                     6, (9,)),
    ("VLAN, then VN-tag",         1,    vlan((0x8100, 4), ether_type=0x8926, payload=bytes(4) + b"\x08\x00" + V4), 4, (4,)),
    ("E-tag",                     1,    ethernet(0x893F, bytes(6) + b"\x86\xdd" + V6),                6, ()),
    ("MAC in MAC",                1,    ethernet(0x88E7, bytes(4) + FRAME),                           4, ()),
    ("MAC in MAC, VLAN inside",   1,    ethernet(0x88E7, bytes(4) + TAGGED),                          6, (9,)),
    ("data center Ethernet",      1,    ethernet(0x8903, bytes(2) + TAGGED),                          6, (9,)),
    ("NSH, IPv4",                 1,    ethernet(0x894F, nsh(1, V4)),                                 4, ()),
    ("NSH, IPv6, fixed context",  1,    ethernet(0x894F, nsh(2, V6, kind=1, words=6)),                6, ()),
    ("NSH, Ethernet",             1,    ethernet(0x894F, nsh(3, TAGGED, words=5)),                    6, (9,)),
    ("NSH, MPLS",                 1,    ethernet(0x894F, nsh(5, mpls(V4, 16))),                       4, ()),
    ("SLL, PPPoE",                113,  bytes(14) + b"\x88\x64" + pppoe(b"\x00\x21", V4)[14:],        4, ()),
]  # fmt: skip
IDS = [c[0] for c in FOUND]


@pytest.mark.parametrize(("link_type", "frame", "version", "vlans"), [c[1:] for c in FOUND], ids=IDS)
def test_ip_is_found(link_type, frame, version, vlans):
    (packet,) = decode_all(frame, link_type)
    assert packet.events == []
    assert packet.ip_version == version
    assert packet.vlans() == vlans
    assert packet.payload() == b"data"
    assert packet.ether_type in (0, 0x0800, 0x86DD)


@pytest.mark.parametrize(("link_type", "frame"), [c[1:3] for c in FOUND], ids=IDS)
def test_every_cut_is_named(link_type, frame):
    for size in range(len(frame)):
        (packet,) = decode_all(frame[:size], link_type)
        assert packet.is_invalid, size
        assert len(packet.events) == 1, size
        assert packet.ip_version == 0 or packet.ip_end - packet.frame_at <= size


def test_the_customers_addresses_count():
    (packet,) = decode_all(ethernet(0x88E7, bytes(4) + b"\x02inner\x02outer" + FRAME[12:]))
    assert packet.data[packet.ether_at :].startswith(b"\x02inner")


UNKNOWN = "ethernet.unknown_ethertype"
SAID = [
    # name                     link  frame                                                     invalid  events
    ("PPP, empty",             9,    b"",                                                      True,  ["ppp.pkt_too_small"]),
    ("PPP, framing alone",     9,    FRAMING,                                                  True,  ["ppp.pkt_too_small"]),
    ("PPP, half a protocol",   9,    FRAMING + b"\x00",                                        True,  ["ppp.pkt_too_small"]),
    ("PPP, IPv4 cut",          9,    b"\x00\x21" + V4[:19],                                    True,  ["ppp.ip4_pkt_too_small"]),
    ("PPP, IPv6 cut",          9,    b"\x57" + V6[:39],                                        True,  ["ppp.ip6_pkt_too_small"]),
    ("PPP, VJ cut",            9,    b"\x2f" + V4[:19],                                        True,  ["ppp.vju_pkt_too_small"]),
    ("PPP, VJ, no IPv4",       9,    b"\x2f" + V6,                                             False, []),
    ("PPP, VJ compressed",     9,    FRAMING + b"\x00\x2d" + bytes(40),                        False, ["ppp.unsup_proto"]),
    ("PPP, IPX",               9,    FRAMING + b"\x00\x2b" + bytes(40),                        False, ["ppp.unsup_proto"]),
    ("PPP, any one byte",      9,    b"\x3d" + bytes(40),                                      False, ["ppp.unsup_proto"]),
    ("PPP, LCP",               9,    FRAMING + b"\xc0\x21" + bytes(40),                        False, []),
    ("PPP, CHAP",              9,    FRAMING + b"\xc2\x23" + bytes(40),                        False, []),
    ("PPP, compressed",        9,    FRAMING + b"\x00\xfd" + bytes(40),                        False, []),
    ("PPP, unknown",           9,    FRAMING + b"\x12\x34" + bytes(40),                        True,  ["ppp.wrong_type"]),
    ("PPPoE cut",              1,    pppoe(b"", b""),                                          True,  ["pppoe.pkt_too_small"]),
    ("PPPoE, protocol cut",    1,    pppoe(b"\x00", b""),                                      True,  ["pppoe.pkt_too_small"]),
    ("PPPoE, IPv4 cut",        1,    pppoe(b"\x00\x21", V4[:19]),                              True,  ["ppp.ip4_pkt_too_small"]),
    ("PPPoE, length 0",        1,    ethernet(0x8864, b"\x11\0\0\1\0\0\0\x21" + V4),           False, []),
    ("PPPoE, LCP",             1,    pppoe(b"\xc0\x21", bytes(8)),                             False, []),
    ("PPPoE, unknown",         1,    pppoe(b"\x12\x34", bytes(8)),                             True,  ["ppp.wrong_type"]),
    ("PADI",                   1,    ethernet(0x8863, bytes.fromhex("110900000004 01010000")), False, []),
    ("PADT, padded",           1,    ethernet(0x8863, bytes.fromhex("11a700010000") + bytes(40)), False, []),
    ("PADO, two tags",         1,    ethernet(0x8863, bytes.fromhex("11070000000a 01020002abcd 01010000")), False, []),
    ("PADO, end of list",      1,    ethernet(0x8863, bytes.fromhex("110700000006 00000000 ffff")), False, []),
    ("PADI cut",               1,    ethernet(0x8863, bytes.fromhex("1109000000")),            True,  ["pppoe.pkt_too_small"]),
    ("discovery, code",        1,    ethernet(0x8863, bytes.fromhex("11bb00000004 01010000")), True,  ["pppoe.wrong_code"]),
    ("discovery, tags cut",    1,    ethernet(0x8863, bytes.fromhex("110900000028 01010000")), True,  ["pppoe.malformed_tags"]),
    ("discovery, tag too long", 1,   ethernet(0x8863, bytes.fromhex("110900000004 01010032")), True,  ["pppoe.malformed_tags"]),
    ("MPLS cut",               1,    ethernet(0x8847, b"\x00\x01\x01"),                        True,  ["mpls.header_too_small"]),
    ("MPLS never ends",        1,    ethernet(0x8847, b"\x00\x01\x00\x40" * 200),              True,  ["mpls.header_too_small"]),
    ("MPLS, 3 bytes behind",   1,    ethernet(0x8847, mpls(V4[:3], 16)),                       True,  ["mpls.pkt_too_small"]),
    ("MPLS, router alert",     1,    ethernet(0x8847, mpls(V4, 1)),                            False, ["mpls.bad_label_router_alert"]),
    ("MPLS, implicit null",    1,    ethernet(0x8847, mpls(V4, 3)),                            False, ["mpls.bad_label_implicit_null"]),
    ("MPLS, reserved",         1,    ethernet(0x8847, mpls(V4, 7)),                            False, ["mpls.bad_label_reserved"]),
    ("MPLS, payload",          1,    ethernet(0x8847, mpls(b"\x15" + V4, 16)),                 True,  ["mpls.unknown_payload_type"]),
    ("VN-tag, unknown",        1,    ethernet(0x8926, bytes(4) + b"\x12\x34" + bytes(40)),     True,  [UNKNOWN, "vntag.unknown_type"]),
    ("E-tag, unknown",         1,    ethernet(0x893F, bytes(6) + b"\x12\x34" + bytes(40)),     True,  [UNKNOWN, "etag.unknown_type"]),
    ("VLAN in VN-tag, unknown", 1,   ethernet(0x8926, bytes(4) + bytes.fromhex("81000001 1234") + bytes(40)), True, [UNKNOWN, "vlan.unknown_type"]),
    ("MAC in MAC, unknown",    1,    vlan((0x8100, 1), ether_type=0x88E7, payload=bytes(4) + ethernet(0x1234, bytes(40))), False, [UNKNOWN]),
    ("NSH, version",           1,    ethernet(0x894F, nsh(1, V4, version=1)),                  False, ["nsh.unsupported_version"]),
    ("NSH, length",            1,    ethernet(0x894F, nsh(1, V4, words=1)),                    True,  ["nsh.bad_header_length"]),
    ("NSH, nothing behind",    1,    ethernet(0x894F, nsh(1, b"")),                            True,  ["nsh.bad_header_length"]),
    ("NSH, fixed, but longer", 1,    ethernet(0x894F, nsh(1, V4, kind=1, words=7)),            True,  ["nsh.bad_header_length"]),
    ("NSH, reserved",          1,    ethernet(0x894F, nsh(1, V4, kind=0)),                     False, ["nsh.reserved_type"]),
    ("NSH, type",              1,    ethernet(0x894F, nsh(1, V4, kind=3)),                     False, ["nsh.unsupported_type"]),
    ("NSH, payload",           1,    ethernet(0x894F, nsh(4, V4)),                             False, ["nsh.unknown_payload"]),
    ("HDLC, unknown",          104,  b"\x0f\x00\x12\x34" + bytes(40),                          False, [UNKNOWN]),
]  # fmt: skip


@pytest.mark.parametrize(("link_type", "frame", "is_invalid", "events"), [c[1:] for c in SAID], ids=[c[0] for c in SAID])  # fmt: skip
def test_what_is_not_ip(link_type, frame, is_invalid, events):
    (packet,) = decode_all(frame, link_type)
    assert packet.events == events
    assert packet.is_invalid == is_invalid
    assert packet.ip_version == 0


def test_wrappings_are_layers():
    tags = struct.pack(">IH", 0, 0x8926)
    for n_tags, events in ((13, []), (14, ["too_many_layers"]), (5000, ["too_many_layers"])):
        frame = ethernet(0x8926, tags * (n_tags - 1) + bytes(4) + b"\x08\x00" + V4)
        (packet,) = decode_all(frame)
        assert packet.events == events
        assert packet.is_invalid == bool(events)
