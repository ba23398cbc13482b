"""tls.version: which version of TLS a side speaks."""

from __future__ import annotations

import re
from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.tls.sample import CLIENT_HELLO, SERVER_HELLO
from vids.engine.proto.tls.transaction import HELLO
from vids.engine.proto.tls.version import TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, is_draft
from vids.engine.proto.transaction import Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, TransactionCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.tls import GUIDE, TLS, tls_peer
from vids.engine.rule.view import View

VERSIONS: Final[dict[str, int]] = {"1.0": TLS_1_0, "1.1": TLS_1_1, "1.2": TLS_1_2, "1.3": TLS_1_3}
NUMBER: Final = re.compile(r"0x[0-9a-f]{1,4}", re.IGNORECASE)


@final
class TlsVersion(TransactionCheck):
    """Match the version of TLS: of a client the first that it supports, of a server the one that it chose.

    1.3 stands for its drafts too; a number for itself alone.
    """

    name: ClassVar[str] = "tls.version"
    syntax: ClassVar[str] = "tls.version:1.0|1.1|1.2|1.3|0xNNNN;"
    source: ClassVar[str] = f"{GUIDE}, tls.version"
    protocols: ClassVar[tuple[str, ...]] = TLS
    cases: ClassVar[Cases] = (
        ("1.2", {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}, True),
        ("1.2", {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO, "to_server": False}, True),
        ("1.3", {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}, False),
        ("0x0303", {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}, True),
        ("0x0304", {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}, False),
        ("1.2", {"speaks": "tls", "request": b"", "response": SERVER_HELLO}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "1.0"), ("1.4", "1.0"), ("!1.2", "1.0"), ("0x12345", "1.0"))

    def __init__(self, version: i64, with_drafts: bool) -> None:
        self.version = version
        self.with_drafts = with_drafts

    @classmethod
    def parse(cls, text: str) -> TlsVersion:
        bare = text.strip()
        if bare in VERSIONS:
            return cls(VERSIONS[bare], VERSIONS[bare] == TLS_1_3)
        if not NUMBER.fullmatch(bare):
            raise RuleError(f"{short(text)} is not a version (expected {cls.syntax})")
        return cls(int(bare, 16), False)

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return HELLO

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        version = tls_peer(transaction, to_server).version
        return version == self.version or (self.with_drafts and is_draft(version))


register(TlsVersion)
