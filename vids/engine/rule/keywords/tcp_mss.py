"""tcp.mss: the maximum segment size of a SYN."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class TcpMss(PacketCheck):
    """Match the maximum segment size option of TCP; without the option nothing matches."""

    name: ClassVar[str] = "tcp.mss"
    syntax: ClassVar[str] = "tcp.mss:[<|>|<=|>=|!]N; or tcp.mss:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, tcp.mss"
    cases: ClassVar[Cases] = (
        ("1460", {"tcp_mss": 1460}, True),
        ("536-1460", {"tcp_mss": 1460}, False),
        ("<536", {"tcp_mss": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.mss"),
        ("65536", "65535"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> TcpMss:
        return cls(IntegerTest.parse(text, 65535, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.tcp_mss >= 0 and self.number.holds(view.packet.tcp_mss)


register(TcpMss)
