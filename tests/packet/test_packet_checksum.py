"""Checksums: the fast sums against RFC 1071 as it is written, and each protocol's own rules."""

# ruff: noqa: E501  a table has one line per case

import struct

import pytest
from frame_builder import DESTINATION_4, DESTINATION_6, SOURCE_4, SOURCE_6, checksum, decode, icmp, ipv4, ipv6, tcp, udp
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.packet import checksum as room

FIELD_AT = {1: 2, 6: 16, 17: 6, 58: 2}  # where the checksum is, by protocol


def fold(total: int) -> int:
    return total % 0xFFFF or (0xFFFF if total else 0)


@given(st.binary(max_size=200), st.integers(0, 20))
def test_the_sums_agree_with_the_obvious_one(data, at):
    at = min(at, len(data))
    expected = checksum(data[at:]) ^ 0xFFFF
    assert fold(room.sum_by_eights(data, at, len(data))) == expected
    assert fold(room.sum_as_one_number(data, at, len(data))) == expected
    assert fold(room.sum_words(data, at, len(data))) == expected


def test_the_largest_sum_does_not_wrap():
    data = b"\xff" * 65535
    assert fold(room.sum_by_eights(data, 0, len(data))) == checksum(data) ^ 0xFFFF
    assert fold(room.sum_as_one_number(data, 0, len(data))) == checksum(data) ^ 0xFFFF


def filled(protocol: int, data: bytes, pseudo: bytes) -> bytes:
    """Return the segment with its checksum in place."""
    at = FIELD_AT[protocol]
    return data[:at] + struct.pack(">H", checksum(pseudo + data) or 0xFFFF) + data[at + 2 :]


def pseudo(protocol: int, length: int, source: bytes, destination: bytes) -> bytes:
    return source + destination + struct.pack(">IHBB", length, 0, 0, protocol)


def good(ip, protocol: int, data: bytes) -> bytes:
    addresses = (SOURCE_4, DESTINATION_4) if ip is ipv4 else (SOURCE_6, DESTINATION_6)
    head = b"" if protocol == 1 else pseudo(protocol, len(data), *addresses)
    return ip(protocol, filled(protocol, data, head))


CASES = [
    # name              packet
    ("TCP",             good(ipv4, 6, tcp(b"odd"))),
    ("TCP, options",    good(ipv4, 6, tcp(b"data", options=b"\2\4\5\xb4"))),
    ("TCP over IPv6",   good(ipv6, 6, tcp(b"odd"))),
    ("UDP",             good(ipv4, 17, udp(b"x" * 301))),
    ("UDP over IPv6",   good(ipv6, 17, udp(b""))),
    ("ICMP",            good(ipv4, 1, icmp(8, 0, payload=b"ping!"))),
    ("ICMPv6",          good(ipv6, 58, icmp(128, 0, payload=b"ping!"))),
]  # fmt: skip


@pytest.mark.parametrize("data", [c[1] for c in CASES], ids=[c[0] for c in CASES])
def test_one_bit_makes_the_difference(data):
    """In every byte that the checksum covers and decode does not stumble over."""
    packet = decode(data, 101)
    assert not packet.bad_checksum
    assert not packet.bad_ip_checksum
    start = packet.payload_at - packet.frame_at
    for at in range(start, len(data)):
        changed = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        packet = decode(changed, 101)
        assert packet.bad_checksum
        assert not packet.is_invalid  # what to do with it is not for decode to say
        assert not decode(changed, 101, verify=False).bad_checksum
        assert room.is_checksum_bad(decode(changed, 101, verify=False))


def test_an_ipv4_header_is_checked_with_its_options():
    data = ipv4(6, tcp(), options=b"\x94\x04\0\0\1\1\1\1")
    assert not decode(data, 101).bad_ip_checksum
    for at in (1, 8, 10, 11, 15, 19, 26):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert decode(changed, 101).bad_ip_checksum, at
        assert not decode(changed, 101, verify=False).bad_ip_checksum
        assert room.is_ip_checksum_bad(decode(changed, 101, verify=False))


def test_udp_without_a_checksum():
    assert not decode(ipv4(17, udp(b"data")), 101).bad_checksum
    assert decode(ipv6(17, udp(b"data")), 101).bad_checksum  # IPv6 demands one (RFC 8200, section 8.1)


def test_udp_counts_its_own_length_only():
    data = filled(17, udp(b"da"), pseudo(17, 10, SOURCE_4, DESTINATION_4))
    assert not decode(ipv4(17, data + b"trailer"), 101).bad_checksum


NOT_JUDGED = [
    # name              frame                                            link
    ("cut",             good(ipv4, 6, tcp(b"data"))[:-1],                101),
    ("fragment",        ipv4(6, tcp(b"data"), fragment=0x2000),          101),
    ("malformed TCP",   ipv4(6, tcp(offset=60)),                         101),
    ("SCTP",            ipv4(132, bytes(12)),                            101),
    ("other",           ipv4(89, b"anything"),                           101),
    ("not IP",          bytes(60),                                       1),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "link_type"), [c[1:] for c in NOT_JUDGED], ids=[c[0] for c in NOT_JUDGED])
def test_what_cannot_be_judged_is_not_bad(frame, link_type):
    packet = decode(frame, link_type)
    assert not packet.bad_checksum
    assert not room.is_checksum_bad(packet)


FINAL = bytes.fromhex("20010db8" + "00" * 11 + "ff")
OTHER = bytes(16)
HOME = bytes([17, 2, 0x01, 0x02, 0, 0, 0xC9, 16]) + FINAL

PSEUDO_HEADERS = [
    # name                          first  header                                           source    destination
    ("type 2, on its way",          43,    bytes([17, 2, 2, 1, 0, 0, 0, 0]) + FINAL,        SOURCE_6, FINAL),
    ("type 2, arrived",             43,    bytes([17, 2, 2, 0, 0, 0, 0, 0]) + FINAL,        SOURCE_6, DESTINATION_6),
    ("type 0, two addresses",       43,    bytes([17, 4, 0, 2, 0, 0, 0, 0]) + OTHER + FINAL, SOURCE_6, FINAL),
    ("type 4, last segment first",  43,    bytes([17, 4, 4, 1, 1, 0, 0, 0]) + FINAL + OTHER, SOURCE_6, FINAL),
    ("type 0, no address",          43,    bytes([17, 0, 0, 1, 0, 0, 0, 0]),                SOURCE_6, DESTINATION_6),
    ("home address",                60,    HOME,                                            FINAL,    DESTINATION_6),
]  # fmt: skip


@pytest.mark.parametrize(("first", "header", "source", "destination"), [c[1:] for c in PSEUDO_HEADERS], ids=[c[0] for c in PSEUDO_HEADERS])  # fmt: skip
def test_the_addresses_at_the_ends_of_the_way_count(first, header, source, destination):
    data = filled(17, udp(b"data"), pseudo(17, 12, source, destination))
    assert not decode(ipv6(first, header + data), 101).bad_checksum
    wrong = filled(17, udp(b"data"), pseudo(17, 12, destination, b"\x77" * 16))
    assert decode(ipv6(first, header + wrong), 101).bad_checksum
