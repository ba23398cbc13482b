"""The keys of Initial packets, which everyone can work out, and packets without their protection (RFC 9001, 5.2-5.4).

AES and GCM are those of the library `cryptography`.
"""

from __future__ import annotations

import hmac
from typing import Final, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from mypy_extensions import i64

from vids.engine.proto.quic.header import DRAFT, FACEBOOK, FIRST_DRAFT, LAST_DRAFT, LONG, Q050, V1, V2, Header

SALT_V1: Final = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")  # RFC 9001, section 5.2
SALT_V2: Final = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")  # RFC 9369, section 3.3.1
SALT_29: Final = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")  # drafts 29 to 32 of RFC 9001
SALT_23: Final = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")  # drafts 23 to 28
SALT_Q050: Final = bytes.fromhex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45")

DIGEST: Final = "sha256"
SECRET: Final = 32  # bytes
KEY: Final = 16
NONCE: Final = 12
TAG: Final = 16
SAMPLE: Final = 16
NUMBER: Final = 4  # bytes of the longest packet number


def salt(version: i64) -> bytes:
    """Return what the keys of a version begin with; none of a version that nobody told us about."""
    if version == V1:
        return SALT_V1
    if version == V2:
        return SALT_V2
    if version == Q050:
        return SALT_Q050
    if version == FACEBOOK:
        return SALT_23
    draft = version - DRAFT
    if not FIRST_DRAFT <= draft <= LAST_DRAFT:
        return b""
    return SALT_23 if draft < 29 else SALT_29 if draft < 33 else SALT_V1


@final
class Keys:
    """What one side's Initial packets are protected with."""

    def __init__(self, version: i64, connection_id: bytes, is_client: bool) -> None:
        self.version = version
        self.connection_id = connection_id
        secret = hmac.digest(salt(version), connection_id, DIGEST)
        secret = _expand(secret, b"client in" if is_client else b"server in", SECRET)
        label = b"quicv2 " if version == V2 else b"quic "
        self.nonce = _expand(secret, label + b"iv", NONCE)
        self.packet = AESGCM(_expand(secret, label + b"key", KEY))
        self.header = Cipher(AES(_expand(secret, label + b"hp", KEY)), ECB())

    def open(self, data: bytes, header: Header) -> bytes | None:
        """Return the frames of a packet; None if they were protected with other keys."""
        at = header.payload_at
        if header.end - at < NUMBER + SAMPLE:
            return None
        mask = self.header.encryptor().update(data[at + NUMBER : at + NUMBER + SAMPLE])
        first = i64(data[header.begin]) ^ (i64(mask[0]) & (0x0F if data[header.begin] & LONG else 0x1F))
        length = (first & 3) + 1
        number = bytes([data[at + i] ^ mask[1 + i] for i in range(length)])
        nonce = int.from_bytes(self.nonce, "big") ^ int.from_bytes(number, "big")
        bare = bytes([first]) + data[header.begin + 1 : at] + number
        try:
            return self.packet.decrypt(nonce.to_bytes(NONCE, "big"), data[at + length : header.end], bare)
        except InvalidTag:
            return None


def _expand(secret: bytes, label: bytes, length: i64) -> bytes:
    """Return HKDF-Expand-Label of at most one block (RFC 8446, section 7.1)."""
    full = b"tls13 " + label
    info = bytes([0, length, len(full)]) + full + b"\0\1"
    return hmac.digest(secret, info, DIGEST)[:length]
