"""tls_cert_notafter: when the validity of a certificate ends."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.proto.tls.sample import CLIENT, CLIENT_HELLO, SERVER, SERVER_HELLO
from vids.engine.proto.tls.transaction import CERTIFICATE
from vids.engine.proto.transaction import TO_CLIENT, Transaction
from vids.engine.rule.keyword import Cases, TransactionCheck, register
from vids.engine.rule.tls import DATE_SYNTAX, GUIDE, TLS, DateTest, tls_peer
from vids.engine.rule.view import View


@final
class TlsCertNotafter(TransactionCheck):
    """Match when the validity of the server's certificate ends. Both ends of a range are excluded."""

    name: ClassVar[str] = "tls_cert_notafter"
    syntax: ClassVar[str] = f"tls_cert_notafter:{DATE_SYNTAX};"
    source: ClassVar[str] = f"{GUIDE}, tls_cert_notafter"
    protocols: ClassVar[tuple[str, ...]] = TLS
    cases: ClassVar[Cases] = (
        ("2025-01-01", {"speaks": "tls", "request": CLIENT, "response": SERVER}, True),
        (">2024-12", {"speaks": "tls", "request": CLIENT, "response": SERVER}, True),
        ("<2025-01-01", {"speaks": "tls", "request": CLIENT, "response": SERVER}, False),
        ("2024-01<>2026-01", {"speaks": "tls", "request": CLIENT, "response": SERVER}, True),
        (">2000-01", {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "date"),
        ("2020-02-30", "not a date"),
        ("!2020-01-01", "not a date"),
        ("2021-01<>2020-01", "not before"),
    )

    def __init__(self, test: DateTest) -> None:
        self.test = test

    @classmethod
    def parse(cls, text: str) -> TlsCertNotafter:
        return cls(DateTest.parse(text, cls.syntax))

    def sides(self) -> i64:
        return TO_CLIENT

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return CERTIFICATE

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        certificate = tls_peer(transaction, False).certificate
        return certificate is not None and self.test.holds(certificate.not_after)


register(TlsCertNotafter)
