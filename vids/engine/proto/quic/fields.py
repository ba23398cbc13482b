"""What rules can ask of QUIC: the sticky buffers."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.field import BOTH, Field
from vids.engine.proto.quic.eve import IN_QUIC
from vids.engine.proto.quic.transaction import QuicTransaction
from vids.engine.proto.tls.fingerprint import ja3_hash, ja3_string, ja4_hash
from vids.engine.proto.transaction import COMPLETE, TO_CLIENT, TO_SERVER, Transaction

GUIDE: Final = "Suricata user guide, rules, quic-keywords"
CYU_GUIDE: Final = "Suricata user guide, rules, quic-cyu"
JA3_GUIDE: Final = "Suricata user guide, rules, ja3-keywords"
JA4_GUIDE: Final = "Suricata user guide, rules, ja4-keywords"

CLIENT: Final = bytes.fromhex(  # Initial packets with the hellos of TLS, and one of Google's
    "c000000001080102030405060708000040785c3ff55ac805769ab46356bbff38b814a43d1270d7481be991eee999b2b6281b45daa6f58d83"
    "fbe356528ca9d58e77d8d483a9d8ff38f1ae888a52db83822be95872b9c09ea8c08435dac91e4ec68c903d6c19242731ac4719a51c258d1a"
    "b62b8d418fb34b8f95523b510f280a5e3404c246e57402caceb2"
)
SERVER: Final = bytes.fromhex(
    "c50000000100020a0b0040466823e497633f9fee8046293ebf41f3092c0569008d25fd6e909c117059422dc7804a1264c00d2a2f7eaec377"
    "be16c56a9091cf9a99dc8bb3412a6cd4a20537b43e44e3a64a54"
)
GOOGLE: Final = bytes.fromhex(
    "0900010203040506075130343301000000000000000000000000a001005843484c4f05000000504144000a000000534e4900190000005645"
    "52001d000000554149442400000050444d44280000002d2d2d2d2d2d2d2d2d2d7777772e6578616d706c652e6f7267513034336167656e74"
    "2f3158353039"
)


def _quic(tx: Transaction, to_server: bool) -> QuicTransaction | None:
    """Return the transaction if that side sent its packet."""
    assert isinstance(tx, QuicTransaction)
    return tx if tx.is_client == to_server else None


def _one(value: bytes) -> list[bytes]:
    return [value] if value else []


def _version(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None else _one(packet.version_bytes)


def _sni(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None else _one(packet.server_name())


def _agent(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None else _one(packet.user_agent())


def _cyu_hash(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None else packet.cyu_hashes()


def _cyu_string(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None else packet.cyu_strings()


def _ja3_hash(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None or packet.hello is None else [ja3_hash(packet.hello)]


def _ja3_string(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None or packet.hello is None else [ja3_string(packet.hello)]


def _ja4_hash(tx: Transaction, to_server: bool) -> list[bytes]:
    packet = _quic(tx, to_server)
    return [] if packet is None or packet.hello is None else [ja4_hash(packet.hello, IN_QUIC)]


QUIC_FIELDS: Final = (
    Field(
        "quic.version", "Look into the version of QUIC: four bytes, such as |00 00 00 01| or Q046.",
        BOTH, COMPLETE, _version, f"{GUIDE}, quic.version",
        cases=((CLIENT, b"", (b"\0\0\0\1",)), (GOOGLE, b"", (b"Q043",)), (CLIENT, SERVER, (b"\0\0\0\1",))),
    ),
    Field(
        "quic.sni", "Look into the name of the server that the client asks for.",
        TO_SERVER, COMPLETE, _sni, f"{GUIDE}, quic.sni",
        cases=((CLIENT, b"", (b"www.example.org",)), (GOOGLE, b"", (b"www.example.org",)), (CLIENT, SERVER, ())),
    ),
    Field(
        "quic.ua", "Look into the user agent in Google's hello.",
        TO_SERVER, COMPLETE, _agent, f"{GUIDE}, quic.ua",
        cases=((GOOGLE, b"", (b"agent/1",)), (CLIENT, b"", ())),
    ),
    Field(
        "quic.cyu.hash", "Look into CYU of Google's hello: an MD5 in small digits.",
        TO_SERVER, COMPLETE, _cyu_hash, f"{CYU_GUIDE}, quic.cyu.hash", is_multi=True,
        cases=((GOOGLE, b"", (b"213568828280bff088a82d3dbe7c7449",)), (CLIENT, b"", ())),
    ),
    Field(
        "quic.cyu.string", "Look into what CYU is computed from.",
        TO_SERVER, COMPLETE, _cyu_string, f"{CYU_GUIDE}, quic.cyu.string", is_multi=True,
        cases=((GOOGLE, b"", (b"43,PAD-SNI-VER-UAID-PDMD",)), (CLIENT, b"", ())),
    ),
    Field(
        "ja3.hash", "Look into JA3 of the ClientHello: an MD5 in small digits.",
        TO_SERVER, COMPLETE, _ja3_hash, f"{JA3_GUIDE}, ja3.hash", aliases=("ja3_hash",),
        cases=((CLIENT, b"", (b"8252a37aab7125c0b5e8550813ca26d8",)), (CLIENT, SERVER, ())),
    ),
    Field(
        "ja3.string", "Look into what JA3 is computed from.",
        TO_SERVER, COMPLETE, _ja3_string, f"{JA3_GUIDE}, ja3.string", aliases=("ja3_string",),
        cases=((CLIENT, b"", (b"771,4865,0-16-43-13,,",)), (CLIENT, SERVER, ())),
    ),
    Field(
        "ja3s.hash", "Look into JA3S of the ServerHello: an MD5 in small digits.",
        TO_CLIENT, COMPLETE, _ja3_hash, f"{JA3_GUIDE}, ja3s.hash",
        cases=((CLIENT, SERVER, (b"cce84e7a8b742462e40afb585a3e3ccc",)), (CLIENT, b"", ())),
    ),
    Field(
        "ja3s.string", "Look into what JA3S is computed from.",
        TO_CLIENT, COMPLETE, _ja3_string, f"{JA3_GUIDE}, ja3s.string",
        cases=((CLIENT, SERVER, (b"771,4865,43",)), (CLIENT, b"", ())),
    ),
    Field(
        "ja4.hash", "Look into JA4 of the ClientHello.",
        TO_SERVER, COMPLETE, _ja4_hash, f"{JA4_GUIDE}, ja4.hash", aliases=("ja4_hash",),
        cases=((CLIENT, b"", (b"q13d0104h3_0f2cb44170f4_3953dc75acc4",)), (CLIENT, SERVER, ())),
    ),
)  # fmt: skip
