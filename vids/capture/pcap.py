"""Classic pcap, as bytes: the walk over its record headers (IETF draft-ietf-opsawg-pcap).

    file header   magic  version  two reserved fields  snapshot length  link type     24 bytes
    record        seconds  fraction  captured  on the wire                            16 bytes, then the frame

Sans-IO, and compiled: a source hands in pieces of some MiB, and one call indexes a whole piece.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i16_be, read_i16_le, read_i32_be, read_i32_le
from mypy_extensions import i64

from vids.engine.batch import write_entry

FILE_HEADER: Final = 24  # bytes
RECORD_HEADER: Final = 16
KUZNETZOV_RECORD_HEADER: Final = 24  # adds interface, protocol and packet type

# No capture program writes more for a network frame (libpcap's MAXIMUM_SNAPLEN). More is no length: to wait for
# that many bytes would let four bytes of file claim gigabytes of memory.
MAX_CAPTURED: Final = 262_144  # bytes
MAX_WIRE: Final = 0x7FFF_FFFF  # bytes: what an index entry can say

MICROSECONDS: Final = 0xA1B2C3D4  # magic numbers
NANOSECONDS: Final = 0xA1B23C4D
KUZNETZOV: Final = 0xA1B2CD34


def read_u16(data: bytes, at: i64, is_big_endian: bool) -> i64:
    """Return the 16 bits at `at`; the caller has checked that they are there."""
    if is_big_endian:
        return i64(read_i16_be(data, at)) & 0xFFFF
    return i64(read_i16_le(data, at)) & 0xFFFF


def read_u32(data: bytes, at: i64, is_big_endian: bool) -> i64:
    """Return the 32 bits at `at`; the caller has checked that they are there."""
    if is_big_endian:
        return i64(read_i32_be(data, at)) & 0xFFFF_FFFF
    return i64(read_i32_le(data, at)) & 0xFFFF_FFFF


def wire_length(captured: i64, claimed: i64) -> i64:
    """Return the size on the wire, in bytes: never below what was captured, never above MAX_WIRE."""
    return max(captured, min(claimed, MAX_WIRE))


@final
class Pcap:
    """A walk through one classic capture: it keeps its place while pieces of the file come and go.

    After each `walk`, `needs` is how many bytes from the returned offset on allow the next step (0: the index
    is full, walk on in the same piece), and `fault` says why the rest cannot be read.
    """

    def __init__(self) -> None:
        self.n_frames: i64 = 0  # indexed so far
        self.needs: i64 = FILE_HEADER
        self.fault = ""
        self.link_type: i64 = 0
        self.snapshot_length: i64 = 0  # bytes; as the file says, not enforced: what was captured is kept
        self._is_begun = False
        self._is_big_endian = False
        self._fraction_ns: i64 = 1000
        self._record_header: i64 = RECORD_HEADER

    def walk(self, data: bytes, at: i64, index: BytesWriter, max_frames: i64) -> i64:
        """Append to `index` the whole records from `data[at:]` on; return the offset where the walk stopped.

        The first piece begins with the file header. A record that is not whole is left for the next piece.
        """
        if not self._is_begun:
            at = self._begin(data, at)
            if not self._is_begun:
                return at
        end: i64 = len(data)
        is_big: bool = self._is_big_endian
        header: i64 = self._record_header
        n_frames: i64 = 0
        self.needs = 0
        while n_frames < max_frames:
            if end - at < header:
                self.needs = header
                break
            captured: i64 = read_u32(data, at + 8, is_big)
            if captured > MAX_CAPTURED:
                self.fault = f"captured length {captured} (at most {MAX_CAPTURED})"
                break
            if end - at - header < captured:
                self.needs = header + captured
                break
            fraction: i64 = read_u32(data, at + 4, is_big) * self._fraction_ns
            timestamp_ns: i64 = read_u32(data, at, is_big) * 1_000_000_000 + fraction
            wire: i64 = wire_length(captured, read_u32(data, at + 12, is_big))
            write_entry(index, timestamp_ns, at + header, captured, wire, self.link_type)
            at += header + captured
            n_frames += 1
        self.n_frames += n_frames
        return at

    def _begin(self, data: bytes, at: i64) -> i64:
        """Read the file header, when it is whole, and return the offset behind it."""
        if len(data) - at < FILE_HEADER:
            self.needs = FILE_HEADER
            return at
        if not is_pcap(data[at : at + 4]):
            self.fault = "no pcap magic number"
            self.needs = 0
            return at
        self._is_big_endian = is_known_magic(read_u32(data, at, True))
        magic: i64 = read_u32(data, at, self._is_big_endian)
        self._fraction_ns = 1 if magic == NANOSECONDS else 1000
        self._record_header = KUZNETZOV_RECORD_HEADER if magic == KUZNETZOV else RECORD_HEADER
        self.snapshot_length = read_u32(data, at + 16, self._is_big_endian)
        # The upper half holds the length of the frame check sequence, and bits without a meaning here.
        self.link_type = read_u32(data, at + 20, self._is_big_endian) & 0xFFFF
        self._is_begun = True
        return at + FILE_HEADER


def is_known_magic(magic: i64) -> bool:
    """Return whether `magic`, read in the file's byte order, begins a classic capture."""
    return magic in (MICROSECONDS, NANOSECONDS, KUZNETZOV)


def is_pcap(head: bytes) -> bool:
    """Return whether a file that begins with `head` is a classic capture, by its magic number."""
    return len(head) >= 4 and (is_known_magic(read_u32(head, 0, True)) or is_known_magic(read_u32(head, 0, False)))
