"""Link layers and VLAN tags: what is found behind each, and what is said when it is not."""

# ruff: noqa: E501  a table has one line per case

import struct

import pytest
from frame_builder import decode, ethernet, ipv4, ipv6, udp, vlan

V4 = ipv4(17, udp(b"data"))
V6 = ipv6(17, udp(b"data"))

FOUND = [
    # name                     link  frame                                                 IP  EtherType  VLANs
    ("Ethernet, IPv4",         1,    ethernet(0x0800, V4),                                 4,  0x0800,    ()),
    ("Ethernet, IPv6",         1,    ethernet(0x86DD, V6),                                 6,  0x86DD,    ()),
    ("Ethernet, padded",       1,    ethernet(0x0800, V4) + bytes(14),                     4,  0x0800,    ()),
    ("802.1Q",                 1,    vlan((0x8100, 7), ether_type=0x0800, payload=V4),     4,  0x0800,    (7,)),
    ("802.1ad",                1,    vlan((0x88A8, 4095), (0x8100, 2), ether_type=0x86DD, payload=V6), 6, 0x86DD, (4095, 2)),
    ("three tags",             1,    vlan((0x9100, 1), (0x8100, 2), (0x8100, 3), ether_type=0x0800, payload=V4), 4, 0x0800, (1, 2, 3)),
    ("raw, IPv4",              101,  V4,                                                   4,  0,         ()),
    ("raw, IPv6",              101,  V6,                                                   6,  0,         ()),
    ("raw, by its BSD number", 12,   V4,                                                   4,  0,         ()),
    ("raw, by OpenBSD's",      14,   V6,                                                   6,  0,         ()),
    ("IPv4",                   228,  V4,                                                   4,  0,         ()),
    ("IPv6",                   229,  V6,                                                   6,  0,         ()),
    ("NULL, little endian",    0,    struct.pack("<I", 2) + V4,                            4,  0,         ()),
    ("NULL, big endian",       0,    struct.pack(">I", 2) + V4,                            4,  0,         ()),
    ("NULL, Linux",            0,    struct.pack("<I", 10) + V6,                           6,  0,         ()),
    ("NULL, FreeBSD",          0,    struct.pack("<I", 28) + V6,                           6,  0,         ()),
    ("NULL, macOS",            0,    struct.pack(">I", 30) + V6,                           6,  0,         ()),
    ("LOOP",                   108,  struct.pack(">I", 24) + V6,                           6,  0,         ()),
    ("SLL",                    113,  bytes(14) + b"\x08\x00" + V4,                         4,  0x0800,    ()),
    ("SLL, 802.1Q",            113,  bytes(14) + b"\x81\x00\x00\x09\x86\xdd" + V6,         6,  0x86DD,    (9,)),
    ("SLL2",                   276,  b"\x86\xdd" + bytes(18) + V6,                         6,  0x86DD,    ()),
]  # fmt: skip


@pytest.mark.parametrize(("link_type", "frame", "version", "ether_type", "vlans"), [c[1:] for c in FOUND], ids=[c[0] for c in FOUND])  # fmt: skip
def test_ip_is_found(link_type, frame, version, ether_type, vlans):
    packet = decode(frame, link_type)
    assert packet.events == []
    assert packet.ip_version == version
    assert packet.ether_type == ether_type
    assert packet.vlans() == vlans
    assert packet.payload() == b"data"
    assert (packet.ether_at - packet.frame_at) == (0 if link_type == 1 else -1 - packet.frame_at)


ARP = bytes.fromhex("0001 0800 06 04 0001".replace(" ", "")) + bytes(20)

SAID = [
    # name                 link  frame                                                     invalid events
    ("ARP request",        1,    ethernet(0x0806, ARP),                                    False, []),
    ("ARP reverse reply",  1,    ethernet(0x0806, ARP[:7] + b"\x04" + ARP[8:]),            False, []),
    ("ARP operation 0",    1,    ethernet(0x0806, ARP[:7] + b"\x00" + ARP[8:]),            True,  ["arp.unsupported_opcode"]),
    ("ARP operation 5",    1,    ethernet(0x0806, ARP[:7] + b"\x05" + ARP[8:]),            True,  ["arp.unsupported_opcode"]),
    ("ARP, token ring",    1,    ethernet(0x0806, b"\x00\x06" + ARP[2:]),                  True,  ["arp.unsupported_hardware"]),
    ("ARP, AppleTalk",     1,    ethernet(0x0806, ARP[:2] + b"\x80\x9b" + ARP[4:]),        True,  ["arp.unsupported_protocol"]),
    ("ARP, long MAC",      1,    ethernet(0x0806, ARP[:4] + b"\x08" + ARP[5:]),            True,  ["arp.invalid_hardware_size"]),
    ("ARP, long IP",       1,    ethernet(0x0806, ARP[:5] + b"\x10" + ARP[6:]),            True,  ["arp.invalid_protocol_size"]),
    ("ARP, 7 bytes",       1,    ethernet(0x0806, ARP[:7]),                                True,  ["arp.pkt_too_small"]),
    ("ARP, 27 bytes",      1,    ethernet(0x0806, ARP[:27]),                               True,  ["arp.invalid_pkt"]),
    ("Ethernet cut",       1,    ethernet(0x0800, V4)[:13],                                True,  ["ethernet.pkt_too_small"]),
    ("empty",              1,    b"",                                                      True,  ["ethernet.pkt_too_small"]),
    ("EtherType unknown",  1,    ethernet(0x1234, bytes(50)),                              False, ["ethernet.unknown_ethertype"]),
    ("802.3 and LLC",      1,    ethernet(38, b"\x42\x42\x03" + bytes(43)),                False, ["ethernet.unknown_ethertype"]),
    ("802.3 and SNAP",     1,    ethernet(46, bytes.fromhex("aaaa03000000 0800".replace(" ", "")) + V4), False, ["ethernet.unknown_ethertype"]),
    ("VLAN, unknown",      1,    vlan((0x8100, 1), ether_type=0x1234, payload=bytes(50)),  True,  ["ethernet.unknown_ethertype", "vlan.unknown_type"]),
    ("VLAN cut",           1,    ethernet(0x8100, b"\x00\x01\x08"),                        True,  ["vlan.header_too_small"]),
    ("four tags",          1,    vlan((0x8100, 1), (0x8100, 2), (0x8100, 3), (0x8100, 4), ether_type=0x0800, payload=V4), False, ["vlan.too_many_layers"]),
    ("raw, version 5",     101,  b"\x55" + V4[1:],                                         False, ["ipraw.invalid_ip_version"]),
    ("raw cut",            101,  V6[:19],                                                  True,  ["ipv4.pkt_too_small"]),
    ("NULL cut",           0,    b"\x02\x00\x00",                                          True,  ["ltnull.pkt_too_small"]),
    ("NULL, AppleTalk",    0,    struct.pack("<I", 16) + bytes(40),                        False, ["ltnull.unsupported_type"]),
    ("NULL, high bits",    0,    struct.pack("<I", 0x80000002) + V4,                       False, ["ltnull.unsupported_type"]),
    ("SLL cut",            113,  bytes(15),                                                True,  ["sll.pkt_too_small"]),
    ("SLL2 cut",           276,  bytes(19),                                                True,  ["sll2.pkt_too_small"]),
    ("802.11",             105,  bytes(60),                                                False, []),
    ("no link type",       -1,   bytes(60),                                                False, []),
]  # fmt: skip


@pytest.mark.parametrize(("link_type", "frame", "is_invalid", "events"), [c[1:] for c in SAID], ids=[c[0] for c in SAID])  # fmt: skip
def test_what_is_not_ip(link_type, frame, is_invalid, events):
    packet = decode(frame, link_type)
    assert packet.events == events
    assert packet.is_invalid == is_invalid
    assert packet.ip_version == 0
    assert packet.source() == packet.destination() == packet.payload() == b""
    assert not packet.has_ports()


def test_the_vlans_of_a_frame_with_too_many_are_kept():
    frame = vlan((0x8100, 1), (0x8100, 2), (0x8100, 3), (0x8100, 4), ether_type=0x0800, payload=V4)
    assert decode(frame).vlans() == (1, 2, 3)
