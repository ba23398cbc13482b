"""Undoes content codings (RFC 9110, section 8.4) piece by piece, as far as browsers do and within bounds.

zlib, lzma and Brotli do the work; what is around their streams is read here, because they stop at the first wrong
byte of a header or checksum and browsers do not. A coding that the bytes are not in is tried as the others; if they
are in none, they pass as they are.
"""

from __future__ import annotations

import lzma
import zlib
from typing import Final, final

import brotli
from mypy_extensions import i64

PIECE: Final = 32 << 10  # bytes that come out of one layer at a time
SLICE: Final = 256  # bytes that go into Brotli and LZMA at a time
MAX_PAST: Final = 64 << 10  # bytes that went into them, kept to find what came out before a malformed byte
RATIO: Final = 2048  # bytes out for one in: what Deflate cannot reach

IDENTITY: Final = 0
GZIP: Final = 1
DEFLATE: Final = 2  # RFC 1951
ZLIB: Final = 3  # RFC 1950
BROTLI: Final = 4
LZMA: Final = 5

NEXT: Final = {GZIP: DEFLATE, DEFLATE: ZLIB, ZLIB: GZIP, BROTLI: DEFLATE, LZMA: DEFLATE}
MAX_TRIES: Final = 3

LZMA_HEADER: Final = 13  # bytes: properties, size of the dictionary, size of what comes out
LZMA_OVERHEAD: Final = 256 << 10  # bytes that a decoder needs beside its dictionary

FHCRC: Final = 2  # flags of a gzip header (RFC 1952, section 2.3.1)
FEXTRA: Final = 4
FNAME: Final = 8
FCOMMENT: Final = 16


@final
class Layer:
    """One coding being undone: `put` bytes, then `take` what came of them until nothing comes."""

    def __init__(self, coding: i64, lzma_memory: i64) -> None:
        self.coding = coding
        self.lzma_memory = lzma_memory
        self.n_out: i64 = 0
        self.is_broken = False  # nothing more can be read
        self.is_plain = False  # the bytes are in no coding
        self.is_memory_reached = False  # LZMA asked for more than it may have
        self._start = bytearray()  # all that was put, until something came out
        self._past = bytearray()  # all that went into the decoder
        self._is_probe = False
        self._has_ended = False  # the stream: what follows it is ignored
        self._tries: i64 = 0
        self._waiting = b""
        self._has_more = False  # the decoder holds bytes that did not fit into the last piece
        self._header = bytearray()  # of gzip and zlib
        self._has_header = False
        self._begin(coding)

    def put(self, data: bytes) -> None:
        """Take the next bytes."""
        if self.is_broken:
            return
        self._waiting = self._waiting + data if self._waiting else data
        if self.n_out == 0 and self._tries <= MAX_TRIES:
            self._start += data
            if len(self._start) > PIECE:  # so much, and nothing came of it: it will not be tried as another coding
                self._start = bytearray()
                self._tries = MAX_TRIES + 1

    def take(self) -> bytes:
        """Return the next bytes that come out, about a piece or less; b"" for none."""
        while not self.is_broken and (self._waiting or self._has_more):
            if self.is_plain:
                out, self._waiting = self._waiting, b""
            elif self._has_header or self._skip_header():
                out = self._decode()
            else:
                continue
            if out:
                self.n_out += len(out)
                self._start = bytearray()
                return out
        return b""

    def _begin(self, coding: i64) -> None:
        self.coding = coding
        self._has_header = coding not in (GZIP, ZLIB, LZMA)
        self._header = bytearray()
        self._past = bytearray()
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._brotli: brotli.Decompressor | None = brotli.Decompressor() if coding == BROTLI else None
        self._lzma: lzma.LZMADecompressor | None = None
        if coding == LZMA:
            self._lzma = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=self.lzma_memory + LZMA_OVERHEAD)

    def _decode(self) -> bytes:
        if self._brotli is None and self._lzma is None:
            data, self._waiting = self._waiting, b""
            return self._inflate(data)
        data = b""
        if not self._has_more:
            data, self._waiting = self._waiting[:SLICE], self._waiting[SLICE:]
        self._has_more = False
        try:
            out = self._unbrotli(self._brotli, data) if self._brotli is not None else self._unlzma(data)
        except (brotli.error, lzma.LZMAError):
            self.is_memory_reached = self._lzma is not None and self.n_out + PIECE >= self.lzma_memory
            out = self._recover(data)
            if self._has_ended:
                self._waiting = b""
            else:
                self._fail(bool(out))
            return out
        if len(self._past) < MAX_PAST:
            self._past += data
        return out

    def _inflate(self, data: bytes) -> bytes:
        inflater = self._inflater
        self._has_more = False
        if inflater.eof:  # what follows is ignored, also a second member of gzip
            return b""
        safe = inflater.copy()
        try:
            out = inflater.decompress(data, PIECE)
        except zlib.error:
            out = _until_error(safe, data)
            self._fail(bool(out))
            return out
        self._waiting = inflater.unconsumed_tail
        self._has_more = len(out) >= PIECE
        return out

    def _unbrotli(self, decoder: brotli.Decompressor, data: bytes) -> bytes:
        if self._has_ended or decoder.is_finished():
            self._waiting = b""
            return b""
        out: bytes = decoder.process(data, output_buffer_limit=PIECE)
        self._has_more = len(out) >= PIECE or (bool(out) and not decoder.can_accept_more_data())
        return out

    def _unlzma(self, data: bytes) -> bytes:
        decoder = self._lzma
        if decoder is None or decoder.eof:
            self._waiting = b""
            return b""
        out = decoder.decompress(data, PIECE)
        self._has_more = len(out) >= PIECE
        return out

    def _recover(self, data: bytes) -> bytes:
        """Return what comes out of `data` before its malformed byte: the decoders do not tell."""
        if self._is_probe or len(self._past) >= MAX_PAST:
            return b""
        probe = Layer(self.coding, self.lzma_memory)
        probe._is_probe = True
        probe._tries = MAX_TRIES + 1
        probe.put(bytes(self._past))
        while probe.take():
            pass
        out: list[bytes] = []
        for n in range(len(data)):
            probe.put(data[n : n + 1])
            piece = probe.take()
            while piece:
                out.append(piece)
                piece = probe.take()
        if not probe.is_broken and probe._brotli is not None:
            self._has_ended = bool(probe._brotli.is_finished())
        return b"".join(out)

    def _fail(self, has_output: bool) -> None:
        """Give up a stream that is malformed; if nothing came out of it, try it as another coding."""
        self._has_more = False
        if self.n_out > 0 or has_output or self._tries > MAX_TRIES:
            self.is_broken = True
            self._waiting = b""
            return
        self._waiting = bytes(self._start)
        self._tries += 1
        if self._tries > MAX_TRIES:
            self.is_plain = True
        else:
            self._begin(NEXT[int(self.coding)])

    def _skip_header(self) -> bool:
        """Step over the header of gzip, zlib or LZMA; False if it is not all here, or is none."""
        self._header += self._waiting
        self._waiting = b""
        header = bytes(self._header)
        end: i64 = 0
        if self.coding == GZIP:
            end = _gzip_header(header)
        elif self.coding == ZLIB:
            end = _zlib_header(header)
        elif len(header) >= LZMA_HEADER:
            self._waiting = _small_lzma(header, self.lzma_memory)
            self._has_header = True
            return True
        if end < 0:
            self._fail(False)
        elif end == 0:
            self.is_broken = len(header) > PIECE  # a name that never ends
        else:
            self._has_header = True
            self._header = bytearray()
            self._waiting = header[end:]
        return self._has_header


def _until_error(inflater: zlib._Decompress, data: bytes) -> bytes:
    """Return what comes out of malformed data before the byte that is wrong."""
    out: list[bytes] = []
    try:
        for n in range(len(data)):
            out.append(inflater.decompress(data[n : n + 1]))
    except zlib.error:
        pass
    return b"".join(out)


def _gzip_header(data: bytes) -> i64:
    """Return the length of a gzip header (RFC 1952), whatever its reserved flags and checksum say; 0 not all here."""
    if not data.startswith(b"\x1f\x8b\x08"[: len(data)]):
        return -1
    if len(data) < 10:
        return 0
    flags: i64 = data[3]
    at: i64 = 10
    if flags & FEXTRA:
        if len(data) < at + 2:
            return 0
        at += 2 + data[at] + (data[at + 1] << 8)
    for flag in (FNAME, FCOMMENT):
        if flags & flag:
            end = data.find(b"\0", at)
            if end < 0 or at > len(data):
                return 0
            at = end + 1
    if flags & FHCRC:
        at += 2
    return at if len(data) >= at else 0


def _small_lzma(data: bytes, most: i64) -> bytes:
    """Return a stream of LZMA that asks for a dictionary of `most` bytes at most: it is right for as many bytes."""
    size = int.from_bytes(data[1:5], "little")
    return data if size <= most else data[:1] + int(most).to_bytes(4, "little") + data[5:]


def _zlib_header(data: bytes) -> i64:
    """Return the length of a zlib header (RFC 1950, section 2.2); 0 if it is not all here."""
    if len(data) < 2:
        return 0
    if data[0] & 0x0F != 8 or ((data[0] << 8) | data[1]) % 31 != 0 or data[1] & 0x20:
        return -1
    return 2
