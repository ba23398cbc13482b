"""What rules can ask of a TLS handshake: the sticky buffers and numbers."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.field import BOTH, Field, NumberField
from vids.engine.proto.tls.certificate import Certificate
from vids.engine.proto.tls.eve import OVER_TCP
from vids.engine.proto.tls.fingerprint import ja3_hash, ja3_string, ja4_hash
from vids.engine.proto.tls.hello import Hello
from vids.engine.proto.tls.sample import CERTIFICATE as OF_SERVER
from vids.engine.proto.tls.sample import CLIENT, CLIENT_CERTIFICATE, CLIENT_HELLO, ISSUER, SERVER, SERVER_HELLO
from vids.engine.proto.tls.transaction import CERTIFICATE, HELLO, TlsTransaction
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER, Transaction

GUIDE: Final = "Suricata user guide, rules, tls-keywords"
JA3_GUIDE: Final = "Suricata user guide, rules, ja3-keywords"
JA4_GUIDE: Final = "Suricata user guide, rules, ja4-keywords"
TIME: Final = 4  # bytes of the random that were a time once


def _tls(tx: Transaction) -> TlsTransaction:
    assert isinstance(tx, TlsTransaction)
    return tx


def _hello(tx: Transaction, to_server: bool) -> Hello | None:
    return _tls(tx).peer(to_server).hello


def _certificate(tx: Transaction, to_server: bool) -> Certificate | None:
    return _tls(tx).peer(to_server).certificate


def _one(value: bytes) -> list[bytes]:
    return [value] if value else []


def _sni(tx: Transaction, to_server: bool) -> list[bytes]:
    hello = _hello(tx, to_server)
    return [] if hello is None else _one(hello.name)


def _alpn(tx: Transaction, to_server: bool) -> list[bytes]:
    hello = _hello(tx, to_server)
    return [] if hello is None else hello.protocol_names()


def _random(tx: Transaction, to_server: bool) -> list[bytes]:
    hello = _hello(tx, to_server)
    return [] if hello is None else _one(hello.random)


def _random_time(tx: Transaction, to_server: bool) -> list[bytes]:
    return [random[:TIME] for random in _random(tx, to_server)]


def _random_bytes(tx: Transaction, to_server: bool) -> list[bytes]:
    return [random[TIME:] for random in _random(tx, to_server)]


def _subject(tx: Transaction, to_server: bool) -> list[bytes]:
    certificate = _certificate(tx, to_server)
    return [certificate.subject] if certificate is not None and certificate.has_names else []


def _issuer(tx: Transaction, to_server: bool) -> list[bytes]:
    certificate = _certificate(tx, to_server)
    return [certificate.issuer] if certificate is not None and certificate.has_names else []


def _serial(tx: Transaction, to_server: bool) -> list[bytes]:
    certificate = _certificate(tx, to_server)
    return [] if certificate is None else _one(certificate.serial)


def _fingerprint(tx: Transaction, to_server: bool) -> list[bytes]:
    certificate = _certificate(tx, to_server)
    return [] if certificate is None else [certificate.fingerprint()]


def _alternatives(tx: Transaction, to_server: bool) -> list[bytes]:
    certificate = _certificate(tx, to_server)
    return [] if certificate is None else certificate.names


def _certificates(tx: Transaction, to_server: bool) -> list[bytes]:
    return _tls(tx).peer(to_server).chain()


def _chain_length(tx: Transaction, to_server: bool) -> list[int]:
    length = len(_tls(tx).peer(to_server).chain())
    return [length] if length else []


def _ja3_hash(tx: Transaction, to_server: bool) -> list[bytes]:
    hello = _hello(tx, to_server)
    return [] if hello is None else [ja3_hash(hello)]


def _ja3_string(tx: Transaction, to_server: bool) -> list[bytes]:
    hello = _hello(tx, to_server)
    return [] if hello is None else [ja3_string(hello)]


def _ja4_hash(tx: Transaction, to_server: bool) -> list[bytes]:
    hello = _hello(tx, to_server)
    return [] if hello is None else [ja4_hash(hello, OVER_TCP)]


TLS_FIELDS: Final = (
    Field(
        "tls.sni", "Look into the name of the server that the client asks for.",
        TO_SERVER, HELLO, _sni, f"{GUIDE}, tls.sni", aliases=("tls_sni",),
        cases=((CLIENT_HELLO, b"", (b"www.example.org",)), (b"", SERVER_HELLO, ())),
    ),
    Field(
        "tls.alpn", "Look into each application protocol that the client offers, or the one that the server chose.",
        BOTH, HELLO, _alpn, f"{GUIDE}, tls.alpn", is_multi=True,
        cases=((CLIENT_HELLO, SERVER_HELLO, (b"h2", b"http/1.1", b"h2")), (b"", SERVER_HELLO, (b"h2",))),
    ),
    Field(
        "tls.random", "Look into the 32 random bytes of a hello.", BOTH, HELLO, _random, f"{GUIDE}, tls.random",
        cases=((CLIENT_HELLO, SERVER_HELLO, (bytes(range(32)), bytes(range(32, 64)))),),
    ),
    Field(
        "tls.random_time", "Look into the first 4 of the random bytes, a time in old versions.",
        BOTH, HELLO, _random_time, f"{GUIDE}, tls.random_time",
        cases=((CLIENT_HELLO, b"", (bytes(range(4)),)),),
    ),
    Field(
        "tls.random_bytes", "Look into the last 28 of the random bytes.",
        BOTH, HELLO, _random_bytes, f"{GUIDE}, tls.random_bytes",
        cases=((CLIENT_HELLO, b"", (bytes(range(4, 32)),)),),
    ),
    Field(
        "tls.cert_subject", 'Look into the subject of a certificate: "C=US, O=Example, CN=www.example.org".',
        BOTH, CERTIFICATE, _subject, f"{GUIDE}, tls.cert_subject", aliases=("tls_cert_subject",),
        cases=(
            (CLIENT, SERVER, (b"CN=client", b"C=US, O=Example, CN=www.example.org")),
            (CLIENT_HELLO, SERVER_HELLO, ()),
        ),
    ),
    Field(
        "tls.cert_issuer", "Look into the issuer of a certificate, written as the subject is.",
        BOTH, CERTIFICATE, _issuer, f"{GUIDE}, tls.cert_issuer", aliases=("tls_cert_issuer",),
        cases=((CLIENT, SERVER, (b"CN=Example CA", b"C=US, CN=Example CA")), (CLIENT_HELLO, SERVER_HELLO, ())),
    ),
    Field(
        "tls.cert_serial", 'Look into the serial number of a certificate, in capital digits: "0A:FF".',
        BOTH, CERTIFICATE, _serial, f"{GUIDE}, tls.cert_serial", aliases=("tls_cert_serial",),
        cases=((CLIENT, SERVER, (b"02", b"0A:FF")), (CLIENT_HELLO, SERVER_HELLO, ())),
    ),
    Field(
        "tls.cert_fingerprint", 'Look into the SHA-1 of a certificate, in small digits: "43:bc:...".',
        BOTH, CERTIFICATE, _fingerprint, f"{GUIDE}, tls.cert_fingerprint", aliases=("tls_cert_fingerprint",),
        cases=(
            (CLIENT_HELLO, SERVER, (b"43:bc:f8:3f:a2:21:5d:ae:85:88:69:a0:38:e7:b6:fe:a3:54:de:45",)),
            (CLIENT_HELLO, SERVER_HELLO, ()),
        ),
    ),
    Field(
        "tls.certs", "Look into each certificate, in DER.", BOTH, CERTIFICATE, _certificates, f"{GUIDE}, tls.certs",
        is_multi=True,
        cases=((CLIENT, SERVER, (CLIENT_CERTIFICATE, OF_SERVER, ISSUER)), (CLIENT_HELLO, SERVER_HELLO, ())),
    ),
    Field(
        "tls.subjectaltname", "Look into each alternative name of the server's certificate.",
        TO_CLIENT, CERTIFICATE, _alternatives, f"{GUIDE}, tls.subjectaltname", is_multi=True,
        cases=((CLIENT, SERVER, (b"www.example.org", b"example.org")), (CLIENT_HELLO, SERVER_HELLO, ())),
    ),
    Field(
        "ja3.hash", "Look into JA3 of the ClientHello: an MD5 in small digits.",
        TO_SERVER, HELLO, _ja3_hash, f"{JA3_GUIDE}, ja3.hash", aliases=("ja3_hash",),
        cases=((CLIENT_HELLO, b"", (b"93283ea8b8bd70bbff4fb136e0a5fa6a",)), (b"", SERVER_HELLO, ())),
    ),
    Field(
        "ja3.string", "Look into what JA3 is computed from.",
        TO_SERVER, HELLO, _ja3_string, f"{JA3_GUIDE}, ja3.string", aliases=("ja3_string",),
        cases=((CLIENT_HELLO, b"", (b"771,49199-53,0-10-11-13-16,29-23,0",)), (b"", SERVER_HELLO, ())),
    ),
    Field(
        "ja3s.hash", "Look into JA3S of the ServerHello: an MD5 in small digits.",
        TO_CLIENT, HELLO, _ja3_hash, f"{JA3_GUIDE}, ja3s.hash",
        cases=((b"", SERVER_HELLO, (b"94d15fb85410d46db5a043124cf1b7ad",)), (CLIENT_HELLO, b"", ())),
    ),
    Field(
        "ja3s.string", "Look into what JA3S is computed from.",
        TO_CLIENT, HELLO, _ja3_string, f"{JA3_GUIDE}, ja3s.string",
        cases=((b"", SERVER_HELLO, (b"771,49199,16-65281",)), (CLIENT_HELLO, b"", ())),
    ),
    Field(
        "ja4.hash", "Look into JA4 of the ClientHello.",
        TO_SERVER, HELLO, _ja4_hash, f"{JA4_GUIDE}, ja4.hash", aliases=("ja4_hash",),
        cases=((CLIENT_HELLO, b"", (b"t12d0205h2_1584f0a67932_876bcc86782c",)), (b"", SERVER_HELLO, ())),
    ),
)  # fmt: skip

TLS_NUMBERS: Final = (
    NumberField(
        "tls.cert_chain_len", "Match how many certificates the server shows.",
        TO_CLIENT, CERTIFICATE, _chain_length, f"{GUIDE}, tls.cert_chain_len", 0xFFFFFFFF,
        cases=((CLIENT, SERVER, (2,)), (CLIENT_HELLO, SERVER_HELLO, ())),
    ),
)  # fmt: skip
