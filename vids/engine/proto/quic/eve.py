"""The EVE object of a QUIC packet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vids.engine.proto.quic.header import name
from vids.engine.proto.text import text
from vids.engine.proto.tls.fingerprint import ja3_hash, ja3_string, ja4_hash
from vids.engine.proto.tls.hello import ALPN, SERVER_NAME, SIGNATURE_ALGORITHMS, SUPPORTED_VERSIONS, Hello, u16
from vids.engine.proto.tls.version import SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, is_grease

if TYPE_CHECKING:
    from vids.engine.proto.quic.transaction import QuicTransaction

IN_QUIC: Final = "q"  # in JA4
GREASE: Final = 0xFAFA  # stands for any extension that means nothing: which one it is, is random

EXTENSIONS: Final[dict[int, str]] = {  # IANA, TLS ExtensionType Values
    0: "server_name", 1: "max_fragment_length", 2: "client_certificate_url", 3: "trusted_ca_keys",
    4: "truncated_hmac", 5: "status_request", 6: "user_mapping", 7: "client_authz", 8: "server_authz", 9: "cert_type",
    10: "supported_groups", 11: "ec_point_formats", 12: "srp", 13: "signature_algorithms", 14: "use_srtp",
    15: "heartbeat", 16: "alpn", 17: "status_request_v2", 18: "signed_certificate_timestamp",
    19: "client_certificate_type", 20: "server_certificate_type", 21: "padding", 22: "encrypt_then_mac",
    23: "extended_master_secret", 24: "token_binding", 25: "cached_info", 26: "tls_lts", 27: "compress_certificate",
    28: "record_size_limit", 29: "pwd_protect", 30: "pwd_clear", 31: "password_salt", 32: "ticket_pinning",
    33: "tls_cert_with_extern_psk", 34: "delegated_credentials", 35: "session_ticket", 36: "tlmsp",
    37: "tlmsp_proxying", 38: "tlmsp_delegate", 39: "supported_ekt_ciphers", 41: "pre_shared_key", 42: "early_data",
    43: "supported_versions", 44: "cookie", 45: "psk_key_exchange_modes", 47: "certificate_authorities",
    48: "oid_filters", 49: "post_handshake_auth", 50: "signature_algorithms_cert", 51: "key_share",
    52: "transparency_info", 53: "connection_id_deprecated", 54: "connection_id", 55: "external_id_hash",
    56: "external_session_id", 57: "quic_transport_parameters", 58: "ticket_request", 59: "dnssec_chain",
    13172: "next_protocol_negotiation", 65281: "renegotiation_info",
}  # fmt: skip
VERSIONS: Final[dict[int, str]] = {
    SSL_3: "Ssl30", TLS_1_0: "Tls10", TLS_1_1: "Tls11", TLS_1_2: "Tls12", TLS_1_3: "Tls13",
}  # fmt: skip

Json = dict[str, object]

PRINT: Final[Json] = {"hash": str, "string": str}
SHAPE: Final[Json] = {
    "version": str, "sni?": str, "ua?": str, "cyu?": [PRINT], "ja3?": PRINT, "ja3s?": PRINT, "ja4?": str,
    "extensions?": [{"name?": str, "type": int, "values?": [str]}],
}  # fmt: skip


def quic_object(tx: QuicTransaction) -> Json:
    """Return EVE's `quic`."""
    record: Json = {"version": name(tx.version)}
    if server := tx.server_name():
        record["sni"] = text(server)
    if agent := tx.user_agent():
        record["ua"] = text(agent)
    if strings := tx.cyu_strings():
        pairs = zip(tx.cyu_hashes(), strings, strict=True)
        record["cyu"] = [{"hash": text(digest), "string": text(string)} for digest, string in pairs]
    hello = tx.hello
    if hello is not None:
        record["ja3" if tx.is_client else "ja3s"] = {"hash": text(ja3_hash(hello)), "string": text(ja3_string(hello))}
        if tx.is_client:
            record["ja4"] = text(ja4_hash(hello, IN_QUIC))
        if extensions := _extensions(hello):
            record["extensions"] = extensions
    return record


def _extensions(hello: Hello) -> list[Json]:
    found: list[Json] = []
    data = bytes(hello.extensions)
    for at in range(0, len(data), 2):
        kind = int(u16(data, at))
        if is_grease(kind):
            kind = GREASE
        entry: Json = {"name": EXTENSIONS[kind]} if kind in EXTENSIONS else {}
        entry["type"] = kind
        if values := _values(hello, kind):
            entry["values"] = values
        found.append(entry)
    return found


def _values(hello: Hello, kind: int) -> list[str]:
    """Return what is in an extension, of those that say something."""
    if kind == SERVER_NAME and hello.name:
        return [text(hello.name)]
    if kind == ALPN:
        return [text(protocol) for protocol in hello.protocol_names()]
    if kind == SIGNATURE_ALGORITHMS:
        return [str(number) for number in _numbers(hello.signature_algorithms)]
    if kind == SUPPORTED_VERSIONS:
        return [VERSIONS.get(number, f"TlsVersion({number} / 0x{number:x})") for number in _numbers(hello.versions)]
    return []


def _numbers(data: bytes) -> list[int]:
    return [int(u16(data, at)) for at in range(0, len(data) - 1, 2)]
