"""Capture files: order, folders, pipes, containers, progress, and one line for each that cannot be read."""

import gzip
import io
import lzma
import os
import struct
import sys
import threading
import tracemalloc
from pathlib import Path

import dpkt
import pytest
from capture_model import FRAMES, block, enhanced, frames_of, interface, pcap, read_pcap, section
from hypothesis import given
from hypothesis import strategies as st

import vids.capture.compressed
from vids.capture.file import MAX_FRAMES, PIECE, CaptureFiles, open_captures
from vids.capture.source import CaptureProblem, Source

ZSTD_MODULE = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
NO_CAPTURE = "no capture: expected pcap or pcapng, plain or in gz, xz or zst (editcap converts other kinds to pcapng)"


def zstd(data):
    return pytest.importorskip(ZSTD_MODULE).compress(data)


def read(*paths, stdin=None):
    """Return all frames (see capture_model.frames_of) and the problems, as (path, message, is_error)."""
    source = open_captures(paths, io.BytesIO(stdin) if stdin is not None else None)
    frames = [frame for batch in source for frame in frames_of(batch.data, batch.index)]
    return frames, [(problem.path, problem.message, problem.is_error) for problem in source.problems]


def one(*words):
    """A capture of one frame for each word."""
    return pcap([(1, 2, word, len(word)) for word in words])


def words(frames):
    return [frame[3] for frame in frames]


PCAPNG = section() + interface() + enhanced(1, b"new") + enhanced(2, b"er")
CONTAINERS = [("plain", bytes), ("gz", gzip.compress), ("xz", lzma.compress), ("zst", zstd)]


@pytest.mark.parametrize("compress", [c[1] for c in CONTAINERS], ids=[c[0] for c in CONTAINERS])
@pytest.mark.parametrize(
    ("data", "n_frames"), [(pcap(), 3), (PCAPNG, 2), (pcap([]), 0)], ids=["pcap", "pcapng", "no frames"]
)
def test_every_container(tmp_path, data, n_frames, compress):
    path = tmp_path / "name.says.nothing"
    path.write_bytes(compress(data))
    frames, problems = read(path)
    assert (len(frames), problems) == (n_frames, [])
    assert read("-", stdin=compress(data)) == (frames, [])


def test_captures_are_read_in_the_order_given(tmp_path):
    (tmp_path / "b").write_bytes(one(b"1"))
    (tmp_path / "a").write_bytes(gzip.compress(one(b"2")))
    source = open_captures([tmp_path / "b", "-", str(tmp_path / "a"), tmp_path / "b"], io.BytesIO(one(b"from stdin")))
    seen = [(Path(source.path).name, words(frames_of(b.data, b.index))) for b in source]
    assert seen == [("b", [b"1"]), ("-", [b"from stdin"]), ("a", [b"2"]), ("b", [b"1"])]


def test_a_folder_is_read_by_name_and_below(tmp_path):
    for name, data in [
        ("2.pcap", one(b"2")),
        ("10.pcap", one(b"10")),
        ("1/z.pcap", one(b"1z")),
        ("1/a.pcap.gz", gzip.compress(one(b"1a"))),
        ("notes.txt", b"no capture"),
        ("log.gz", gzip.compress(b"no capture either")),
        ("empty", b""),
    ]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "1" / "circle").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe that nobody writes to")
    frames, problems = read(tmp_path)
    assert words(frames) == [b"1a", b"1z", b"10", b"2"]
    assert problems == [(str(tmp_path), "files skipped because they are no captures: 3", False)]


def test_a_folder_without_captures_is_an_error(tmp_path):
    (tmp_path / "notes.txt").write_bytes(b"no capture")
    frames, problems = read(tmp_path)
    message = "no capture in this folder: expected pcap or pcapng, plain or in gz, xz or zst"
    assert (frames, problems) == ([], [(str(tmp_path), message, True)])


def test_a_cut_capture_in_a_folder_is_named(tmp_path):
    (tmp_path / "cut").write_bytes(one(b"whole", b"cut")[:-1])
    frames, problems = read(tmp_path)
    assert words(frames) == [b"whole"]
    message = "cut short after packet 1, at byte 45: what is whole was read"
    assert problems == [(str(tmp_path / "cut"), message, False)]


BAD_CRC = bytearray(gzip.compress(one(*[b"%d" % n for n in range(1000)])))
BAD_CRC[-6] ^= 1
TWO = one(b"first", b"second")
HUGE = one(b"ok") + struct.pack("<IIII", 1, 2, 1 << 30, 60)
BAD_BLOCK = PCAPNG + block(6, b"short")

BAD = [
    # name               content                   frames  message                                        is error
    ("no capture", b"just text\n", 0, NO_CAPTURE, True),
    ("tiny", b"\xd4", 0, NO_CAPTURE, True),
    ("empty", b"", 0, "empty: nothing was captured", True),
    ("no capture in gz", gzip.compress(b"just text"), 0, NO_CAPTURE, True),
    ("nothing in xz", lzma.compress(b""), 0, NO_CAPTURE, True),
    ("gz in xz", lzma.compress(gzip.compress(TWO)), 0, NO_CAPTURE, True),
    ("gz cut early", gzip.compress(TWO)[:11], 0, "gzip data cut short", True),
    ("header cut", TWO[:20], 0, "cut short after packet 0, at byte 0: what is whole was read", False),
    ("frame cut", TWO[:-1], 1, "cut short after packet 1, at byte 45: what is whole was read", False),
    ("record header cut", TWO + b"\0", 2, "cut short after packet 2, at byte 67: what is whole was read", False),
    (
        "damaged",
        HUGE,
        1,
        "damaged after packet 1, at byte 42 (captured length 1073741824 (at most 262144)): what is whole was read",
        True,
    ),
    ("pcapng cut", PCAPNG[:-1], 1, "cut short after packet 1, at byte 84: what is whole was read", False),
    (
        "pcapng damaged",
        BAD_BLOCK,
        2,
        "damaged after packet 2, at byte 120 (packet block too short): what is whole was read",
        True,
    ),
    (
        "in gz, cut before",
        gzip.compress(TWO[:-1]),
        1,
        "cut short after packet 1, at byte 45 of what it unpacks to: what is whole was read",
        False,
    ),
    (
        "gz cut",
        gzip.compress(TWO)[:-9],
        2,
        "gzip data cut short after packet 2, at byte 67 of what it unpacks to: what is whole was read",
        False,
    ),
]


@pytest.mark.parametrize(("data", "n_frames", "message", "is_error"), [c[1:] for c in BAD], ids=[c[0] for c in BAD])
def test_what_cannot_be_read_is_said_and_the_others_go_on(tmp_path, data, n_frames, message, is_error):
    path, good = tmp_path / "bad", tmp_path / "good"
    path.write_bytes(data)
    good.write_bytes(one(b"good"))
    frames, problems = read(path, good)
    assert len(frames) == n_frames + 1
    assert frames[-1][3] == b"good"
    assert problems == [(str(path), message, is_error)]
    frames, problems = read("-", good, stdin=data)
    assert len(frames) == n_frames + 1
    assert problems == [("standard input", message, is_error)]


def test_damage_in_a_container_keeps_what_is_before():
    frames, problems = read("-", stdin=bytes(BAD_CRC))
    assert 900 < len(frames) < 1000
    ((_, message, is_error),) = problems
    assert message.startswith("gzip data cannot be unpacked (Error -3 while decompressing data: incorrect data check)")
    assert f"after packet {len(frames)}, at byte" in message
    assert is_error


def test_missing_and_forbidden_paths(tmp_path, monkeypatch):
    (tmp_path / "good").write_bytes(one(b"good"))
    (tmp_path / "secret").write_bytes(one(b"secret"))
    real = io.open

    def guarded(path, *rest, **more):
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(io, "open", guarded)
    frames, problems = read(tmp_path / "none", "", "with\0nul", tmp_path / "secret", tmp_path / "good")
    assert words(frames) == [b"good"]
    assert problems == [
        (str(tmp_path / "none"), "no such file or folder: check the path", True),
        ("", "no such file or folder: check the path", True),
        ("with\0nul", "no path of a file: check it", True),
        (str(tmp_path / "secret"), "permission denied: run as a user who may read it", True),
    ]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file whose first read fails")
def test_an_error_while_reading_is_said():
    frames, problems = read("/proc/self/mem")
    assert (frames, problems) == ([], [("/proc/self/mem", "cannot be read (Input/output error)", True)])


def test_standard_input_may_be_closed(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert read("-") == ([], [("standard input", "closed: pipe a capture into it", True)])


def test_a_missing_module_is_named(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(vids.capture.compressed.importlib, "import_module", missing)
    _, problems = read("-", stdin=b"\x28\xb5\x2f\xfd and more")
    assert problems == [("standard input", f"zst needs the module {ZSTD_MODULE}: pip install {ZSTD_MODULE}", True)]


def test_a_problem_is_one_line():
    assert str(CaptureProblem("x.pcap", "cut short", False)) == "x.pcap: cut short"


def test_it_is_a_source():
    source: Source = CaptureFiles([])
    assert (list(source), source.problems) == ([], [])


def test_a_pipe_is_read_as_it_comes():
    """Frames are handed on when they arrive, not when a whole piece is there."""
    reading, writing = os.pipe()
    first, second = one(b"first"), one(b"second")[24:]
    seen = []
    with os.fdopen(reading, "rb") as pipe:
        batches = iter(open_captures(["-"], pipe))
        os.write(writing, first)
        seen += words(frames_of(*parts(next(batches))))
        os.write(writing, second[:7])
        threading.Timer(0.02, lambda: (os.write(writing, second[7:]), os.close(writing))).start()
        seen += words(frames_of(*parts(next(batches))))
        assert list(batches) == []
    assert seen == [b"first", b"second"]


def parts(batch):
    return batch.data, batch.index


def test_progress(tmp_path):
    small, big = tmp_path / "small", tmp_path / "big"
    small.write_bytes(one(b"small"))
    big.write_bytes(pcap([(1, 2, bytes(60_000), 60_000)] * 150))
    source = open_captures([small, big, tmp_path / "missing"])
    total = small.stat().st_size + big.stat().st_size
    assert (source.total_bytes, source.bytes_read) == (total, 0)
    read_so_far = [source.bytes_read for _ in source]
    assert read_so_far == sorted(read_so_far)
    assert read_so_far[0] == small.stat().st_size
    assert small.stat().st_size < read_so_far[1] < total
    assert source.bytes_read == total
    assert open_captures([small, "-"]).total_bytes is None


def test_batches_are_bounded(tmp_path):
    path = tmp_path / "many"
    path.write_bytes(pcap([(1, 2, b"", 0)] * (2 * MAX_FRAMES + 5) + [(1, 2, bytes(250_000), 250_000)] * 40))
    sizes = [(len(batch), len(batch.data)) for batch in open_captures([path])]
    assert sum(n_frames for n_frames, _ in sizes) == 2 * MAX_FRAMES + 45
    assert max(n_frames for n_frames, _ in sizes) <= MAX_FRAMES
    assert max(length for _, length in sizes) <= PIECE + 300_000


def test_memory_stays_flat(tmp_path):
    path = tmp_path / "big.gz"
    path.write_bytes(gzip.compress(pcap([(1, 2, bytes(60_000), 60_000)] * 1000), 1))
    tracemalloc.start()
    n_frames = sum(len(batch) for batch in open_captures([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_frames == 1000
    assert peak < 5 * PIECE


@pytest.mark.parametrize("data", [pcap(), PCAPNG], ids=["pcap", "pcapng"])
def test_cut_at_every_byte(data):
    whole, _ = read("-", stdin=data)
    ends = set()
    for cut in range(4, len(data)):
        frames, problems = read("-", stdin=data[:cut])
        assert frames == whole[: len(frames)]
        if problems:
            assert [(p[1][:21], p[2]) for p in problems] == [("cut short after packe", False)]
        else:
            ends.add(cut)
    # A cut between two records, or two blocks, cannot be told from the end.
    assert ends == ({24, 24 + 27, 24 + 27 + 16} if data is not PCAPNG else {28, 48, 84})


@given(st.binary(max_size=300), st.sampled_from([b"", pcap([]), PCAPNG, b"\xfd7zXZ\0", b"\x1f\x8b\x08\0"]))
def test_any_bytes_never_raise(data, head):
    frames, problems = read("-", stdin=head + data)
    assert len(problems) <= 1
    assert head or not frames or data[:4] == head[:4]


@given(st.lists(st.tuples(st.integers(0, 2**31), st.binary(max_size=99)), max_size=20), st.booleans())
def test_dpkt_agrees(records, is_nano):
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, nano=is_nano, linktype=101)
    for second, frame in records:
        writer.writepkt(frame, ts=second)
    frames, problems = read("-", stdin=file.getvalue())
    assert problems == []
    assert frames == [(second * 10**9, 101, len(frame), frame) for second, frame in records]
    file.seek(0)
    assert words(frames) == [frame for _, frame in dpkt.pcap.Reader(file)]


def test_records_over_the_borders_of_pieces(tmp_path):
    """Three frames again and again, over many pieces: the model reads them once, for its time grows squared."""
    path = tmp_path / "capture"
    path.write_bytes(pcap(FRAMES * 60_000, ">"))
    assert path.stat().st_size > PIECE
    assert read(path)[0] == read_pcap(pcap(FRAMES, ">"))[0] * 60_000
