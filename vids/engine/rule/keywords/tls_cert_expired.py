"""tls_cert_expired: the certificate has expired."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.proto.tls.date import NO_DATE
from vids.engine.proto.tls.sample import CLIENT, CLIENT_HELLO, SERVER, SERVER_HELLO
from vids.engine.proto.tls.transaction import CERTIFICATE
from vids.engine.proto.transaction import TO_CLIENT, Transaction
from vids.engine.rule.keyword import Cases, TransactionCheck, register
from vids.engine.rule.text import refuse_value
from vids.engine.rule.tls import GUIDE, SECOND_NS, TLS, tls_peer
from vids.engine.rule.view import View


@final
class TlsCertExpired(TransactionCheck):
    """Match a server whose certificate has expired, on the clock of the packets."""

    name: ClassVar[str] = "tls_cert_expired"
    syntax: ClassVar[str] = "tls_cert_expired;"
    source: ClassVar[str] = f"{GUIDE}, tls_cert_expired"
    protocols: ClassVar[tuple[str, ...]] = TLS
    cases: ClassVar[Cases] = (
        ("", {"speaks": "tls", "request": CLIENT, "response": SERVER, "now": "2024-12-31T23:59:59"}, False),
        ("", {"speaks": "tls", "request": CLIENT, "response": SERVER, "now": "2025-01-01T00:00:01"}, True),
        ("", {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("yes", "no value"),)

    @classmethod
    def parse(cls, text: str) -> TlsCertExpired:
        refuse_value(text, cls.syntax)
        return cls()

    def sides(self) -> i64:
        return TO_CLIENT

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return CERTIFICATE

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        certificate = tls_peer(transaction, False).certificate
        if certificate is None or certificate.not_after == NO_DATE:
            return False
        return view.now_ns() // SECOND_NS > certificate.not_after


register(TlsCertExpired)
