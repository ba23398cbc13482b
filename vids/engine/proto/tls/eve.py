"""The EVE object of a TLS handshake."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from vids.engine.proto.text import text
from vids.engine.proto.tls.certificate import Certificate
from vids.engine.proto.tls.date import NO_DATE, iso
from vids.engine.proto.tls.fingerprint import ja3_hash, ja3_string, ja4_hash, numbers
from vids.engine.proto.tls.version import name

if TYPE_CHECKING:
    from vids.engine.proto.tls.hello import Hello
    from vids.engine.proto.tls.transaction import Peer, TlsTransaction

OVER_TCP: Final = "t"  # in JA4

Json = dict[str, object]

PRINT: Final[Json] = {"hash": str, "string": str}
SHAPE: Final[Json] = {
    "subject?": str, "issuerdn?": str, "subjectaltname?": [str], "session_resumed?": bool, "serial?": str,
    "fingerprint?": str, "sni?": str, "version?": str, "notbefore?": str, "notafter?": str, "certificate?": str,
    "chain?": [str], "ja3?": PRINT, "ja3s?": PRINT, "ja4?": str, "client_alpns?": [str], "server_alpns?": [str],
    "client_handshake?": {"version": str, "ciphers?": [int], "exts?": [int], "sig_algs?": [int]},
    "server_handshake?": {"version": str, "cipher": int, "exts?": [int]},
    "client?": {
        "subject": str, "issuerdn": str, "fingerprint": str, "serial?": str, "notbefore?": str, "notafter?": str,
        "certificate?": str, "chain?": [str],
    },
    "from_proto?": str,
}  # fmt: skip


def tls_object(tx: TlsTransaction) -> Json:
    """Return EVE's `tls`, with the fields that the settings ask for."""
    fields = tx.settings.tls_fields
    client, server = tx.client, tx.server
    record: Json = {}
    if server.certificate is not None:
        _add_names(record, server.certificate, fields)
    if "session_resumed" in fields and _is_resumption(tx):
        record["session_resumed"] = True
    if server.certificate is not None:
        _add_certificate(record, server.certificate, fields)
    if "sni" in fields and client.hello is not None and client.hello.name:
        record["sni"] = text(client.hello.name)
    if "version" in fields:
        record["version"] = name(server.version or client.version)
    if server.certificate is not None:
        _add_dates(record, server.certificate, fields)
    _add_raw(record, server, "certificate" in fields, "chain" in fields)
    _add_fingerprints(record, tx, fields)
    for peer, key in ((client, "client_alpns"), (server, "server_alpns")):
        if key in fields and peer.hello is not None and (names := peer.hello.protocol_names()):
            record[key] = [text(protocol) for protocol in names]
    if "client_handshake" in fields and client.hello is not None:
        record["client_handshake"] = _client_handshake(client.hello)
    if "server_handshake" in fields and server.hello is not None:
        record["server_handshake"] = _server_handshake(server.hello)
    if "client" in fields and client.has_certificate():
        record["client"] = _client(client, fields)
    if tx.previous:
        record["from_proto"] = tx.previous
    return record


def _is_resumption(tx: TlsTransaction) -> bool:
    """Return whether the session goes on as both sides know it: no certificate, and before TLS 1.3."""
    is_answered = tx.server.hello is not None and tx.server.certificate is None
    return is_answered and tx.is_resumed() and not tx.is_without_certificate()


def _add_names(record: Json, certificate: Certificate, fields: list[str]) -> None:
    if certificate.has_names:
        if "subject" in fields:
            record["subject"] = text(certificate.subject)
        if "issuer" in fields:
            record["issuerdn"] = text(certificate.issuer)
    if "subjectaltname" in fields and certificate.names:
        record["subjectaltname"] = [text(alternative) for alternative in certificate.names]


def _add_certificate(record: Json, certificate: Certificate, fields: list[str]) -> None:
    if "serial" in fields and certificate.serial:
        record["serial"] = text(certificate.serial)
    if "fingerprint" in fields:
        record["fingerprint"] = text(certificate.fingerprint())


def _add_dates(record: Json, certificate: Certificate, fields: list[str]) -> None:
    if "not_before" in fields and certificate.not_before != NO_DATE:
        record["notbefore"] = iso(certificate.not_before)
    if "not_after" in fields and certificate.not_after != NO_DATE:
        record["notafter"] = iso(certificate.not_after)


def _add_raw(record: Json, peer: Peer, wants_certificate: bool, wants_chain: bool) -> None:
    """Add certificates as they were on the wire, in base64."""
    if wants_certificate and peer.certificate is not None:
        record["certificate"] = base64.b64encode(peer.certificate.der).decode()
    if wants_chain and peer.certificates:
        record["chain"] = [base64.b64encode(der).decode() for der in peer.chain()]


def _add_fingerprints(record: Json, tx: TlsTransaction, fields: list[str]) -> None:
    settings = tx.settings
    for peer, key in ((tx.client, "ja3"), (tx.server, "ja3s")):
        if settings.tls_ja3 and key in fields and peer.hello is not None:
            record[key] = {"hash": text(ja3_hash(peer.hello)), "string": text(ja3_string(peer.hello))}
    if settings.tls_ja4 and "ja4" in fields and tx.client.hello is not None:
        record["ja4"] = text(ja4_hash(tx.client.hello, OVER_TCP))


def _client(peer: Peer, fields: list[str]) -> Json:
    """Return what is told of the client's certificate."""
    found: Json = {}
    certificate = peer.certificate
    if certificate is None:
        return found
    found["subject"] = text(certificate.subject)
    found["issuerdn"] = text(certificate.issuer)
    found["fingerprint"] = text(certificate.fingerprint())
    if certificate.serial:
        found["serial"] = text(certificate.serial)
    _add_dates(found, certificate, ["not_before", "not_after"])
    _add_raw(found, peer, "client_certificate" in fields, "client_chain" in fields)
    return found


def _client_handshake(hello: Hello) -> Json:
    found: Json = {"version": name(max(hello.version, hello.spoken_version())), "ciphers": numbers(hello.ciphers)}
    found["exts"] = numbers(bytes(hello.extensions))
    found["sig_algs"] = numbers(hello.signature_algorithms)
    return {key: value for key, value in found.items() if value != []}


def _server_handshake(hello: Hello) -> Json:
    ciphers = numbers(hello.ciphers)
    found: Json = {"version": name(hello.version), "cipher": ciphers[0] if ciphers else 0}
    if hello.extensions:
        found["exts"] = numbers(bytes(hello.extensions))
    return found
