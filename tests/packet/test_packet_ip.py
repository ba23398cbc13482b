"""IPv4 and IPv6: fields, options, fragments, extension headers."""

# ruff: noqa: E501  a table has one line per case

import struct

import pytest
from frame_builder import DESTINATION_4, DESTINATION_6, SOURCE_4, SOURCE_6, decode, ipv4, ipv6, tcp, udp

UDP4 = udp(b"data")


def test_ipv4_fields():
    packet = decode(ipv4(17, UDP4, options=b"\x94\x04\0\0\1\1\1\1") + b"padding", 101)
    assert (packet.source(), packet.destination()) == (SOURCE_4, DESTINATION_4)
    assert (packet.tos, packet.ttl, packet.ip_id, packet.protocol) == (0x10, 64, 0xABCD, 17)
    assert (packet.fragment_flags, packet.fragment_offset, packet.is_fragment) == (2, 0, False)
    assert packet.ip_header_length == 28
    assert packet.ip_end - packet.ip_at == 28 + 8 + 4
    assert packet.payload() == b"data"
    assert packet.payload_length() == 4
    assert not packet.bad_ip_checksum


def test_ipv6_fields():
    packet = decode(ipv6(17, UDP4, hop_limit=7) + b"padding", 101)
    assert (packet.source(), packet.destination()) == (SOURCE_6, DESTINATION_6)
    assert (packet.tos, packet.ttl, packet.protocol) == (0xA5, 7, 17)
    assert (packet.ip_header_length, packet.ip_end - packet.ip_at) == (40, 52)
    assert packet.payload() == b"data"
    assert not packet.is_fragment


@pytest.mark.parametrize("protocol", [2, 4, 41, 51, 89, 200, 255])
def test_other_protocols_keep_the_ip_payload(protocol):
    packet = decode(ipv4(protocol, b"anything"), 228)
    assert (packet.protocol, packet.payload(), packet.transport_at) == (protocol, b"anything", -1)
    assert packet.events == []


BAD_4 = [
    # name                      packet                                               events
    ("19 bytes",                ipv4(17, UDP4)[:19],                                 ["ipv4.pkt_too_small"]),
    ("header length 16",        ipv4(17, UDP4, header=16),                           ["ipv4.hlen_too_small"]),
    ("header length 0",         ipv4(17, UDP4, header=0),                            ["ipv4.hlen_too_small"]),
    ("length below header",     ipv4(17, UDP4, length=19),                           ["ipv4.iplen_smaller_than_hlen"]),
    ("length 0, offloaded",     ipv4(17, UDP4, length=0),                            ["ipv4.iplen_smaller_than_hlen"]),
    ("cut by one byte",         ipv4(17, UDP4)[:-1],                                 ["ipv4.trunc_pkt"]),
    ("header runs out",         ipv4(17, b"", header=60, length=60)[:40],            ["ipv4.trunc_pkt"]),
    ("option leads out",        ipv4(17, UDP4, options=b"\x07\x09\4\0\0\0\0\0"),     ["ipv4.opt_invalid_len"]),
    ("option of length 1",      ipv4(17, UDP4, options=b"\x0a\x01\0\0\0\0\0\0"),     ["ipv4.opt_invalid_len"]),
    ("ICMPv6",                  ipv4(58, bytes(8)),                                  ["ipv4.icmpv6"]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "events"), [c[1:] for c in BAD_4], ids=[c[0] for c in BAD_4])
def test_malformed_ipv4(data, events):
    packet = decode(b"\0" * 14 + b"\x08\x00" + data, 113)
    assert packet.events == events
    assert packet.is_invalid
    assert packet.transport_at == packet.payload_at == -1


def test_wrong_versions():
    assert decode(b"\0" * 14 + b"\x08\x00" + ipv4(17, UDP4, version=6), 113).events == ["ipv4.wrong_ip_version"]
    assert decode(b"\0" * 14 + b"\x86\xdd" + ipv6(17, UDP4, version=4), 113).events == ["ipv6.wrong_ip_version"]


PAD, EOL, DUP = "ipv4.opt_pad_required", "ipv4.opt_eol_required", "ipv4.opt_duplicate"
SHORT, MALFORMED, UNKNOWN = "ipv4.opt_invalid_len", "ipv4.opt_malformed", "ipv4.opt_invalid"

OPTIONS = [
    # name                    option bytes                     defect  events
    ("all no-ops",            "01010101 01010101",             False,  []),
    ("end, then anything",    "00ffffff ffffffff",             False,  []),
    ("four bytes",            "01010101",                      False,  [PAD]),
    ("no room for a length",  "01010101 01010107",             False,  [EOL]),
    ("router alert",          "94040000 01010101",             False,  []),
    ("router alert twice",    "94040000 94040000",             False,  [DUP]),
    ("router alert of 3",     "94030000 00000000",             True,   [SHORT]),
    ("router alert of 5",     "94050000 00000000",             True,   [SHORT]),
    ("stream id",             "88040000 00000000",             False,  []),
    ("security",              "82030000 00000000",             False,  []),
    ("security of 2",         "82020000 00000000",             True,   [SHORT]),
    ("extended security",     "85030000 00000000",             False,  []),
    ("quick start",           "19080000 00000000",             False,  []),
    ("quick start of 7",      "19070000 00000000",             True,   [SHORT]),
    ("unknown",               "55040000 01010101",             False,  [UNKNOWN]),
    ("record route",          "07070400 00000000",             False,  []),
    ("record route, full",    "07070800 00000000",             False,  []),
    ("pointer behind it",     "07070c00 00000000",             True,   [MALFORMED]),
    ("pointer off by one",    "07070500 00000000",             True,   [MALFORMED]),
    ("pointer too low",       "07070000 00000000",             True,   [MALFORMED]),
    ("record route of 2",     "07020000 00000000",             True,   [SHORT]),
    ("loose source route",    "83070400 00000000",             False,  []),
    ("strict source route",   "89070400 00000000",             False,  []),
    ("timestamp",             "44080500 00000000",             False,  []),
    ("timestamp, full",       "44080900 00000000",             False,  []),
    ("with addresses",        "440c0d01 00000000 00000000 00000000", False, []),
    ("addresses, off by 4",   "440c0901 00000000 00000000 00000000", True,  [MALFORMED]),
    ("times, at 9",           "440c0900 00000000 00000000 00000000", False, []),
    ("timestamp of 4",        "44040500 00000000",             True,   [SHORT]),
    ("timestamp at 4",        "44080400 00000000",             True,   [MALFORMED]),
    ("CIPSO, one tag",        "860a0000 00010104 00000000 00000000", False, []),
    ("CIPSO, two tags",       "860e0000 00010104 00010704 ff000000", False, []),
    ("CIPSO of 9",            "86090000 00010103 00000000 00000000", True,  [SHORT]),
    ("CIPSO, tag 0",          "860a0000 00010004 00000000 00000000", True,  [MALFORMED]),
    ("CIPSO, tag leads out",  "860a0000 00010105 00000000 00000000", True,  [MALFORMED]),
    ("CIPSO, alignment 1",    "860a0000 00010104 01000000 00000000", True,  [MALFORMED]),
    ("CIPSO, half a tag",     "860c0000 00010104 00000101 00000000", True,  [MALFORMED]),
    ("two defects",           "07070500 00000088 05000000 00000000", True,  [MALFORMED, SHORT]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "has_defect", "events"), [c[1:] for c in OPTIONS], ids=[c[0] for c in OPTIONS])
def test_ipv4_options(options, has_defect, events):
    """A defect is no way around inspection: the payload is there."""
    packet = decode(ipv4(17, UDP4, options=bytes.fromhex(options)), 101)
    assert packet.events == events
    assert packet.has_defect == has_defect
    assert not packet.is_invalid
    assert packet.payload() == b"data"


FRAGMENTS_4 = [
    # name                 flags, offset      offset  events
    ("first",              0x2000,            0,      []),
    ("middle",             0x2001,            8,      []),
    ("last",               0x1FF0,            65408,  []),
    ("ping of death",      0x1FFF,            65528,  ["ipv4.frag_pkt_too_large"]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "offset", "events"), [c[1:] for c in FRAGMENTS_4], ids=[c[0] for c in FRAGMENTS_4])
def test_ipv4_fragments_keep_their_transport_closed(field, offset, events):
    packet = decode(ipv4(6, tcp(b"GET /"), fragment=field), 101)
    assert packet.is_fragment
    assert (packet.fragment_offset, packet.fragment_flags) == (offset, field >> 13)
    assert (packet.protocol, packet.source(), packet.transport_at) == (6, SOURCE_4, -1)
    assert packet.data[packet.fragment_at : packet.ip_end] == tcp(b"GET /")
    assert packet.payload() == b""
    assert packet.events == events
    assert not packet.has_ports()


def hop(next_header: int, options: str) -> bytes:
    """A header of options: hop-by-hop or destination."""
    data = bytes.fromhex(options)
    assert (len(data) + 2) % 8 == 0
    return bytes([next_header, (len(data) + 2) // 8 - 1]) + data


def routing(next_header: int, kind: int, left: int = 0, addresses: int = 0) -> bytes:
    return bytes([next_header, 2 * addresses, kind, left]) + bytes(4 + 16 * addresses)


def fragment(next_header: int, field: int, reserved: int = 0) -> bytes:
    return struct.pack(">BBHI", next_header, reserved, field, 9)


def ah(next_header: int, reserved: int = 0, units: int = 4) -> bytes:
    return struct.pack(">BBH", next_header, units, reserved) + bytes(8 + 4 * max(0, units - 1))


ALERT, UNKNOWN_OPTION = "0502 0000", "1e04 01020304"  # 0x1e is for experiments (RFC 4727)

EXTENSIONS = [
    # name                        first  headers before UDP                                       events
    ("hop-by-hop",                0,     hop(17, ALERT + "0100"),                                 ["ipv6.zero_len_padn"]),
    ("hop-by-hop, jumbo",         0,     hop(17, "c204 00010000"),                                []),
    ("only padding",              0,     hop(17, "000000000000"),                                 ["ipv6.hopopts_only_padding"]),
    ("unknown option",            0,     hop(17, UNKNOWN_OPTION),                                 ["ipv6.hopopts_unknown_opt"]),
    ("twice",                     0,     hop(0, ALERT + "0000") + hop(17, ALERT + "0000"),        ["ipv6.exthdr_dupl_hh"]),
    ("destination options",       60,    hop(17, "010400000000"),                                 ["ipv6.dstopts_only_padding"]),
    ("unknown destination",       60,    hop(17, UNKNOWN_OPTION),                                 ["ipv6.dstopts_unknown_opt"]),
    ("home address",              60,    hop(17, "0102 0000 c910" + "22" * 16),                   []),
    ("destination options twice", 60,    hop(60, ALERT + "0000") + hop(17, ALERT + "0000"),       []),
    ("and a third time",          60,    hop(60, ALERT + "0000") * 2 + hop(17, ALERT + "0000"),   ["ipv6.exthdr_dupl_dh"]),
    ("routing, type 2",           43,    routing(17, 2, 1, 1),                                    []),
    ("routing, type 0",           43,    routing(17, 0),                                          ["ipv6.rh_type_0"]),
    ("routing twice",             43,    routing(43, 2) + routing(17, 0),                         ["ipv6.exthdr_dupl_rh"]),
    ("AH",                        51,    ah(17),                                                  []),
    ("AH without a length",       51,    ah(17, units=0),                                         []),
    ("AH, reserved field",        51,    ah(17, reserved=1),                                      ["ipv6.exthdr_ah_res_not_null"]),
    ("AH twice",                  51,    ah(51) + ah(17),                                         ["ipv6.exthdr_dupl_ah"]),
    ("atomic fragment",           44,    fragment(17, 0),                                         ["ipv6.exthdr_useless_fh"]),
    ("two fragment headers",      44,    fragment(44, 0) + fragment(17, 0x0009),                  ["ipv6.exthdr_useless_fh", "ipv6.exthdr_dupl_fh"]),
    ("reserved field",            44,    fragment(17, 0, reserved=1),                             ["ipv6.fh_non_zero_reserved_field", "ipv6.exthdr_useless_fh"]),
    ("mobility",                  135,   bytes([17, 0]) + bytes(6),                               []),
    ("HIP",                       139,   bytes([17, 1]) + bytes(14),                              []),
    ("SHIM6",                     140,   bytes([17, 0]) + bytes(6),                               []),
    ("one of each",               0,     hop(60, ALERT + "0000") + hop(43, ALERT + "0000") + routing(51, 2) + ah(17), []),
]  # fmt: skip


@pytest.mark.parametrize(("first", "headers", "events"), [c[1:] for c in EXTENSIONS], ids=[c[0] for c in EXTENSIONS])
def test_ipv6_extension_headers(first, headers, events):
    packet = decode(ipv6(first, headers + UDP4), 101)
    assert packet.events == events
    assert not packet.is_invalid
    assert (packet.protocol, packet.destination_port, packet.payload()) == (17, 53, b"data")
    assert packet.ip_header_length == 40


@pytest.mark.parametrize(("first", "headers"), [c[1:3] for c in EXTENSIONS], ids=[c[0] for c in EXTENSIONS])
def test_ipv6_extension_headers_cut_anywhere(first, headers):
    for size in range(len(headers)):
        packet = decode(ipv6(first, headers[:size]), 101)
        assert packet.events[-1] == "ipv6.trunc_exthdr", size
        assert packet.is_invalid
        assert packet.payload_at == -1


DEFECTS_6 = [
    # name                        options of a hop-by-hop header
    ("option leads out",          "1e05 01020304"),
    ("no room for a length",      "0102 0000 00 1e"),
    ("router alert of 1",         "0501 00 000000"),
    ("jumbo of 3",                "c203 000000 00"),
    ("home address of 4",         "c904 00000000"),
]  # fmt: skip


@pytest.mark.parametrize("options", [c[1] for c in DEFECTS_6], ids=[c[0] for c in DEFECTS_6])
def test_ipv6_option_defects_are_no_way_around(options):
    packet = decode(ipv6(0, hop(17, options) + UDP4), 101)
    assert packet.events[0] == "ipv6.exthdr_invalid_optlen"
    assert packet.has_defect
    assert not packet.is_invalid
    assert packet.payload() == b"data"


FRAGMENTS_6 = [
    # name                  field   data         offset  flags  events
    ("first",               0x0001, bytes(16),   0,      1,     []),
    ("middle",              0x0011, bytes(16),   16,     1,     []),
    ("last",                0x0010, bytes(5),    16,     0,     []),
    ("odd length",          0x0001, bytes(15),   0,      1,     ["ipv6.frag_invalid_length"]),
    ("beyond 65535",        0xFFF8, bytes(8),    65528,  0,     ["ipv6.frag_pkt_too_large"]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "data", "offset", "flags", "events"), [c[1:] for c in FRAGMENTS_6], ids=[c[0] for c in FRAGMENTS_6])  # fmt: skip
def test_ipv6_fragments_keep_their_transport_closed(field, data, offset, flags, events):
    packet = decode(ipv6(44, fragment(6, field) + data), 101)
    assert packet.is_fragment
    assert (packet.fragment_offset, packet.fragment_flags, packet.transport_at) == (offset, flags, -1)
    assert packet.data[packet.fragment_at : packet.ip_end] == data
    assert packet.payload() == b""
    assert packet.events == events


BAD_6 = [
    # name                 packet                                  invalid events
    ("39 bytes",           ipv6(17, UDP4)[:39],                    True,  ["ipv6.pkt_too_small"]),
    ("cut by one byte",    ipv6(17, UDP4)[:-1],                    True,  ["ipv6.trunc_pkt"]),
    ("ICMP",               ipv6(1, bytes(8)),                      False, ["ipv6.icmpv4"]),
    ("unknown",            ipv6(200, bytes(8)),                    False, ["ipv6.unknown_next_header"]),
    ("nothing",            ipv6(59, b""),                          False, []),
    ("nothing, but data",  ipv6(59, b"covert"),                    False, ["ipv6.data_after_none_header"]),
    ("GRE inside",         ipv6(47, bytes(8)),                     False, []),
]  # fmt: skip


@pytest.mark.parametrize(("data", "is_invalid", "events"), [c[1:] for c in BAD_6], ids=[c[0] for c in BAD_6])
def test_ipv6_without_a_transport(data, is_invalid, events):
    packet = decode(b"\0" * 14 + b"\x86\xdd" + data, 113)
    assert packet.events == events
    assert packet.is_invalid == is_invalid
    assert packet.transport_at == -1
    assert packet.payload() == (b"" if is_invalid else data[40:])


def test_events_of_one_packet_are_bounded():
    """One header of options that nobody knows could give thousands."""
    packet = decode(ipv6(60, bytes([17, 255]) + b"\x1e\x00" * 1023 + UDP4), 101)
    assert packet.events == ["ipv6.dstopts_unknown_opt"] * 15
    assert packet.payload() == b"data"
