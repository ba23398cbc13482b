"""ip_proto: what an IP packet carries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FORM: Final = re.compile(r"([!<>]?)\s*([\w.+-]+)", re.ASCII)
NAMES: Final = {  # IANA, Assigned Internet Protocol Numbers
    "ip": 0, "hopopt": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "ipip": 4, "st": 5, "tcp": 6, "cbt": 7,
    "egp": 8, "igp": 9, "pup": 12, "chaos": 16, "udp": 17, "hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29,
    "dccp": 33, "xtp": 36, "ddp": 37, "idpr-cmtp": 38, "ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45,
    "rsvp": 46, "gre": 47, "esp": 50, "ipv6-crypt": 50, "ah": 51, "ipv6-auth": 51, "skip": 57, "ipv6-icmp": 58,
    "icmpv6": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "rspf": 73, "vmtp": 81, "eigrp": 88, "ospf": 89,
    "ax.25": 93, "etherip": 97, "encap": 98, "pim": 103, "ipcomp": 108, "vrrp": 112, "l2tp": 115, "isis": 124,
    "sctp": 132, "fc": 133, "mobility-header": 135, "udplite": 136, "mpls-in-ip": 137, "hip": 139, "shim6": 140,
    "wesp": 141, "rohc": 142,
}  # fmt: skip


@final
class IpProto(PacketCheck):
    """Match the protocol that an IP packet carries, behind IPv6 extension headers, by name or number."""

    name: ClassVar[str] = "ip_proto"
    syntax: ClassVar[str] = "ip_proto:[!|<|>]NAME|N;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ip_proto"
    cases: ClassVar[Cases] = (
        ("6", {"ip_version": 4, "protocol": 6}, True),
        ("TCP", {"ip_version": 4, "protocol": 6}, True),
        ("!tcp", {"ip_version": 4, "protocol": 6}, False),
        ("!tcp", {"ip_version": 6, "protocol": 17}, True),
        ("<7", {"ip_version": 4, "protocol": 6}, True),
        (">7", {"ip_version": 4, "protocol": 6}, False),
        ("!6", {"ip_version": 0, "protocol": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "ip_proto"), ("tpc", "not a protocol"), ("256", "255"))

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> IpProto:
        m = FORM.fullmatch(text)
        if m is None:
            raise RuleError(f"{short(text)} is not a protocol (expected {cls.syntax})")
        operator, name = m[1], m[2].lower()
        if not name.isdecimal() and name not in NAMES:
            raise RuleError(f"{short(name)} is not a protocol that is known by name (use its number: {cls.syntax})")
        number = name if name.isdecimal() else str(NAMES[name])
        return cls(IntegerTest.parse(operator + number, 255, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.rule.checks.append(self)

    def match(self, view: View) -> bool:
        return view.packet.protocol >= 0 and self.number.holds(view.packet.protocol)

    def fits_address_rule(self) -> bool:
        return True


register(IpProto)
