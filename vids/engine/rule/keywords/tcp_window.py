"""tcp.window: the window of a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.packet.packet import TCP
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class TcpWindow(PacketCheck):
    """Match the window of a TCP segment as on the wire, not scaled."""

    name: ClassVar[str] = "tcp.window"
    aliases: ClassVar[tuple[str, ...]] = ("window",)
    syntax: ClassVar[str] = "tcp.window:[<|>|<=|>=|!]N; or tcp.window:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, window"
    cases: ClassVar[Cases] = (
        ("1000", {"protocol": 6, "tcp_window": 1000}, True),
        ("!1000", {"protocol": 6, "tcp_window": 1000}, False),
        ("!1000", {"protocol": 17, "tcp_window": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.window"),
        ("65536", "65535"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> TcpWindow:
        return cls(IntegerTest.parse(text, 65535, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.protocol != TCP or packet.is_fragment or packet.is_invalid:
            return False
        return self.number.holds(packet.tcp_window)


register(TcpWindow)
