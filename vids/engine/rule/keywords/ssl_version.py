"""ssl_version: which versions of SSL or TLS a side speaks."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.tls.sample import CLIENT_HELLO, SERVER_HELLO
from vids.engine.proto.tls.transaction import HELLO
from vids.engine.proto.tls.version import SSL_2, SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, UNKNOWN, is_draft
from vids.engine.proto.transaction import Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, TransactionCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.tls import GUIDE, TLS, tls_peer
from vids.engine.rule.view import View

VERSIONS: Final[dict[str, int]] = {
    "sslv2": SSL_2, "sslv3": SSL_3, "tls1.0": TLS_1_0, "tls1.1": TLS_1_1, "tls1.2": TLS_1_2, "tls1.3": TLS_1_3,
}  # fmt: skip
BOTH_SIDES: Final[dict[str, object]] = {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}


@final
class SslVersion(TransactionCheck):
    """Match a version among those that are listed, or with `!` one that is not. tls1.3 stands for its drafts too."""

    name: ClassVar[str] = "ssl_version"
    syntax: ClassVar[str] = "ssl_version:[!]sslv2|sslv3|tls1.0|tls1.1|tls1.2|tls1.3[,VERSION ...];"
    source: ClassVar[str] = f"{GUIDE}, ssl_version"
    protocols: ClassVar[tuple[str, ...]] = TLS
    cases: ClassVar[Cases] = (
        ("tls1.2", BOTH_SIDES, True),
        ("TLS1.2", BOTH_SIDES, True),
        ("sslv3,tls1.2", BOTH_SIDES, True),
        ("sslv3,tls1.0", BOTH_SIDES, False),
        ("!sslv3", BOTH_SIDES, True),
        ("!tls1.2", BOTH_SIDES, False),
        ("!sslv3,tls1.2", BOTH_SIDES, False),
        ("!sslv2,!sslv3", BOTH_SIDES, True),
        ("!sslv3", {"speaks": "tls", "request": b"", "response": SERVER_HELLO}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "sslv2"), ("tls2", "sslv2"), ("sslv3,!tls1.0", "all or none"))

    def __init__(self, versions: frozenset[int], is_negated: bool) -> None:
        self.versions = versions
        self.is_negated = is_negated

    @classmethod
    def parse(cls, text: str) -> SslVersion:
        words = [word.strip().lower() for word in text.split(",")]
        is_negated = words[0].startswith("!")
        if not is_negated and any(word.startswith("!") for word in words):
            raise RuleError(f"! stands before all or none of the versions (expected {cls.syntax})")
        bare = [word.removeprefix("!").strip() for word in words]
        if unknown := [word for word in bare if word not in VERSIONS]:
            raise RuleError(f"{short(unknown[0])} is not a version (expected {cls.syntax})")
        return cls(frozenset(VERSIONS[word] for word in bare), is_negated)

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return HELLO

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        version = tls_peer(transaction, to_server).version
        if version == UNKNOWN:
            return False
        is_listed = (TLS_1_3 if is_draft(version) else int(version)) in self.versions
        return is_listed != self.is_negated


register(SslVersion)
