"""ssl_state: how far a handshake has come."""

from __future__ import annotations

import re
from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.tls.sample import CLIENT, CLIENT_HELLO, SERVER, SERVER_HELLO
from vids.engine.proto.tls.transaction import Peer
from vids.engine.proto.transaction import COMPLETE, Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, TransactionCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.tls import GUIDE, TLS, tls_peer
from vids.engine.rule.view import View

CLIENT_SAID_HELLO: Final = 1
SERVER_SAID_HELLO: Final = 2
CLIENT_SENT_KEY: Final = 4
SERVER_SENT_KEY: Final = 8
NOTHING: Final = 16
STATES: Final[dict[str, int]] = {
    "client_hello": CLIENT_SAID_HELLO, "server_hello": SERVER_SAID_HELLO, "client_keyx": CLIENT_SENT_KEY,
    "server_keyx": SERVER_SENT_KEY, "unknown": NOTHING,
}  # fmt: skip
ALL: Final = CLIENT_SAID_HELLO | SERVER_SAID_HELLO | CLIENT_SENT_KEY | SERVER_SENT_KEY
HELLOS: Final[dict[str, object]] = {"speaks": "tls", "request": CLIENT_HELLO, "response": SERVER_HELLO}


@final
class SslState(TransactionCheck):
    """Match a handshake in which one of the messages that are listed was seen, or with `!` any other one.

    `unknown` is one in which none was.
    """

    name: ClassVar[str] = "ssl_state"
    syntax: ClassVar[str] = "ssl_state:[!]client_hello|server_hello|client_keyx|server_keyx|unknown[,STATE ...];"
    source: ClassVar[str] = f"{GUIDE}, ssl_state"
    protocols: ClassVar[tuple[str, ...]] = TLS
    cases: ClassVar[Cases] = (
        ("client_hello", HELLOS, True),
        ("client_hello", {"speaks": "tls", "request": b"", "response": SERVER_HELLO}, False),
        ("server_hello", HELLOS, True),
        ("client_keyx", HELLOS, False),
        ("client_keyx", {"speaks": "tls", "request": CLIENT, "response": SERVER}, True),
        ("server_keyx", {"speaks": "tls", "request": CLIENT, "response": SERVER}, False),
        ("client_keyx|server_hello", HELLOS, True),
        ("client_keyx, server_keyx", HELLOS, False),
        ("!client_hello", HELLOS, True),
        ("!client_hello", {"speaks": "tls", "request": CLIENT_HELLO, "response": b""}, False),
        ("unknown", HELLOS, False),
        ("unknown", {"speaks": "tls", "request": b"\x15\x03\x03\x00\x02\x01\x00", "response": b""}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "client_hello"), ("hello", "client_hello"))

    def __init__(self, mask: i64) -> None:
        self.mask = mask

    @classmethod
    def parse(cls, text: str) -> SslState:
        mask = 0
        for word in re.split(r"[|,]", text):
            bare = word.strip()
            state = STATES.get(bare.removeprefix("!").strip())
            if state is None:
                raise RuleError(f"{short(word)} is not a state (expected {cls.syntax})")
            mask |= ALL & ~state if bare.startswith("!") else state
        return cls(mask)

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return COMPLETE

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        client, server = tls_peer(transaction, True), tls_peer(transaction, False)
        seen = _seen(client, CLIENT_SAID_HELLO, CLIENT_SENT_KEY) | _seen(server, SERVER_SAID_HELLO, SERVER_SENT_KEY)
        return (seen or NOTHING) & self.mask != 0


def _seen(peer: Peer, hello: i64, key: i64) -> i64:
    return (hello if peer.n_hellos > 0 else 0) | (key if peer.has_exchanged_key else 0)


register(SslState)
