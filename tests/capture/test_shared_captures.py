"""Real captures: all are read, and everyday ones give the frames that dpkt gives."""

import dpkt
from capture_model import frames_of

from vids.capture.file import open_captures


def test_every_capture_is_read(shared):
    """Nothing raises, and what is said fits what was read."""
    n_captures = 0
    for path in sorted((shared / "captures").rglob("*")):
        if not path.is_file() or path.suffix not in {".pcap", ".pcapng", ".ntar"}:
            continue
        n_captures += 1
        source = open_captures([path])
        for batch in source:
            for _, _, wire, frame in frames_of(batch.data, batch.index):
                assert 0 <= len(frame) <= wire
        assert len(source.problems) <= 1
        assert source.bytes_read == source.total_bytes == path.stat().st_size
    assert n_captures > 100


def test_everyday_captures_read_as_dpkt_reads_them(shared):
    n_frames = 0
    for path in sorted((shared / "captures" / "everyday").rglob("*.pcap")):
        source = open_captures([path])
        frames = [frame for batch in source for frame in frames_of(batch.data, batch.index)]
        if path.stat().st_size > 2_000_000 or source.problems:
            continue
        with path.open("rb") as file:
            reader = dpkt.pcap.UniversalReader(file)
            expected = list(reader)
        assert [frame[3] for frame in frames] == [frame for _, frame in expected], path
        for (time, *_), (expected_time, _) in zip(frames, expected, strict=True):
            assert abs(time / 1e9 - float(expected_time)) < 1e-5  # a float holds no nanoseconds
        n_frames += len(frames)
    assert n_frames > 1000
