"""pcapng: every block that holds a packet, every clock, cut anywhere, and whatever bytes come."""

import struct

import pytest
from capture_model import (
    LATEST,
    SECOND,
    block,
    enhanced,
    interface,
    obsolete,
    option,
    pcap,
    read_pcapng,
    section,
    simple,
    walk_pieces,
)
from hypothesis import given
from hypothesis import strategies as st

from vids.capture.pcapng import MAX_BLOCK, MAX_INTERFACES, Pcapng, is_pcapng

BOTH = pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])


def clock(code, value, order="<"):
    return interface(options=option(code, value, order) + option(0, b"", order), order=order)


def everything(order):
    """One section with every block that matters here, and some that do not."""
    return b"".join(
        [
            section(order),
            interface(1, 0, option(2, b"eth0", order), order),
            interface(101, 8, option(9, b"\x09", order), order),
            block(4, b"names", order),
            enhanced(1_000_000, b"of eth0", 0, None, order),
            enhanced(5, b"of tun0", 1, 9000, order),
            block(0xBAD, b"custom", order),
            obsolete(2_000_000, b"as of old", 0, order),
            simple(b"no time", None, order),
            block(5, bytes(12), order),
        ]
    )


EVERYTHING = [
    (SECOND, 1, 7, b"of eth0"),
    (5, 101, 9000, b"of tun0"),
    (2 * SECOND, 1, 9, b"as of old"),
    (2 * SECOND, 1, 7, b"no time"),
]


@BOTH
def test_every_block(order):
    data = everything(order)
    assert is_pcapng(data)
    assert walk_pieces(Pcapng(), [data]) == (EVERYTHING, 0)
    assert read_pcapng(data) == (EVERYTHING, 0)


@BOTH
def test_pieces_and_small_indexes_change_nothing(order):
    data = everything(order)
    for cut in range(len(data) + 1):
        assert walk_pieces(Pcapng(), [data[:cut], data[cut:]]) == (EVERYTHING, 0)
    assert walk_pieces(Pcapng(), [bytes([byte]) for byte in data]) == (EVERYTHING, 0)
    assert walk_pieces(Pcapng(), [data], max_frames=1) == (EVERYTHING, 0)


@BOTH
def test_cut_anywhere_keeps_what_is_whole(order):
    data = everything(order)
    for cut in range(len(data)):
        walk = Pcapng()
        assert walk_pieces(walk, [data[:cut]]) == read_pcapng(data[:cut])
        assert walk.fault == ""
        assert walk.needs > 0


def test_a_section_has_its_own_order_and_interfaces():
    data = everything("<") + everything(">") + section("<") + interface(228) + enhanced(1, b"last")
    assert walk_pieces(Pcapng(), [data]) == (EVERYTHING + EVERYTHING + [(1000, 228, 4, b"last")], 0)


CLOCKS = [
    # name                 option  value                     ticks       nanoseconds
    ("default", 1, b"comment", 1_500_000, 1_500_000_000),
    ("milliseconds", 9, b"\x03", 1_500, 1_500_000_000),
    ("nanoseconds", 9, b"\x09", 1_500, 1_500),
    ("picoseconds", 9, b"\x0c", 1_500_999, 1_500),
    ("whole seconds", 9, b"\x00", 3, 3 * SECOND),
    ("half seconds", 9, b"\x81", 3, 1_500_000_000),
    ("1/1024 seconds", 9, b"\x8a", 1025, SECOND + 976_562),
    ("2 to the -63", 9, b"\xbf", 1 << 63, SECOND),
    ("10 to the -127", 9, b"\x7f", (1 << 64) - 1, 0),
    ("2 to the -127", 9, b"\xff", (1 << 64) - 1, 0),
    ("wrong size", 9, b"\x03\x03", 1, 1000),
    ("offset", 14, struct.pack("<q", 7), 1, 7 * SECOND + 1000),
    ("offset backwards", 14, struct.pack("<q", -1), 3_000_000, 2 * SECOND),
    ("before 1970", 14, struct.pack("<q", -9), 3_000_000, 0),
    ("far future", 14, struct.pack("<q", 1 << 62), 1, LATEST),
    ("largest", 9, b"\x00", (1 << 64) - 1, LATEST),
]


@pytest.mark.parametrize(
    ("code", "value", "ticks", "timestamp_ns"), [c[1:] for c in CLOCKS], ids=[c[0] for c in CLOCKS]
)
def test_clock(code, value, ticks, timestamp_ns):
    data = section() + clock(code, value) + enhanced(ticks, b"x")
    assert walk_pieces(Pcapng(), [data]) == ([(timestamp_ns, 1, 1, b"x")], 0)
    assert read_pcapng(data) == ([(timestamp_ns, 1, 1, b"x")], 0)


@BOTH
def test_clock_in_both_orders(order):
    second_of_offset = struct.pack(order + "q", 1)
    data = section(order) + clock(14, second_of_offset, order) + enhanced(1, b"x", order=order)
    assert walk_pieces(Pcapng(), [data])[0] == [(SECOND + 1000, 1, 1, b"x")]


SIMPLE = [
    # name            snapshot  frame     wire  frame read
    ("whole", 0, b"12345", 5, b"12345"),
    ("cut by length", 3, b"123", 500, b"123"),
    ("padding is none", 3, b"12345678", 500, b"123"),
    ("more claimed", 0, b"12345678", 500, b"12345678"),
]


@pytest.mark.parametrize(("snapshot", "frame", "wire", "read"), [c[1:] for c in SIMPLE], ids=[c[0] for c in SIMPLE])
def test_simple_packet(snapshot, frame, wire, read):
    data = section() + interface(1, snapshot) + simple(frame, wire)
    assert walk_pieces(Pcapng(), [data]) == ([(0, 1, wire, read)], 0)


GOOD = section() + interface() + enhanced(1, b"good")
HUGE = struct.pack("<II", 6, MAX_BLOCK + 4)
OTHER_END = enhanced(1, b"x")[:-4] + struct.pack("<I", 40)
FAULTS = [
    # name                  data behind a good packet                          what is said
    ("length 0", bytes(12), "block length 0"),
    ("length 8", struct.pack("<III", 6, 8, 8), "block length 8"),
    ("length odd", struct.pack("<III", 6, 13, 13), "block length 13"),
    ("length huge", HUGE + bytes(4), "block length 16777220"),
    ("lengths differ", OTHER_END, "the two lengths of a block differ"),
    ("captured too long", enhanced(1, b"1234", captured=5), "captured length 5 in a block of 36 bytes"),
    ("captured negative", enhanced(1, b"1234", captured=2**32 - 1), "captured length 4294967295"),
    ("no such interface", enhanced(1, b"x", 1), "packet of interface 1, which"),
    ("no such old interface", obsolete(1, b"x", 65535), "packet of interface 65535, which"),
    ("no interface at all", section() + simple(b"x"), "packet of interface 0, which"),
    ("short packet", block(6, bytes(16)), "packet block too short"),
    ("short old packet", block(2, bytes(16)), "packet block too short"),
    ("short simple packet", block(3, b""), "packet block too short"),
    ("short interface", block(1, bytes(4)), "interface description too short"),
    ("long option", interface(options=option(2, b"too long")[:8]), "interface option longer than its block"),
    ("short section", block(0x0A0D0D0A, struct.pack("<II", 0x1A2B3C4D, 1)), "section header too short"),
    ("no byte order", block(0x0A0D0D0A, bytes(16)), "section header without byte-order magic"),
    ("version 2", section(major=2), "pcapng version 2 (1 is supported)"),
]


@pytest.mark.parametrize(("bad", "fault"), [c[1:] for c in FAULTS], ids=[c[0] for c in FAULTS])
def test_a_bad_block_ends_the_walk(bad, fault):
    walk = Pcapng()
    frames, _ = walk_pieces(walk, [GOOD + bad + GOOD])
    assert frames == [(1000, 1, 4, b"good")]
    assert walk.fault.startswith(fault)
    assert read_pcapng(GOOD + bad + GOOD)[0] == frames


def test_the_start_must_be_a_section():
    walk = Pcapng()
    assert walk_pieces(walk, [interface() + GOOD])[0] == []
    assert walk.fault == "no section header at the start"
    assert not is_pcapng(interface())
    assert not is_pcapng(b"\n\r\r")
    assert not is_pcapng(pcap())


def test_interfaces_are_bounded():
    walk = Pcapng()
    few = interface() * 1024
    walk_pieces(walk, [section(), *[few] * (MAX_INTERFACES // 1024)])
    assert walk.fault == ""
    walk_pieces(walk, [interface()])
    assert walk.fault == "more than 65536 interfaces in a section"


BODIES = st.binary(max_size=48)
BLOCKS = st.one_of(
    st.builds(block, st.sampled_from([1, 2, 3, 6, 0x0A0D0D0A, 11]), BODIES, st.sampled_from("<>")),
    st.builds(section, st.sampled_from("<>")),
    st.builds(interface, st.integers(0, 300), st.sampled_from([0, 2, 70_000]), st.binary(max_size=20)),
    st.builds(clock, st.sampled_from([9, 14]), st.one_of(st.binary(max_size=2), st.binary(min_size=8, max_size=8))),
    st.builds(enhanced, st.integers(0, 2**64 - 1), st.binary(max_size=9), st.integers(0, 2)),
    st.builds(obsolete, st.integers(0, 2**64 - 1), st.binary(max_size=9), st.integers(0, 2)),
    st.builds(simple, st.binary(max_size=9), st.integers(0, 2**32 - 1)),
    st.binary(max_size=16),
)


@given(st.lists(BLOCKS, max_size=8).map(b"".join))
def test_any_bytes_read_as_the_model_reads_them(rest):
    data = section() + interface() + rest
    assert walk_pieces(Pcapng(), [data]) == read_pcapng(data)
    assert walk_pieces(Pcapng(), [data[:50], data[50:90], data[90:]], max_frames=2) == read_pcapng(data)


@given(st.data())
def test_one_wrong_byte_never_raises(data):
    good = bytearray(everything(data.draw(st.sampled_from("<>"))))
    good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    assert walk_pieces(Pcapng(), [bytes(good)]) == read_pcapng(bytes(good))
