"""Digests of a file, as far as they are asked for, byte by byte as it comes."""

from __future__ import annotations

import hashlib
from typing import Final, final

from mypy_extensions import i64

MD5: Final = 1  # what is to be known of files, as bits
SHA1: Final = 2
SHA256: Final = 4
MAGIC: Final = 8
STORED: Final = 16  # some rule may want files stored

DIGESTS: Final = {"md5": MD5, "sha1": SHA1, "sha256": SHA256}  # names of settings and keywords


@final
class Digests:
    """MD5, SHA-1 and SHA-256 of the bytes so far; the values are there once the file has ended."""

    def __init__(self, wanted: i64) -> None:
        self.md5 = b""
        self.sha1 = b""
        self.sha256 = b""
        self._md5 = hashlib.md5(usedforsecurity=False) if wanted & MD5 else None
        self._sha1 = hashlib.sha1(usedforsecurity=False) if wanted & SHA1 else None
        self._sha256 = hashlib.sha256(usedforsecurity=False) if wanted & SHA256 else None

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._md5 is not None:
            self._md5.update(data)
        if self._sha1 is not None:
            self._sha1.update(data)
        if self._sha256 is not None:
            self._sha256.update(data)

    def finish(self, is_whole: bool) -> None:
        """Work the values out.

        Of a file that is not whole only the SHA-256 of what was seen is told, as in the reference engine: it names
        what was stored, and no list of hashes is asked about it.
        """
        if is_whole and self._md5 is not None:
            self.md5 = self._md5.digest()
        if is_whole and self._sha1 is not None:
            self.sha1 = self._sha1.digest()
        if self._sha256 is not None:
            self.sha256 = self._sha256.digest()
        self._md5 = None
        self._sha1 = None
        self._sha256 = None

    def value(self, which: i64) -> bytes:
        """Return one of them; nothing where it is not known."""
        if which == MD5:
            return self.md5
        return self.sha1 if which == SHA1 else self.sha256
