"""Frames as they come in: the one thing that crosses the border into the engine, many frames a call."""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, write_i32_le, write_i64_le
from mypy_extensions import i32, i64

ENTRY: Final = 24  # bytes of one index entry, little endian:
#   0  i64  time of capture, nanoseconds since 1970
#   8  i32  where the frame begins in `data`
#  12  i32  bytes captured
#  16  i32  bytes on the wire (more than captured where a snapshot length cut the frame)
#  20  i32  link type (LINKTYPE_*, www.tcpdump.org/linktypes.html)


@final
class Batch:
    """A run of frames: `data` holds their bytes, `index` one entry of ENTRY bytes a frame, in arrival order."""

    def __init__(self, data: bytes, index: bytes) -> None:
        self.data = data
        self.index = index

    def __len__(self) -> int:
        return len(self.index) // ENTRY


def write_entry(index: BytesWriter, timestamp_ns: i64, offset: i64, captured: i64, wire: i64, link_type: i64) -> None:
    """Append one frame's entry."""
    write_i64_le(index, timestamp_ns)
    write_i32_le(index, i32(offset))
    write_i32_le(index, i32(captured))
    write_i32_le(index, i32(wire))
    write_i32_le(index, i32(link_type))


def batch_of(frames: list[tuple[int, bytes]], link_type: int = 1) -> Batch:
    """Return a batch of (timestamp_ns, frame) pairs: for tests, tools and sources with few frames."""
    index = BytesWriter()
    data = bytearray()
    for timestamp_ns, frame in frames:
        write_entry(index, timestamp_ns, len(data), len(frame), len(frame), link_type)
        data += frame
    return Batch(bytes(data), index.getvalue())
