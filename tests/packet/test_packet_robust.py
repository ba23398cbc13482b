"""Hostile input: nothing raises, nothing is read outside the frame, and every cut is said to be one."""

# ruff: noqa: E501  a table has one line per case

import pytest
from frame_builder import decode, ethernet, icmp, ipv4, ipv6, tcp, udp, vlan
from hypothesis import given, settings
from hypothesis import strategies as st

from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import MAX_EVENTS, Packet
from vids.engine.settings import Settings

LINK_TYPES = [0, 1, 9, 12, 14, 50, 51, 101, 104, 108, 113, 228, 229, 276, 147]

QUOTE = ipv4(17, udp())
WHOLE = [
    # name                   frame
    ("TCP",                  ethernet(0x0800, ipv4(6, tcp(b"data", options=b"\2\4\5\xb4")))),
    ("UDP, tagged",          vlan((0x88A8, 5), (0x8100, 6), ether_type=0x0800, payload=ipv4(17, udp(b"data")))),
    ("IPv4 options",         ethernet(0x0800, ipv4(17, udp(b"data"), options=b"\x94\4\0\0\x07\7\4\0\0\0\0\0"))),
    ("ICMP",                 ethernet(0x0800, ipv4(1, icmp(3, 1, payload=QUOTE)))),
    ("TCP over IPv6",        ethernet(0x86DD, ipv6(6, tcp(b"data")))),
    ("ICMPv6",               ethernet(0x86DD, ipv6(58, icmp(135, 0, payload=bytes(16))))),
    ("extension headers",    ethernet(0x86DD, ipv6(0, bytes([43, 0, 5, 2, 0, 0, 0, 0, 17, 0, 2, 0, 0, 0, 0, 0]) + udp(b"data")))),
    ("SCTP",                 ethernet(0x0800, ipv4(132, bytes(20)))),
    ("ARP",                  ethernet(0x0806, bytes.fromhex("0001080006040001") + bytes(20))),
]  # fmt: skip


@pytest.mark.parametrize("frame", [c[1] for c in WHOLE], ids=[c[0] for c in WHOLE])
def test_every_cut_is_named(frame):
    assert not decode(frame).is_invalid
    for size in range(len(frame)):
        packet = decode(frame[:size])
        assert packet.is_invalid, size
        assert len(packet.events) == 1, size
        assert_in_bounds(packet, size)


@pytest.mark.parametrize("frame", [c[1] for c in WHOLE], ids=[c[0] for c in WHOLE])
def test_what_lies_around_a_frame_is_not_read(frame):
    """The same frame says the same between other neighbours."""
    seen = []
    for filler in (b"\x00", b"\xff"):
        packet = Packet()
        data = filler * 64 + frame + filler * 64
        Decoder(Settings()).decode(packet, data, 0, 64, len(frame), len(frame), 1)
        seen.append((packet.events, packet.payload(), packet.source(), packet.bad_checksum, packet.payload_end))
    assert seen[0] == seen[1]


def assert_in_bounds(packet: Packet, size: int) -> None:
    """Every offset is inside the frame, or says that there is nothing."""
    at, end = packet.frame_at, packet.frame_end
    assert end - at == size
    assert len(packet.events) <= MAX_EVENTS
    if packet.ip_version:
        assert at <= packet.ip_at <= packet.address_at < packet.ip_end <= end
        assert len(packet.source()) == len(packet.destination()) == (4 if packet.ip_version == 4 else 16)
    else:
        assert packet.ip_at == packet.ip_end == packet.transport_at == packet.payload_at == -1
    if packet.transport_at >= 0:
        assert packet.ip_at < packet.transport_at <= packet.payload_at
    if packet.payload_at >= 0:
        assert packet.ip_at < packet.payload_at <= packet.payload_end <= packet.ip_end
    else:
        assert packet.payload_end == -1
    for offset in (packet.checksum_source_at, packet.checksum_destination_at):
        assert offset == -1 or packet.ip_at < offset <= packet.ip_end - 16
    assert packet.payload_length() == len(packet.payload())


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(LINK_TYPES), st.binary(max_size=120))
def test_random_bytes(link_type, frame):
    assert_in_bounds(decode(frame, link_type), len(frame))


def wrapped(link_type: int, frame: bytes) -> bytes:
    """Put what an Ethernet frame carries behind the header of another link type."""
    inner = frame[14:]
    family = b"\x02\0\0\0" if frame[12:14] == b"\x08\x00" else b"\x1e\0\0\0"
    head = {0: family, 1: frame[:14], 108: family[::-1], 113: bytes(14) + frame[12:14], 276: frame[12:14] + bytes(18)}
    return head.get(link_type, b"") + inner


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(LINK_TYPES),
    st.sampled_from([c[1] for c in WHOLE]),
    st.lists(st.tuples(st.integers(0, 119), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 3),
)
def test_mutated_frames(link_type, frame, changes, cut):
    data = bytearray(wrapped(link_type, frame))
    for at, value in changes:
        data[at % len(data)] = value
    del data[len(data) - cut :]
    assert_in_bounds(decode(bytes(data), link_type), len(data))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([0, 43, 44, 51, 60, 135]), st.lists(st.binary(min_size=8, max_size=24), max_size=6))
def test_random_extension_headers(first, pieces):
    data = ipv6(first, b"".join(pieces))
    assert_in_bounds(decode(data, 101), len(data))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_random_options(options):
    options = options[: len(options) & ~3]
    data = ipv4(6, tcp(b"data", options=options), options=options)
    packet = decode(data, 101)
    assert_in_bounds(packet, len(data))
    assert packet.is_invalid or packet.payload() == b"data"


def test_an_entry_that_promises_too_much_is_cut_to_the_data():
    frame = ethernet(0x0800, ipv4(17, udp(b"data")))
    packet = Packet()
    Decoder(Settings()).decode(packet, frame, 0, 0, 1 << 20, 1 << 20, 1)
    assert (packet.frame_end, packet.payload()) == (len(frame), b"data")
