"""Classic pcap: every magic and byte order, cut anywhere, and whatever bytes come."""

import struct

import pytest
from capture_model import FRAMES, MAGICS, pcap, read_pcap, walk_pieces
from hypothesis import given
from hypothesis import strategies as st

from vids.capture.pcap import MAX_CAPTURED, Pcap, is_pcap

MICRO = [1_000_000_000_999_999_000, 0, 4_294_967_295_000_001_000]
NANO = [1_000_000_000_000_999_999, 0, 4_294_967_295_000_000_001]

KINDS = [
    # name            order  magic       times
    ("micro little", "<", 0xA1B2C3D4, MICRO),
    ("micro big", ">", 0xA1B2C3D4, MICRO),
    ("nano little", "<", 0xA1B23C4D, NANO),
    ("nano big", ">", 0xA1B23C4D, NANO),
    ("kuznetzov little", "<", 0xA1B2CD34, MICRO),
    ("kuznetzov big", ">", 0xA1B2CD34, MICRO),
]


@pytest.mark.parametrize(("order", "magic", "times"), [k[1:] for k in KINDS], ids=[k[0] for k in KINDS])
def test_every_kind(order, magic, times):
    data = pcap(FRAMES, order, magic)
    assert is_pcap(data)
    expected = [(time, 1, frame[3], frame[2]) for time, frame in zip(times, FRAMES, strict=True)]
    assert walk_pieces(Pcap(), [data]) == (expected, 0)
    assert read_pcap(data) == (expected, 0)


@pytest.mark.parametrize(("order", "magic"), [k[1:3] for k in KINDS], ids=[k[0] for k in KINDS])
def test_pieces_and_small_indexes_change_nothing(order, magic):
    data = pcap(FRAMES, order, magic)
    whole = walk_pieces(Pcap(), [data])
    for cut in range(len(data) + 1):
        assert walk_pieces(Pcap(), [data[:cut], data[cut:]]) == whole
    assert walk_pieces(Pcap(), [bytes([byte]) for byte in data]) == whole
    assert walk_pieces(Pcap(), [data], max_frames=1) == whole


@pytest.mark.parametrize(("order", "magic"), [k[1:3] for k in KINDS], ids=[k[0] for k in KINDS])
def test_cut_anywhere_keeps_what_is_whole(order, magic):
    data = pcap(FRAMES, order, magic)
    for cut in range(len(data)):
        walk = Pcap()
        assert walk_pieces(walk, [data[:cut]]) == read_pcap(data[:cut])
        assert walk.fault == ""
        assert walk.needs > 0


LINKS = [
    # link type field  link type
    (1, 1),
    (276, 276),
    (0x3000_0001, 1),
    (0x4400_0065, 101),
    (0xFFFF_0000, 0),
]


@pytest.mark.parametrize(("field", "link"), LINKS)
def test_upper_half_of_link_type_is_not_link_type(field, link):
    frames, _ = walk_pieces(Pcap(), [pcap(link=field)])
    assert {frame[1] for frame in frames} == {link}


LENGTHS = [
    # name                captured             wire         frames  fault
    ("largest", MAX_CAPTURED, MAX_CAPTURED, 2, ""),
    ("too large", MAX_CAPTURED + 1, MAX_CAPTURED + 1, 1, "captured length 262145 (at most 262144)"),
    ("negative", 0xFFFF_FFFF, 60, 1, "captured length 4294967295 (at most 262144)"),
]


@pytest.mark.parametrize(
    ("captured", "wire", "n_frames", "fault"), [c[1:] for c in LENGTHS], ids=[c[0] for c in LENGTHS]
)
def test_captured_length(captured, wire, n_frames, fault):
    data = pcap(FRAMES[:1]) + struct.pack("<IIII", 1, 2, captured, wire) + bytes(min(captured, MAX_CAPTURED + 9))
    walk = Pcap()
    frames, _ = walk_pieces(walk, [data])
    assert len(frames) == walk.n_frames == n_frames
    assert walk.fault == fault


WIRES = [
    # field        on the wire, of a frame of 4 bytes
    (4, 4),
    (1500, 1500),
    (3, 4),
    (0, 4),
    (0x8000_0000, 0x7FFF_FFFF),
    (0xFFFF_FFFF, 0x7FFF_FFFF),
]


@pytest.mark.parametrize(("field", "wire"), WIRES)
def test_wire_length(field, wire):
    frames, _ = walk_pieces(Pcap(), [pcap([(1, 2, b"four", field)])])
    assert [frame[2] for frame in frames] == [wire]


@pytest.mark.parametrize("head", [b"", b"\xa1\xb2\xc3", b"\xa1\xb2\xc3\xd5", b"\n\r\r\n", b"snoop\0\0\0"])
def test_no_pcap(head):
    assert not is_pcap(head)
    walk = Pcap()
    assert walk_pieces(walk, [head + bytes(24)]) == ([], len(head) + 24)
    assert walk.fault == "no pcap magic number"


HEADS = st.sampled_from([pcap([], order, magic) for order in "<>" for magic in MAGICS])
RECORDS = st.builds(
    lambda order, fields, frame: struct.pack(order + "IIII", *fields[:2], len(frame), fields[2]) + frame,
    st.sampled_from("<>"),
    st.tuples(*[st.integers(0, 2**32 - 1)] * 3),
    st.binary(max_size=40),
)


@given(HEADS, st.lists(st.one_of(RECORDS, st.binary(max_size=40)), max_size=6).map(b"".join))
def test_any_bytes_read_as_the_model_reads_them(head, rest):
    data = head + rest
    assert walk_pieces(Pcap(), [data]) == read_pcap(data)
    assert walk_pieces(Pcap(), [data[:30], data[30:50], data[50:]], max_frames=2) == read_pcap(data)
