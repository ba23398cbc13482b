"""The bytes inside a gzip, xz or Zstandard file, in pieces: memory stays flat whatever it unpacks to."""

from __future__ import annotations

import importlib
import lzma
import sys
import zlib
from typing import Final, Protocol

PACKED_PIECE: Final = 32 << 10  # bytes of compressed data looked at in one go
MIN_STEP: Final = 64  # bytes unpacked in one go: see Unpacked.read
MAX_STEP: Final = 4096

# A preset of xz asks for 65 MiB at most; the header may ask for 4 GiB, which a few bytes should not buy.
MAX_MEMORY: Final = 256 << 20  # bytes; Zstandard's own bound is 128 MiB

GZIP: Final = "gzip"
XZ: Final = "xz"
ZSTD: Final = "zst"
LONGEST_MAGIC: Final = 6  # bytes


class ByteStream(Protocol):
    """Bytes in order. `read` never raises: where no more can be read it returns none, and `fault` says why.

    `fault` is empty where the stream just ended; `is_damaged` tells wrong data from missing data.
    """

    fault: str
    is_damaged: bool

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, and at least one before the end."""


class Decompressor(Protocol):
    """What lzma.LZMADecompressor and its like have in common: one member of a compressed file."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class GzipMember:
    """zlib's decompressor, in the shape of lzma's."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self._is_full = False  # the last call stopped at max_length: more may come without new input

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._is_full and not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return up to `max_length` bytes; `data` is empty unless `needs_input`."""
        unpacked = self._zlib.decompress(data or self._zlib.unconsumed_tail, max_length)
        self._is_full = len(unpacked) == max_length
        return unpacked


def compression_of(head: bytes) -> str:
    """Return GZIP, XZ or ZSTD by the magic number that `head` begins with, or an empty string."""
    if head.startswith(b"\x1f\x8b\x08"):
        return GZIP
    if head.startswith(b"\xfd7zXZ\0"):
        return XZ
    # Parallel compressors begin with a frame to skip (RFC 8878, section 3.1.2).
    is_skippable = len(head) >= 4 and head[0] & 0xF0 == 0x50 and head[1:4] == b"\x2a\x4d\x18"
    return ZSTD if is_skippable or head.startswith(b"\x28\xb5\x2f\xfd") else ""


def decompressor_of(kind: str) -> Decompressor:
    """Return a decompressor for the next member; raises ImportError where the machine has none for `kind`."""
    if kind == GZIP:
        return GzipMember()
    if kind == XZ:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_MEMORY)
    module = importlib.import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    zstd: Decompressor = module.ZstdDecompressor()
    return zstd


class Unpacked:
    """A stream of what is inside `packed`; members that follow each other are one stream."""

    def __init__(self, kind: str, head: bytes, packed: ByteStream) -> None:
        self.fault = ""
        self.is_damaged = False
        self._kind = kind
        self._input = head
        self._packed = packed
        self._member: Decompressor | None = decompressor_of(kind)
        self._n_unpacked = 0  # bytes

    def read(self, size: int) -> bytes:
        """Return some bytes, up to `size`.

        The libraries drop what a call had unpacked when it comes upon damage. Small steps, growing with what was
        read, keep that loss below a sixteenth.
        """
        while not self.fault:
            if self._member is None and not self._next_member():
                return b""
            assert self._member is not None
            if self._member.needs_input and not self._input and not self._refill():
                return self._end(self._packed.fault or f"{self._kind} data cut short", self._packed.is_damaged)
            try:
                unpacked = self._member.decompress(self._input, self._step(size))
            except Exception as error:  # each library has its own: zlib.error, LZMAError, ZstdError
                return self._end(f"{self._kind} data cannot be unpacked ({error})", True)
            self._input = b""
            if self._member.eof:
                self._input = self._member.unused_data
                self._member = None
            if unpacked:
                self._n_unpacked += len(unpacked)
                return unpacked
        return b""

    def _step(self, size: int) -> int:
        return min(size, MAX_STEP, max(MIN_STEP, self._n_unpacked // 16))

    def _next_member(self) -> bool:
        """Begin the member behind the last one, if there is one: zeros in between are padding."""
        while not self._input.lstrip(b"\0") and self._refill():
            pass
        self._input = self._input.lstrip(b"\0")
        while 0 < len(self._input) < LONGEST_MAGIC and self._more():
            pass
        if self._input and compression_of(self._input) == self._kind:
            self._member = decompressor_of(self._kind)
        elif self._input or self._packed.fault:
            self._end(self._packed.fault or f"{self._kind} data followed by something else", True)
        return self._member is not None

    def _refill(self) -> bool:
        """Replace the input by the next piece; False at the end."""
        self._input = self._packed.read(PACKED_PIECE)
        return self._input != b""

    def _more(self) -> bool:
        """Add the next piece to the input; False at the end."""
        piece = self._packed.read(PACKED_PIECE)
        self._input += piece
        return piece != b""

    def _end(self, fault: str, is_damaged: bool) -> bytes:
        self.fault = fault
        self.is_damaged = is_damaged
        return b""
