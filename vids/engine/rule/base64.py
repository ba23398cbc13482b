"""Base64 as it is met in traffic (RFC 4648, RFC 2045): decoded as far as it goes, never an error."""

from __future__ import annotations

import binascii
import re
from typing import Final

ALPHABET_RUN: Final = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
IRREGULAR: Final = re.compile(rb"[A-Za-z0-9+/=]*")
NOT_ALPHABET: Final = bytes([byte for byte in range(256) if not re.match(rb"[A-Za-z0-9+/=]", bytes([byte]))])


def leading_letters(data: bytes) -> bytes:
    """Return the run of letters of the alphabet, and padding, that the data begins with."""
    m = IRREGULAR.match(data)
    return m[0] if m is not None else b""


def decode_rfc4648(data: bytes) -> bytes:
    """Return what the leading run of the alphabet stands for; a last group that is short is padded."""
    return _groups(leading_letters(data), True)


def decode_rfc2045(data: bytes) -> bytes:
    """Return what the letters of the alphabet stand for, whatever is between them; a short last group is left out."""
    return _groups(data.translate(None, NOT_ALPHABET), False)


def decode_strict(data: bytes) -> bytes:
    """Return what wholly valid, padded base64 stands for; nothing for anything else."""
    try:
        return binascii.a2b_base64(data, strict_mode=True) if len(data) % 4 == 0 else b""
    except binascii.Error:
        return b""


def _groups(letters: bytes, is_tail_padded: bool) -> bytes:
    """Return the bytes of all groups of four; padding ends its group, not the data."""
    m = ALPHABET_RUN.match(letters)
    if m is not None and m.end() == len(letters):
        whole = len(letters) - len(letters) % 4
        if not letters.endswith(b"=") or len(letters) == whole:
            return _decode(letters if is_tail_padded else letters[:whole])
    out = bytearray()
    for at in range(0, len(letters), 4):
        group = letters[at : at + 4]
        if len(group) < 4 and not is_tail_padded:
            break
        if len(group) < 2 or group[0] == 0x3D or group[1] == 0x3D:
            break  # a byte takes two letters
        out += _decode(group.partition(b"=")[0])
    return bytes(out)


def _decode(letters: bytes) -> bytes:
    """Return the bytes of letters with padding at their end, or none, or too little."""
    bare = letters.rstrip(b"=")
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))
