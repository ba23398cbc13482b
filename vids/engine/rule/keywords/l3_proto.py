"""l3_proto: the version of IP."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

VERSIONS: Final = {"ipv4": 4, "ip4": 4, "ipv6": 6, "ip6": 6}


@final
class L3Proto(PacketCheck):
    """Match the version of IP, as the protocols ipv4 and ipv6 of a rule's header do."""

    name: ClassVar[str] = "l3_proto"
    syntax: ClassVar[str] = "l3_proto:ipv4|ip4|ipv6|ip6;"
    source: ClassVar[str] = "Suricata, detect-l3proto"
    cases: ClassVar[Cases] = (
        ("ipv4", {"ip_version": 4}, True),
        ("ip4", {"ip_version": 6}, False),
        ("IPv6", {"ip_version": 6}, True),
        ("ip6", {"ip_version": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "expected"), ("arp", "expected"), ("!ipv4", "expected"))

    def __init__(self, ip_version: i64) -> None:
        self.ip_version = ip_version

    @classmethod
    def parse(cls, text: str) -> L3Proto:
        if text.lower() not in VERSIONS:
            raise RuleError(f"{short(text)} is no version of IP (expected {cls.syntax})")
        return cls(VERSIONS[text.lower()])

    def place(self, draft: Draft) -> None:
        if draft.rule.ip_version not in (0, self.ip_version):
            raise RuleError(f"contradicts the rule's protocol {draft.rule.protocol} (keep one)")
        draft.rule.checks.append(self)

    def match(self, view: View) -> bool:
        return view.packet.ip_version == self.ip_version

    def fits_address_rule(self) -> bool:
        return True


register(L3Proto)
