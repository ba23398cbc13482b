"""icmpv6.mtu: the MTU that a packet-too-big message names."""

from __future__ import annotations

from typing import ClassVar, final

from librt.strings import read_i32_be
from mypy_extensions import i64

from vids.engine.packet.icmpv6 import TOO_BIG
from vids.engine.packet.packet import ICMPV6
from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class Icmpv6Mtu(HeaderNumber):
    """Match the MTU in an ICMPv6 packet-too-big message (RFC 4443, section 3.2)."""

    name: ClassVar[str] = "icmpv6.mtu"
    syntax: ClassVar[str] = "icmpv6.mtu:[<|>|<=|>=|!]N; or icmpv6.mtu:LOW<>HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmpv6.mtu"
    highest: ClassVar[int] = 0xFFFFFFFF
    cases: ClassVar[Cases] = (
        ("<1280", {"protocol": 58, "icmp_type": 2, "transport_at": 0, "data": b"\2\0\0\0\0\0\4\xff"}, True),
        ("1279", {"protocol": 58, "icmp_type": 2, "transport_at": 0, "data": b"\2\0\0\0\0\0\4\xff"}, True),
        (">0x7fffffff", {"protocol": 58, "icmp_type": 2, "transport_at": 0, "data": b"\2\0\0\0\xff\0\0\0"}, True),
        ("<1280", {"protocol": 58, "icmp_type": 3, "transport_at": 0, "data": bytes(8)}, False),
        ("<1280", {"protocol": 1, "icmp_type": 2, "transport_at": 0, "data": bytes(8)}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("small", "icmpv6.mtu"), ("4294967296", "4294967295"))

    def read(self, view: View) -> i64:
        packet = view.packet
        if packet.protocol != ICMPV6 or packet.icmp_type != TOO_BIG or packet.transport_at < 0:
            return -1
        return i64(read_i32_be(packet.data, packet.transport_at + 4)) & 0xFFFFFFFF


register(Icmpv6Mtu)
