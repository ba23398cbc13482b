"""tcp.wscale: the window scale of a SYN."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class TcpWscale(PacketCheck):
    """Match the window scale option of TCP; without the option nothing matches."""

    name: ClassVar[str] = "tcp.wscale"
    syntax: ClassVar[str] = "tcp.wscale:[<|>|<=|>=|!]N; or tcp.wscale:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, tcp.wscale"
    cases: ClassVar[Cases] = (
        ("7", {"tcp_wscale": 7}, True),
        (">7", {"tcp_wscale": 7}, False),
        ("<7", {"tcp_wscale": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.wscale"),
        ("256", "255"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> TcpWscale:
        return cls(IntegerTest.parse(text, 255, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        return view.packet.tcp_wscale >= 0 and self.number.holds(view.packet.tcp_wscale)


register(TcpWscale)
