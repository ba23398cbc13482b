"""tcp.session: how far a connection has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.flow.session import CLOSING as BOTH_CLOSING
from vids.engine.flow.session import FIN_WAIT1
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SETUP: Final = "setup"
ESTABLISHED: Final = "established"
CLOSING: Final = "closing"
PHASES: Final = (SETUP, ESTABLISHED, CLOSING)
OTHERS: Final = ("udp", "sctp", "icmp", "icmpv4", "icmpv6")  # protocols of rules that see no TCP


@final
class TcpSessionPhase(PacketCheck):
    """Match packets by the phase of their TCP connection; of several phases one is enough.

    A packet is `established` when the handshake was over before it came, and `setup` before that; it is `closing`
    too from the first FIN on, until the connection is closed.
    """

    name: ClassVar[str] = "tcp.session"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "tcp.session:setup|established|closing[,...];"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, tcp.session"
    cases: ClassVar[Cases] = (
        ("setup", {"flow.was_established": False, "tcp.state": 1}, True),
        ("setup", {"flow.was_established": True, "tcp.state": 3}, False),
        ("established", {"flow.was_established": True, "tcp.state": 3}, True),
        ("established", {"flow.was_established": False, "tcp.state": 3}, False),
        ("closing", {"flow.was_established": True, "tcp.state": 4}, True),
        ("closing", {"flow.was_established": True, "tcp.state": 9}, True),
        ("closing", {"flow.was_established": True, "tcp.state": 10}, False),
        ("setup,closing", {"flow.was_established": True, "tcp.state": 8}, True),
        ("established", {"flow.was_established": True}, False),
        ("setup", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("SETUP", "setup|established|closing"),
        ("setup, closing", "' closing'"),
        ("setup,", "''"),
        ("setup,setup", "twice"),
    )

    def __init__(self, phases: list[str]) -> None:
        self.phases = phases

    @classmethod
    def parse(cls, text: str) -> TcpSessionPhase:
        phases: list[str] = []
        for word in text.split(","):
            if word not in PHASES:
                raise RuleError(f"{short(word)} is no phase of a connection (expected {cls.syntax})")
            if word in phases:
                raise RuleError(f"{word} stands there twice (keep one)")
            phases.append(word)
        return cls(phases)

    def place(self, draft: Draft) -> None:
        if draft.rule.protocol in OTHERS:
            raise RuleError(f"no packet of a rule on {draft.rule.protocol} has a TCP connection (use tcp)")
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        flow = view.flow
        session = None if flow is None else flow.tcp
        if flow is None or session is None:
            return False
        if (ESTABLISHED if flow.was_established else SETUP) in self.phases:
            return True
        return CLOSING in self.phases and FIN_WAIT1 <= session.state <= BOTH_CLOSING


register(TcpSessionPhase)
