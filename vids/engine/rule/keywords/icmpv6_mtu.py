"""icmpv6.mtu: the MTU that a packet-too-big message names."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from librt.strings import read_i32_be

from vids.engine.packet.icmpv6 import TOO_BIG
from vids.engine.packet.packet import ICMPV6
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Icmpv6Mtu(PacketCheck):
    """Match the MTU in an ICMPv6 packet-too-big message (RFC 4443, section 3.2)."""

    name: ClassVar[str] = "icmpv6.mtu"
    syntax: ClassVar[str] = "icmpv6.mtu:[<|>|<=|>=|!]N; or icmpv6.mtu:LOW<>HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmpv6.mtu"
    cases: ClassVar[Cases] = (
        ("<1280", {"protocol": 58, "icmp_type": 2, "transport_at": 0, "data": b"\2\0\0\0\0\0\4\xff"}, True),
        ("1279", {"protocol": 58, "icmp_type": 2, "transport_at": 0, "data": b"\2\0\0\0\0\0\4\xff"}, True),
        (">0x7fffffff", {"protocol": 58, "icmp_type": 2, "transport_at": 0, "data": b"\2\0\0\0\xff\0\0\0"}, True),
        ("<1280", {"protocol": 58, "icmp_type": 3, "transport_at": 0, "data": bytes(8)}, False),
        ("<1280", {"protocol": 1, "icmp_type": 2, "transport_at": 0, "data": bytes(8)}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("small", "icmpv6.mtu"), ("4294967296", "4294967295"))

    def __init__(self, mtu: IntegerTest) -> None:
        self.mtu = mtu

    @classmethod
    def parse(cls, text: str) -> Icmpv6Mtu:
        return cls(IntegerTest.parse(text, 0xFFFFFFFF, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.protocol != ICMPV6 or packet.icmp_type != TOO_BIG or packet.transport_at < 0:
            return False
        return self.mtu.holds(int(read_i32_be(packet.data, packet.transport_at + 4)) & 0xFFFFFFFF)


register(Icmpv6Mtu)
