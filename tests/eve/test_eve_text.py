"""Text, times, addresses: always valid, always the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.eve.address import NAMES, address_text, protocol_name
from vids.eve.text import clean, printable, visible
from vids.eve.timestamp import timestamp

ANY_TEXT = st.text(st.characters(exclude_categories=[]) | st.characters(categories=["Cs"]))  # lone surrogates included

CLEAN = [
    # name              text                         clean
    ("ascii",           "abc;\x00\x1b",              "abc;\x00\x1b"),
    ("other script",    "naïve 漢字 🙂",              "naïve 漢字 🙂"),
    ("a byte",          "caf\udce9",                 "caf\\xe9"),
    ("bytes of UTF-8",  "\udcc3\udca9",              "é"),
    ("half a pair",     "x\ud83dy",                  "x\\ud83dy"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [case[1:] for case in CLEAN], ids=[case[0] for case in CLEAN])
def test_clean(text, wanted):
    assert clean(text) == wanted


@given(ANY_TEXT)
def test_clean_text_is_valid_utf8(text):
    clean(text).encode("utf-8")


@given(ANY_TEXT)
def test_visible_text_commands_no_terminal(text):
    assert visible(text).isprintable() or not visible(text)


@given(st.binary())
def test_printable_keeps_ascii_and_line_ends(data):
    wanted = "".join(chr(b) if 0x20 <= b <= 0x7E or b in (10, 13) else "." for b in data)
    assert printable(data) == wanted


TIMES = [
    # zone                          nanoseconds               text
    ("UTC0",                        0,                        "1970-01-01T00:00:00.000000+0000"),
    ("UTC0",                        1695017621_532140_999,    "2023-09-18T06:13:41.532140+0000"),
    ("UTC0",                        -1,                       "1969-12-31T23:59:59.999999+0000"),
    ("UTC0",                        (1 << 63) - 1,            "2262-04-11T23:47:16.854775+0000"),
    ("UTC0",                        -(1 << 63),               "1677-09-21T00:12:43.145224+0000"),
    ("IST-5:30",                    1695017621_000001_000,    "2023-09-18T11:43:41.000001+0530"),
    ("CET-1CEST,M3.5.0,M10.5.0/3",  1695017621_000000_000,    "2023-09-18T08:13:41.000000+0200"),
    ("NST3:30",                     1695017621_000000_000,    "2023-09-18T02:43:41.000000-0330"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "ns", "wanted"), TIMES)
def test_timestamp(zone, name, ns, wanted):
    zone(name)
    assert timestamp(ns) == wanted
    assert timestamp(ns) == wanted  # from the cache


ADDRESSES = [
    # address                              in full                                     short
    (bytes((10, 0, 0, 255)),               "10.0.0.255",                               "10.0.0.255"),
    (bytes(16),                            "0000:0000:0000:0000:0000:0000:0000:0000",  "::"),
    (b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
    (b"",                                  "",                                         ""),
]  # fmt: skip


@pytest.mark.parametrize(("address", "full", "short"), ADDRESSES, ids=[case[1] for case in ADDRESSES])
def test_address(address, full, short):
    assert address_text(address, False) == full
    assert not address or address_text(address, True) == short


PROTOCOLS = {
    0: "HOPOPT", 1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 41: "IPv6", 47: "GRE", 50: "ESP", 51: "AH", 58: "IPv6-ICMP",
    88: "EIGRP", 89: "OSPF", 103: "PIM", 112: "VRRP", 115: "L2TP", 132: "SCTP", 136: "UDPLite", 61: "61", 200: "200",
    255: "255",
}  # fmt: skip


@pytest.mark.parametrize(("protocol", "name"), PROTOCOLS.items())
def test_protocol_name(protocol, name):
    assert protocol_name(protocol) == name


def test_protocol_names_are_told_apart():
    assert len(set(NAMES)) == len(NAMES)
