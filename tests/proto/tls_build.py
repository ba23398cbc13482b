"""Messages of TLS and certificates, built byte by byte, so that each part can be wrong."""

from __future__ import annotations

from vids.engine.proto.tls.sample import message

RANDOM = bytes(range(32))
SUITES = b"\xc0\x2f\x00\x35"


def sized(data: bytes, width: int) -> bytes:
    """Return data behind its length in `width` bytes."""
    return len(data).to_bytes(width, "big") + data


def record(kind: int, data: bytes, version: int = 0x0303, size: int = 16384) -> bytes:
    """Return data in records of at most `size` bytes each."""
    head = bytes([kind]) + version.to_bytes(2, "big")
    return b"".join(head + sized(data[at : at + size], 2) for at in range(0, len(data), size))


def extension(kind: int, data: bytes) -> bytes:
    return kind.to_bytes(2, "big") + sized(data, 2)


def sni(name: bytes, kind: int = 0) -> bytes:
    return extension(0, sized(bytes([kind]) + sized(name, 2), 2))


def alpn(*names: bytes) -> bytes:
    return extension(16, sized(b"".join(sized(name, 1) for name in names), 2))


def hello_body(extensions: bytes | None = b"", version=0x0303, session=b"", suites=SUITES, random=RANDOM) -> bytes:
    """Return the body of a ClientHello; None leaves out the extensions with their length."""
    body = version.to_bytes(2, "big") + random + sized(session, 1) + sized(suites, 2) + b"\1\0"
    return body if extensions is None else body + sized(extensions, 2)


def answer_body(extensions: bytes | None = b"", version=0x0303, session=b"", suite=b"\xc0\x2f", random=RANDOM) -> bytes:
    """Return the body of a ServerHello; drafts before 22 have no session id."""
    is_short = version == 0x0304 or version >> 8 == 0x7F
    body = version.to_bytes(2, "big") + random + (suite if is_short else sized(session, 1) + suite + b"\0")
    return body if extensions is None else body + sized(extensions, 2)


def client_hello(*extensions: bytes, **fields) -> bytes:
    return message(1, hello_body(b"".join(extensions), **fields))


def server_hello(*extensions: bytes, **fields) -> bytes:
    return message(2, answer_body(b"".join(extensions), **fields))


def shown(*ders: bytes) -> bytes:
    """Return the message that shows certificates."""
    return message(11, sized(b"".join(sized(der, 3) for der in ders), 3))


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def oid(dotted: str) -> bytes:
    first, second, *rest = [int(part) for part in dotted.split(".")]
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return der(6, bytes(content))


def distinguished(*sets: list[tuple[str, int, bytes]]) -> bytes:
    """Return a name of sets of attributes: OID, tag and value of each."""
    return der(0x30, b"".join(der(0x31, b"".join(der(0x30, oid(o) + der(t, v)) for o, t, v in one)) for one in sets))


def common(value: bytes, tag: int = 0x0C) -> bytes:
    """Return a name that is a common name alone."""
    return distinguished([("2.5.4.3", tag, value)])


def alternatives(*names: bytes, tag: int = 0x30) -> bytes:
    """Return the extension that holds alternative names."""
    return der(0x30, oid("2.5.29.17") + der(4, der(tag, b"".join(names))))


ALGORITHM = der(0x30, oid("1.3.101.112"))
PARTS = {
    "version": der(0xA0, der(2, b"\2")),
    "serial": der(2, b"\1"),
    "algorithm": ALGORITHM,
    "issuer": common(b"issuer"),
    "validity": der(0x30, der(0x17, b"200101000000Z") + der(0x17, b"300101000000Z")),
    "subject": common(b"subject"),
    "key": der(0x30, ALGORITHM + der(3, bytes(33))),
    "extensions": b"",
}
SIGNATURE = ALGORITHM + der(3, bytes(65))


def certificate(signature: bytes = SIGNATURE, **parts: bytes) -> bytes:
    """Return a certificate with other parts than usual."""
    return der(0x30, der(0x30, b"".join({**PARTS, **parts}.values())) + signature)


def extended(*extensions: bytes) -> bytes:
    return certificate(extensions=der(0xA3, der(0x30, b"".join(extensions))))


def dated(begin: bytes, tag: int = 0x17) -> bytes:
    """Return a certificate whose validity begins so."""
    return certificate(validity=der(0x30, der(tag, begin) + der(0x17, b"300101000000Z")))
