"""stream_size: how much one side of a TCP connection, or each, has sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.flow.session import NONE, SYN_SENT, TcpSession
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.text import short, whole_number
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SIDES: Final = ("server", "client", "both", "either")
OPERATORS: Final = ("<", "<=", ">", ">=", "=", "!=")
LARGEST: Final = 0xFFFFFFFF


@final
class StreamSize(PacketCheck):
    """Match how far a TCP stream has come, in sequence numbers: the SYN counts for one, an acknowledged FIN too.

    `server` and `client` are what that side has sent; `both` asks it of each stream, `either` of at least one.
    """

    name: ClassVar[str] = "stream_size"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "stream_size:server|client|both|either,<|<=|>|>=|=|!=,N;"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, stream_size"
    cases: ClassVar[Cases] = (
        ("client,=,11", {"tcp.state": 3, "client.sent": 10}, True),
        ("client,>,11", {"tcp.state": 3, "client.sent": 10}, False),
        ("server,<,6", {"tcp.state": 1}, True),
        ("server,=,1", {"tcp.state": 3}, True),
        ("server,=,0", {"tcp.state": 1}, True),
        ("both,>,5", {"tcp.state": 3, "client.sent": 10}, False),
        ("either,>,5", {"tcp.state": 3, "client.sent": 10}, True),
        ("either , != , 1", {"tcp.state": 3}, False),
        ("client,<,5", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "server|client"),
        ("sever,<,1", "sever"),
        ("server,<>,1", "<>"),
        ("server,<,-1", "whole number"),
        ("server,<", "server|client"),
    )

    def __init__(self, side: str, size: IntegerTest) -> None:
        self.side = side
        self.size = size

    @classmethod
    def parse(cls, text: str) -> StreamSize:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) != 3:
            raise RuleError(f"{short(text)} is no size of a stream (expected {cls.syntax})")
        side, operator, number = parts
        if side not in SIDES:
            raise RuleError(f"{short(side)} is no side of a connection (expected {cls.syntax})")
        if operator not in OPERATORS:
            raise RuleError(f"{short(operator)} does not compare (expected {cls.syntax})")
        size = whole_number(number, 0, LARGEST, cls.syntax)
        return cls(side, IntegerTest.parse(f"{operator}{size}", LARGEST, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.rule.checks.append(self)  # no test of single packets: the stream's bytes are there too

    def match(self, view: View) -> bool:
        flow = view.flow
        session = None if flow is None else flow.tcp
        if session is None:
            return False
        if self.side == "server":
            return self.size.holds(server_size(session))
        if self.side == "client":
            return self.size.holds(client_size(session))
        if self.side == "both":
            return self.size.holds(server_size(session)) and self.size.holds(client_size(session))
        return self.size.holds(server_size(session)) or self.size.holds(client_size(session))


def client_size(session: TcpSession) -> i64:
    """Return how many sequence numbers the client has used."""
    return 0 if session.state == NONE else session.client.size()


def server_size(session: TcpSession) -> i64:
    """Return how many sequence numbers the server has used."""
    return 0 if session.state in (NONE, SYN_SENT) else session.server.size()


register(StreamSize)
