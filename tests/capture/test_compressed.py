"""Compressed captures: every container round trips, and neither cuts nor damage nor size do harm."""

import gzip
import importlib
import io
import lzma
import random
import sys
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.capture.compressed import GZIP, MAX_STEP, XZ, ZSTD, Unpacked, compression_of
from vids.capture.file import RawStream

ZSTD_MODULE = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def zstd(data):
    """Compress with a checksum, as the zstd program does."""
    module = pytest.importorskip(ZSTD_MODULE)
    return module.compress(data, options={module.CompressionParameter.checksum_flag: 1})


def skippable(data):
    """A Zstandard frame to skip, as parallel compressors write first."""
    return b"\x50\x2a\x4d\x18\x04\0\0\0skip" + zstd(data)


def unpack(packed, kind=None):
    """Return what is inside, and the stream at its end."""
    raw = RawStream(io.BytesIO(packed))
    head = raw.read(6)
    stream = Unpacked(kind or compression_of(head), head, raw)
    pieces = []
    while piece := stream.read(1 << 20):
        pieces.append(piece)
    assert stream.read(1) == b""
    return b"".join(pieces), stream


TEXT = random.Random(1).randbytes(60_000) + bytes(90_000) + b"the end"
PACKERS = [
    # name        kind   compress
    ("gzip", GZIP, gzip.compress),
    ("xz", XZ, lzma.compress),
    ("zst", ZSTD, zstd),
    ("zst skip", ZSTD, skippable),
]
packers = pytest.mark.parametrize(("kind", "compress"), [p[1:] for p in PACKERS], ids=[p[0] for p in PACKERS])


@packers
def test_round_trip(kind, compress):
    packed = compress(TEXT)
    assert compression_of(packed) == kind
    text, stream = unpack(packed)
    assert (text, stream.fault) == (TEXT, "")


@packers
def test_members_in_a_row_are_one(kind, compress):
    text, stream = unpack(compress(TEXT) + compress(b"") + compress(b"more") + bytes(80_000) + compress(b"!"))
    assert (text, stream.fault) == (TEXT + b"more!", "")


@packers
def test_padding_at_the_end_is_no_fault(kind, compress):
    text, stream = unpack(compress(b"padded") + bytes(512))
    assert (text, stream.fault) == (b"padded", "")


@packers
def test_something_else_behind_is_damage(kind, compress):
    text, stream = unpack(compress(b"read") + b"something else")
    assert (text, stream.fault, stream.is_damaged) == (b"read", f"{kind} data followed by something else", True)


@packers
def test_cut_anywhere_keeps_the_start(kind, compress):
    packed = compress(TEXT[:300])
    begin = packed.index(zstd(TEXT[:300])[:4]) if compress is skippable else 0
    for cut in range(6, len(packed)):
        text, stream = unpack(packed[:cut], kind)
        assert TEXT.startswith(text)
        if cut > begin + 4:
            assert (stream.fault, stream.is_damaged) == (f"{kind} data cut short", False)


@packers
def test_a_cut_late_loses_little(kind, compress):
    text, stream = unpack(compress(TEXT[:60_000])[:-20])
    assert stream.fault == f"{kind} data cut short"
    if kind != ZSTD:  # its unit is a block of up to 128 KiB
        assert len(text) > 59_000


@packers
def test_damage_keeps_what_is_before(kind, compress):
    random_text = random.Random(2).randbytes(400_000)
    packed = bytearray(compress(random_text))
    packed[-2] ^= 0xFF  # gzip: the length; xz: its magic number; Zstandard: the checksum
    text, stream = unpack(bytes(packed))
    assert random_text.startswith(text)
    assert stream.is_damaged
    assert stream.fault.startswith(f"{kind} data cannot be unpacked (")
    assert len(text) >= len(random_text) - MAX_STEP


def test_a_huge_dictionary_is_refused():
    # The filter of a real file, with its dictionary size set to 4 GiB.
    packed = bytearray(lzma.compress(b"small", format=lzma.FORMAT_XZ))
    packed[12:24] = bytes.fromhex("0200210128000000") + packed[20:24]
    packed[20:24] = zlib.crc32(packed[12:20]).to_bytes(4, "little")
    _, stream = unpack(bytes(packed))
    assert (stream.fault, stream.is_damaged) == ("xz data cannot be unpacked (Memory usage limit exceeded)", True)


@packers
def test_a_bomb_does_not_fill_memory(kind, compress):
    packed = compress(bytes(32 << 20))
    raw = RawStream(io.BytesIO(packed))
    stream = Unpacked(kind, raw.read(6), raw)
    tracemalloc.start()
    length = 0
    while piece := stream.read(1 << 20):
        length += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == 32 << 20
    assert peak < 16 << 20  # the dictionary of xz takes half of it


def test_an_error_of_the_machine_is_the_fault():
    class Broken(io.BytesIO):
        def read1(self, size=-1):
            raise OSError(5, "Input/output error")

    stream = Unpacked(GZIP, gzip.compress(TEXT)[:50], RawStream(Broken()))
    while stream.read(100):
        pass
    assert (stream.fault, stream.is_damaged) == ("cannot be read (Input/output error)", True)


@pytest.mark.parametrize("kind", [GZIP, XZ, ZSTD])
@given(rest=st.binary(max_size=200))
def test_any_bytes_never_raise(kind, rest):
    if kind == ZSTD:
        pytest.importorskip(ZSTD_MODULE)
    head = {GZIP: b"\x1f\x8b\x08\0\0\0\0\0\0\0", XZ: b"\xfd7zXZ\0", ZSTD: b"\x28\xb5\x2f\xfd"}[kind]
    unpack(head + rest, kind)
    unpack(rest, kind)


HEADS = [
    # first bytes             container
    (b"", ""),
    (b"\x1f\x8b", ""),
    (b"\x1f\x8b\x08", GZIP),
    (b"\xfd7zXZ", ""),
    (b"\x5f\x2a\x4d\x18", ZSTD),
    (b"\x60\x2a\x4d\x18", ""),
    (b"BZh9", ""),
    (b"\xd4\xc3\xb2\xa1", ""),
]


@pytest.mark.parametrize(("head", "kind"), HEADS)
def test_magic(head, kind):
    assert compression_of(head) == kind


def test_the_module_for_zstandard_has_what_is_used():
    pytest.importorskip(ZSTD_MODULE)
    decompressor = importlib.import_module(ZSTD_MODULE).ZstdDecompressor()
    assert (decompressor.eof, decompressor.needs_input, decompressor.unused_data) == (False, True, b"")
