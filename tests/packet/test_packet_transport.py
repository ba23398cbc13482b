"""TCP, UDP, SCTP, ESP, ICMP and ICMPv6: fields, options, and what is said of the malformed."""

# ruff: noqa: E501  a table has one line per case

import struct

import pytest
from frame_builder import decode, icmp, ipv4, ipv6, tcp, udp

from vids.engine.packet.packet import ACK, PSH, SYN


def test_tcp_fields():
    packet = decode(ipv4(6, tcp(b"GET /", flags=PSH | ACK)), 101)
    assert (packet.source_port, packet.destination_port) == (40000, 80)
    assert (packet.tcp_seq, packet.tcp_ack, packet.tcp_window) == (0xFFFFFFF0, 0x80000001, 0xFFFE)
    assert packet.tcp_flags == PSH | ACK
    assert (packet.tcp_mss, packet.tcp_wscale, packet.tcp_sack_ok) == (-1, -1, False)
    assert (packet.tcp_ts_value, packet.tcp_ts_echo) == (-1, -1)
    assert packet.payload() == b"GET /"
    assert packet.has_ports()


def test_tcp_options_of_a_syn():
    options = bytes.fromhex("020405b4 0402 080a fffffffe 00000001 01 030307".replace(" ", ""))
    packet = decode(ipv6(6, tcp(options=options, flags=SYN)), 101)
    assert (packet.tcp_mss, packet.tcp_wscale, packet.tcp_sack_ok) == (1460, 7, True)
    assert (packet.tcp_ts_value, packet.tcp_ts_echo) == (0xFFFFFFFE, 1)
    assert packet.events == []
    assert packet.payload_length() == 0


def test_nothing_of_the_last_packet_stays():
    options = bytes.fromhex("020405b4 0402 080a fffffffe 00000001 01 030307".replace(" ", ""))
    packet = decode(ipv4(6, tcp(options=options, flags=SYN)), 101)
    packet.clear()
    assert (packet.tcp_mss, packet.tcp_wscale, packet.tcp_sack_ok, packet.tcp_ts_value) == (-1, -1, False, -1)
    assert (packet.transport_at, packet.payload_at, packet.ip_version, packet.has_ports()) == (-1, -1, 0, False)


LENGTH, TWICE = "tcp.opt_invalid_len", "tcp.opt_duplicate"

TCP_OPTIONS = [
    # name                       options                                     defect events
    ("no-ops and an end",        "01010100 ffffffff",                        False, []),
    ("no room for a length",     "01010102",                                 False, []),
    ("length 0",                 "02000000",                                 True,  [LENGTH]),
    ("length 1",                 "02010000",                                 True,  [LENGTH]),
    ("leads out",                "02050000",                                 True,  [LENGTH]),
    ("segment size of 3",        "02030001",                                 False, [LENGTH]),
    ("segment size twice",       "02040001 02040002",                        False, [TWICE]),
    ("window scale of 4",        "03040001",                                 False, [LENGTH]),
    ("window scale twice",       "03030103 03020101",                        False, [TWICE]),
    ("SACK permitted of 3",      "04030001",                                 False, [LENGTH]),
    ("SACK permitted twice",     "04020402",                                 False, [TWICE]),
    ("timestamps of 9",          "08090000 00000000 00010101",               False, [LENGTH]),
    ("timestamps twice",         "080a0000 00010000 0000080a 00000001 00000000", False, [TWICE]),
    ("SACK, empty",              "05020101",                                 False, []),
    ("SACK, one block",          "050a0000 00000000 00000101",               False, []),
    ("SACK, half a block",       "05060000 00000101",                        False, [LENGTH]),
    ("SACK twice",               "05020502",                                 False, [TWICE]),
    ("fast open, asking",        "22020101",                                 False, []),
    ("fast open, cookie",        "220a0000 00000000 00000101",               False, []),
    ("fast open, odd",           "22070000 00000001",                        False, [LENGTH]),
    ("fast open, too long",      "22140000" + "00000000" * 4,                False, [LENGTH]),
    ("experiment, fast open",    "fd04f989 22020101",                        False, [TWICE]),
    ("experiment, another",      "fe041234 22020101",                        False, []),
    ("experiment of 6",          "fe061234 00000101",                        False, [LENGTH]),
    ("MD5",                      "13120000" + "00000000" * 3 + "00000101",   False, []),
    ("MD5 of 4",                 "13040000",                                 True,  [LENGTH]),
    ("AO",                       "1d040000",                                 False, []),
    ("AO of 3",                  "1d030000",                                 True,  [LENGTH]),
    ("unknown",                  "55040000",                                 False, []),
]  # fmt: skip


@pytest.mark.parametrize(("options", "has_defect", "events"), [c[1:] for c in TCP_OPTIONS], ids=[c[0] for c in TCP_OPTIONS])  # fmt: skip
def test_tcp_options(options, has_defect, events):
    """A bad option is no way around inspection: ports and payload are there."""
    packet = decode(ipv4(6, tcp(b"data", options=bytes.fromhex(options))), 101)
    assert packet.events == events
    assert packet.has_defect == has_defect
    assert not packet.is_invalid
    assert (packet.destination_port, packet.payload()) == (80, b"data")


BAD = [
    # name                          protocol  bytes                                   event
    ("TCP, 19 bytes",               6,        tcp()[:19],                             "tcp.pkt_too_small"),
    ("TCP, offset behind the end",  6,        tcp(offset=24),                         "tcp.hlen_too_small"),
    ("TCP, offset 16",              6,        tcp(offset=16),                         "tcp.invalid_optlen"),
    ("TCP, offset 0",               6,        tcp(offset=0),                          "tcp.invalid_optlen"),
    ("UDP, 7 bytes",                17,       udp()[:7],                              "udp.hlen_too_small"),
    ("UDP, length behind the end",  17,       udp(b"data", length=13),                "udp.pkt_too_small"),
    ("UDP, length 7",               17,       udp(b"data", length=7),                 "udp.len_invalid"),
    ("UDP, length 0",               17,       udp(b"data", length=0),                 "udp.len_invalid"),
    ("SCTP, 11 bytes",              132,      bytes(11),                              "sctp.pkt_too_small"),
    ("ESP, 7 bytes",                50,       bytes(7),                               "esp.pkt_too_small"),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "data", "event"), [c[1:] for c in BAD], ids=[c[0] for c in BAD])
@pytest.mark.parametrize("ip", [ipv4, ipv6])
def test_malformed_transport(ip, protocol, data, event):
    packet = decode(ip(protocol, data), 101)
    assert packet.events == [event]
    assert packet.is_invalid
    assert packet.protocol == protocol
    assert packet.source() != b""
    assert packet.transport_at == packet.payload_at == -1
    assert not packet.has_ports()


def test_icmp_of_seven_bytes():
    assert decode(ipv4(1, bytes(7)), 101).events == ["icmpv4.pkt_too_small"]
    assert decode(ipv6(58, bytes(7)), 101).events == ["icmpv6.pkt_too_small"]


def test_what_follows_the_udp_length_is_no_payload():
    packet = decode(ipv4(17, udp(b"data", length=10) + b"hidden"), 101)
    assert packet.payload() == b"da"
    assert packet.events == []


def test_sctp_and_esp():
    packet = decode(ipv4(132, struct.pack(">HHII", 1000, 2905, 1, 2) + b"chunks"), 101)
    assert (packet.source_port, packet.destination_port, packet.payload()) == (1000, 2905, b"chunks")
    assert packet.has_ports()
    packet = decode(ipv6(50, bytes(8) + b"secret"), 101)
    assert (packet.protocol, packet.payload(), packet.has_ports()) == (50, b"secret", False)


CODE_4, TYPE_4 = "icmpv4.unknown_code", "icmpv4.unknown_type"
QUOTE_4 = ipv4(17, udp())

ICMPV4 = [
    # name                   type  code  behind the header   id      payload             events
    ("echo",                 8,    0,    b"ping",            0x1234, b"ping",            []),
    ("echo reply",           0,    0,    b"ping",            0x1234, b"ping",            []),
    ("echo, code 1",         8,    1,    b"ping",            0x1234, b"ping",            [CODE_4]),
    ("unreachable",          3,    15,   QUOTE_4,            -1,     QUOTE_4,            []),
    ("unreachable, code 16", 3,    16,   QUOTE_4,            -1,     QUOTE_4,            [CODE_4]),
    ("no quote",             3,    1,    b"",                -1,     b"",                []),
    ("quote cut",            3,    1,    QUOTE_4[:19],       -1,     QUOTE_4[:19],       ["icmpv4.ipv4_trunc_pkt"]),
    ("quote of IPv6",        3,    1,    ipv6(59, b""),      -1,     ipv6(59, b""),      ["icmpv4.ipv4_unknown_ver"]),
    ("quench",               4,    0,    QUOTE_4,            -1,     QUOTE_4,            []),
    ("quench, no quote",     4,    0,    b"",                -1,     b"",                ["icmpv4.ipv4_trunc_pkt"]),
    ("quench, code 1",       4,    1,    b"",                -1,     b"",                [CODE_4]),
    ("redirect",             5,    3,    QUOTE_4,            -1,     QUOTE_4,            []),
    ("redirect, code 4",     5,    4,    QUOTE_4,            -1,     QUOTE_4,            [CODE_4]),
    ("router here",          9,    16,   b"",                -1,     b"",                []),
    ("time exceeded",        11,   1,    QUOTE_4,            -1,     QUOTE_4,            []),
    ("time exceeded 2",      11,   2,    QUOTE_4,            -1,     QUOTE_4,            [CODE_4]),
    ("parameter problem",    12,   0,    QUOTE_4,            -1,     QUOTE_4,            []),
    ("parameter problem 1",  12,   1,    QUOTE_4,            -1,     QUOTE_4,            [CODE_4]),
    ("timestamp",            13,   0,    bytes(12) + b"x",   0x1234, b"x",               []),
    ("timestamp cut",        14,   0,    bytes(11),          0x1234, bytes(11),          ["icmpv4.ipv4_trunc_pkt"]),
    ("information",          15,   0,    b"",                0x1234, b"",                []),
    ("mask reply, code 1",   18,   1,    b"",                0x1234, b"",                [CODE_4]),
    ("unknown type",         1,    0,    b"",                -1,     b"",                [TYPE_4]),
    ("type 255",             255,  255,  b"",                -1,     b"",                [TYPE_4]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "code", "rest", "identifier", "payload", "events"), [c[1:] for c in ICMPV4], ids=[c[0] for c in ICMPV4])  # fmt: skip
def test_icmpv4(kind, code, rest, identifier, payload, events):
    packet = decode(ipv4(1, icmp(kind, code, payload=rest)), 101)
    assert (packet.icmp_type, packet.icmp_code) == (kind, code)
    assert (packet.icmp_id, packet.icmp_seq) == (identifier, 0xFEDC if identifier >= 0 else -1)
    assert packet.payload() == payload
    assert packet.events == events
    assert not packet.is_invalid


CODE_6, FREE, EXPERIMENT = "icmpv6.unknown_code", "icmpv6.unassigned_type", "icmpv6.experimentation_type"
QUOTE_6 = ipv6(17, udp())

ICMPV6 = [
    # name                   type  code  hops  behind the header  events
    ("unreachable",          1,    6,    64,   QUOTE_6,           []),
    ("unreachable, code 7",  1,    7,    64,   QUOTE_6,           [CODE_6]),
    ("quote cut",            1,    0,    64,   QUOTE_6[:39],      ["icmpv6.ipv6_trunc_pkt"]),
    ("no quote",             1,    0,    64,   b"",               ["icmpv6.ipv6_trunc_pkt"]),
    ("quote of IPv4",        3,    1,    64,   ipv4(6, tcp()),    ["icmpv6.ipv6_unknown_version"]),
    ("too big",              2,    0,    64,   QUOTE_6,           []),
    ("too big, code 1",      2,    1,    64,   QUOTE_6,           [CODE_6]),
    ("time exceeded 2",      3,    2,    64,   QUOTE_6,           [CODE_6]),
    ("parameter problem",    4,    2,    64,   QUOTE_6,           []),
    ("parameter problem 3",  4,    3,    64,   QUOTE_6,           [CODE_6]),
    ("MLD query",            130,  0,    1,    bytes(16),         []),
    ("MLD query from afar",  130,  0,    64,   bytes(16),         ["icmpv6.mld_message_with_invalid_hl"]),
    ("MLD done, code 1",     132,  1,    2,    bytes(16),         [CODE_6, "icmpv6.mld_message_with_invalid_hl"]),
    ("neighbor wanted",      135,  0,    255,  bytes(16),         []),
    ("redirect, code 1",     137,  1,    255,  bytes(32),         [CODE_6]),
    ("renumbering",          138,  255,  64,   b"",               []),
    ("renumbering, code 3",  138,  3,    64,   b"",               [CODE_6]),
    ("node query, code 3",   139,  3,    64,   b"",               [CODE_6]),
    ("MLDv2 report",         143,  0,    1,    b"",               []),
    ("mobility experiment",  150,  77,   64,   b"",               []),
    ("RPL",                  155,  132,  64,   b"",               []),
    ("RPL, code 4",          155,  4,    64,   b"",               [CODE_6]),
    ("type 0",               0,    0,    64,   b"",               ["icmpv6.unknown_type"]),
    ("type 127",             127,  0,    64,   b"",               ["icmpv6.unknown_type"]),
    ("type 5",               5,    0,    64,   b"",               [FREE]),
    ("type 160",             160,  0,    64,   b"",               [FREE]),
    ("type 255",             255,  0,    64,   b"",               [FREE]),
    ("type 100",             100,  0,    64,   b"",               [EXPERIMENT]),
    ("type 201",             201,  0,    64,   b"",               [EXPERIMENT]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "hops", "rest", "events"), [c[1:] for c in ICMPV6], ids=[c[0] for c in ICMPV6]
)
def test_icmpv6(kind, code, hops, rest, events):
    packet = decode(ipv6(58, icmp(kind, code, payload=rest), hop_limit=hops), 101)
    assert (packet.icmp_type, packet.icmp_code) == (kind, code)
    assert packet.icmp_id == packet.icmp_seq == -1
    assert packet.events == events
    assert not packet.is_invalid
    assert packet.payload().endswith(rest)


def test_icmpv6_echo():
    packet = decode(ipv6(58, icmp(128, 0, payload=b"ping")), 101)
    assert (packet.icmp_id, packet.icmp_seq, packet.payload(), packet.events) == (0x1234, 0xFEDC, b"ping", [])
    packet = decode(ipv6(58, icmp(129, 1, payload=b"pong")), 101)
    assert (packet.icmp_id, packet.events) == (-1, [CODE_6])
