"""Fingerprints of hellos: JA3, JA3S and JA4.

JA3 is five lists of decimal numbers, JA3S three of them (github.com/salesforce/ja3); JA4 is counts and two truncated
SHA-256 of sorted lists (github.com/FoxIO-LLC/ja4, technical_details/JA4.md). All leave out GREASE.
"""

from __future__ import annotations

import hashlib
from typing import Final

from mypy_extensions import i64

from vids.engine.proto.tls.hello import ALPN, SERVER_NAME, Hello, u16
from vids.engine.proto.tls.version import SSL_2, SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, is_grease, is_valid

JA4_VERSIONS: Final[dict[int, str]] = {
    TLS_1_3: "13", TLS_1_2: "12", TLS_1_1: "11", TLS_1_0: "10", SSL_3: "s3", SSL_2: "s2",
}  # fmt: skip
MOST: Final = 99  # what two digits can count
NOTHING: Final = "000000000000"  # in place of a hash of nothing
HASH: Final = 12  # digits of a hash


def numbers(data: bytes) -> list[int]:
    """Return the numbers of a list of two bytes each, without GREASE."""
    found: list[int] = []
    for at in range(0, len(data) - 1, 2):
        value = u16(data, at)
        if not is_grease(value):
            found.append(int(value))
    return found


def ja3_string(hello: Hello) -> bytes:
    """Return what JA3 is computed from; of a ServerHello JA3S."""
    if hello.ja3_string is None:
        parts = [str(hello.version), _joined(numbers(hello.ciphers)), _joined(numbers(bytes(hello.extensions)))]
        if hello.is_client:
            parts += [_joined(numbers(hello.groups)), _joined(list(hello.point_formats))]
        hello.ja3_string = ",".join(parts).encode()
    return hello.ja3_string


def ja3_hash(hello: Hello) -> bytes:
    """Return JA3, or JA3S: an MD5 in hexadecimal."""
    return hashlib.md5(ja3_string(hello), usedforsecurity=False).hexdigest().encode()


def ja4_hash(hello: Hello, transport: str) -> bytes:
    """Return JA4 of a ClientHello; `transport` is "t" over TCP, "q" in QUIC."""
    if hello.ja4_hash is None:
        ciphers = numbers(hello.ciphers)
        extensions = numbers(bytes(hello.extensions))
        text = (
            f"{transport}{_ja4_version(hello)}{'d' if hello.has_name else 'i'}"
            f"{min(len(ciphers), MOST):02d}{min(len(extensions), MOST):02d}{_ja4_protocol(hello)}"
            f"_{_digest(_hex(sorted(ciphers)))}_{_digest(_ja4_extensions(hello, extensions))}"
        )
        hello.ja4_hash = text.encode()
    return hello.ja4_hash


def _joined(values: list[int]) -> str:
    return "-".join([str(value) for value in values])


def _hex(values: list[int]) -> str:
    return ",".join([f"{value:04x}" for value in values])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH] if text else NOTHING


def _ja4_version(hello: Hello) -> str:
    """Return the highest version that the client supports, or that of the field where there is no such list."""
    highest: i64 = 0
    for version in numbers(hello.versions):
        if version > highest and is_valid(version):
            highest = version
    return JA4_VERSIONS.get(int(highest or hello.version), "00")


def _ja4_protocol(hello: Hello) -> str:
    """Return the first and last character of the first protocol of ALPN; of what is no text hexadecimal digits."""
    names = hello.protocol_names()
    if not names:
        return "00"
    ends = names[0][:1] + names[0][-1:]
    if ends.isalnum():
        return ends.decode()
    digits = ends.hex()
    return digits[0] + digits[-1]


def _ja4_extensions(hello: Hello, extensions: list[int]) -> str:
    """Return the extensions in order of their numbers, and the signature algorithms as they stand."""
    text = _hex(sorted([kind for kind in extensions if kind not in (SERVER_NAME, ALPN)]))
    algorithms = _hex(numbers(hello.signature_algorithms))
    return f"{text}_{algorithms}" if algorithms else text
