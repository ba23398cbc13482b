"""tcp.ack: the acknowledgement number of a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.packet.packet import TCP
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class TcpAck(PacketCheck):
    """Match the acknowledgement number of a TCP segment."""

    name: ClassVar[str] = "tcp.ack"
    aliases: ClassVar[tuple[str, ...]] = ("ack",)
    syntax: ClassVar[str] = "tcp.ack:[<|>|<=|>=|!]N; or tcp.ack:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ack"
    cases: ClassVar[Cases] = (
        ("100", {"protocol": 6, "tcp_ack": 100}, True),
        ("101", {"protocol": 6, "tcp_ack": 100}, False),
        ("0", {"protocol": 17, "tcp_ack": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.ack"),
        ("4294967296", "4294967295"),
    )

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> TcpAck:
        return cls(IntegerTest.parse(text, 0xFFFFFFFF, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.protocol != TCP or packet.is_fragment or packet.is_invalid:
            return False
        return self.number.holds(packet.tcp_ack)


register(TcpAck)
