"""Content codings, undone as far as browsers do, in whatever pieces they come, and within bounds."""

import gzip
import lzma
import random
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.proto.http.coding import BROTLI, DEFLATE, GZIP, LZMA, PIECE, Layer

MEMORY = 1 << 20
TEXT = b"hello world, this is the body " * 3
ZLIB = zlib.compress(TEXT)
RAW = ZLIB[2:-4]
GZ = gzip.compress(TEXT, mtime=0)
XZ = lzma.compress(TEXT, format=lzma.FORMAT_ALONE)
BR = brotli.compress(TEXT)
EXTRA = GZ[:3] + b"\x1e" + GZ[4:10] + b"\x03\0abcname\0comment\0\x12\x34" + GZ[10:]

CASES = [
    # name                       said to be  bytes                                comes out    ends as
    ("gzip",                     GZIP,       GZ,                                  TEXT,        ""),
    ("gzip with all fields",     GZIP,       EXTRA,                               TEXT,        ""),
    ("gzip, reserved flags",     GZIP,       GZ[:3] + b"\xe0" + GZ[4:],           TEXT,        ""),
    ("gzip, wrong checksum",     GZIP,       GZ[:-8] + b"12345678",               TEXT,        ""),
    ("gzip, cut",                GZIP,       GZ[:-20],                            TEXT[:22],   ""),
    ("gzip, junk behind",        GZIP,       GZ + b"junk",                        TEXT,        ""),
    ("gzip, two members",        GZIP,       GZ + GZ,                             TEXT,        ""),
    ("gzip, malformed inside",   GZIP,       GZ[:30] + b"\xff" * 4 + GZ[34:],     None,        "broken"),
    ("deflate",                  DEFLATE,    RAW,                                 TEXT,        ""),
    ("zlib",                     DEFLATE,    ZLIB,                                TEXT,        ""),
    ("zlib, wrong checksum",     DEFLATE,    ZLIB[:-4] + b"abcd",                 TEXT,        ""),
    ("gzip for deflate",         DEFLATE,    GZ,                                  TEXT,        ""),
    ("deflate for gzip",         GZIP,       RAW,                                 TEXT,        ""),
    ("zlib for gzip",            GZIP,       ZLIB,                                TEXT,        ""),
    ("nothing for gzip",         GZIP,       TEXT,                                TEXT,        "plain"),
    ("nothing for Brotli",       BROTLI,     TEXT,                                TEXT,        "plain"),
    ("gzip for Brotli",          BROTLI,     GZ,                                  TEXT,        ""),
    ("Brotli",                   BROTLI,     BR,                                  TEXT,        ""),
    ("Brotli, junk behind",      BROTLI,     BR + b"junk",                        TEXT,        ""),
    ("LZMA",                     LZMA,       XZ,                                  TEXT,        ""),
    ("nothing for LZMA",         LZMA,       TEXT,                                TEXT,        "plain"),
    ("empty",                    GZIP,       b"",                                 b"",         ""),
]  # fmt: skip


def undo(coding: int, pieces: list[bytes], memory: int = MEMORY) -> tuple[bytes, str]:
    """Return what comes out, and how it ended; no piece of it is large."""
    layer = Layer(coding, memory)
    out = []
    for piece in pieces:
        layer.put(piece)
        while True:
            taken = layer.take()
            if not taken:
                break
            assert len(taken) <= max(4 * PIECE, len(piece) if layer.is_plain else 0)
            out.append(taken)
    return b"".join(out), "broken" if layer.is_broken else "plain" if layer.is_plain else ""


@pytest.mark.parametrize(("coding", "data", "text", "end"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_coding(coding: int, data: bytes, text: bytes | None, end: str) -> None:
    whole = undo(coding, [data])
    assert whole[1] == end
    if text is None:
        assert whole[0].startswith(TEXT[:21])
    else:
        assert whole[0] == text
    for cut in range(1, len(data)):
        assert undo(coding, [data[:cut], data[cut:]]) == whole, cut
    assert undo(coding, [data[n : n + 1] for n in range(len(data))]) == whole


def compress(coding: int, data: bytes) -> bytes:
    if coding == GZIP:
        return gzip.compress(data)
    if coding == DEFLATE:
        return zlib.compress(data)
    if coding == BROTLI:
        return brotli.compress(data, quality=4)
    return lzma.compress(data, format=lzma.FORMAT_ALONE, preset=0)


CODINGS = pytest.mark.parametrize("coding", [GZIP, DEFLATE, BROTLI, LZMA], ids=["gzip", "zlib", "br", "lzma"])


@CODINGS
def test_large_bodies(coding: int) -> None:
    """Of what compresses well more comes out than goes in, a piece at a time; all of it."""
    noise = random.Random(1).randbytes(1000)
    for text in (bytes(3_000_000), noise * 500, noise + b"a" * 200_000 + noise):
        data = compress(coding, text)
        for size in (len(data), 100, 7919):
            out, end = undo(coding, [data[n : n + size] for n in range(0, len(data), size)])
            assert (out == text, end) == (True, "")


@CODINGS
@given(data=st.binary(max_size=60), wrong=st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=3))
def test_nothing_raises(coding: int, data: bytes, wrong: list[tuple[int, int]]) -> None:
    coded = bytearray(compress(coding, data))
    for at, value in wrong:
        coded[at % len(coded)] = value
    whole = undo(coding, [bytes(coded)])
    assert undo(coding, [bytes(coded[n : n + 1]) for n in range(len(coded))]) == whole


def test_lzma_asks_for_no_more_memory_than_it_may_have() -> None:
    """What is within the dictionary that it gets comes out, what refers further back does not."""
    noise = random.Random(1).randbytes(50_000)
    data = lzma.compress(noise * 3, format=lzma.FORMAT_ALONE)
    assert undo(LZMA, [data]) == (noise * 3, "")
    out, end = undo(LZMA, [data], 1 << 15)
    assert end == "broken"
    assert noise.startswith(out)


def test_a_header_that_never_ends_is_given_up() -> None:
    layer = Layer(GZIP, MEMORY)
    layer.put(b"\x1f\x8b\x08\x08\0\0\0\0\0\0")
    for _ in range(100):
        layer.put(b"name" * 1000)
        assert layer.take() == b""
    assert layer.is_broken
