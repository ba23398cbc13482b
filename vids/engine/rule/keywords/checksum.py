"""tcpv4-csum and its kin: whether a checksum is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from mypy_extensions import i64

from vids.engine.packet.checksum import is_checksum_bad, is_ip_checksum_bad
from vids.engine.packet.packet import ICMP, ICMPV6, TCP, UDP
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Keyword, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class ChecksumTest(PacketCheck):
    """Whether the checksum of one protocol over one IP version is valid; -1 is that of the IPv4 header."""

    def __init__(self, ip_version: int, protocol: int, is_valid: bool) -> None:
        self.ip_version: i64 = ip_version
        self.protocol: i64 = protocol
        self.is_valid = is_valid

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.ip_version != self.ip_version:
            return False
        if self.protocol < 0:
            return is_ip_checksum_bad(packet) != self.is_valid
        if packet.protocol != self.protocol or packet.transport_at < 0:
            return False
        return is_checksum_bad(packet) != self.is_valid


class ChecksumOption(Keyword):
    """Match packets whose checksum is valid, or invalid."""

    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = -1
    group: ClassVar[str] = "header"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, checksums"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "valid|invalid"), ("good", "valid|invalid"))

    def __init__(self, check: ChecksumTest) -> None:
        self.check = check

    @classmethod
    def parse(cls, text: str) -> ChecksumOption:
        if text.lower() not in {"valid", "invalid"}:
            raise RuleError(f"{short(text)} is no state of a checksum (expected {cls.syntax})")
        return cls(ChecksumTest(cls.ip_version, cls.protocol, text.lower() == "valid"))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self.check)


@final
class Ipv4Csum(ChecksumOption):
    """Match packets by whether the checksum of the IPv4 header is valid."""

    name: ClassVar[str] = "ipv4-csum"
    syntax: ClassVar[str] = "ipv4-csum:valid|invalid;"
    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = -1


@final
class Tcpv4Csum(ChecksumOption):
    """Match packets by whether the TCP checksum over IPv4 is valid."""

    name: ClassVar[str] = "tcpv4-csum"
    syntax: ClassVar[str] = "tcpv4-csum:valid|invalid;"
    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = TCP


@final
class Udpv4Csum(ChecksumOption):
    """Match packets by whether the UDP checksum over IPv4 is valid."""

    name: ClassVar[str] = "udpv4-csum"
    syntax: ClassVar[str] = "udpv4-csum:valid|invalid;"
    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = UDP


@final
class Icmpv4Csum(ChecksumOption):
    """Match packets by whether the ICMP checksum is valid."""

    name: ClassVar[str] = "icmpv4-csum"
    syntax: ClassVar[str] = "icmpv4-csum:valid|invalid;"
    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = ICMP


@final
class Tcpv6Csum(ChecksumOption):
    """Match packets by whether the TCP checksum over IPv6 is valid."""

    name: ClassVar[str] = "tcpv6-csum"
    syntax: ClassVar[str] = "tcpv6-csum:valid|invalid;"
    ip_version: ClassVar[int] = 6
    protocol: ClassVar[int] = TCP


@final
class Udpv6Csum(ChecksumOption):
    """Match packets by whether the UDP checksum over IPv6 is valid."""

    name: ClassVar[str] = "udpv6-csum"
    syntax: ClassVar[str] = "udpv6-csum:valid|invalid;"
    ip_version: ClassVar[int] = 6
    protocol: ClassVar[int] = UDP


@final
class Icmpv6Csum(ChecksumOption):
    """Match packets by whether the ICMPv6 checksum is valid."""

    name: ClassVar[str] = "icmpv6-csum"
    syntax: ClassVar[str] = "icmpv6-csum:valid|invalid;"
    ip_version: ClassVar[int] = 6
    protocol: ClassVar[int] = ICMPV6


register(Ipv4Csum)
register(Tcpv4Csum)
register(Udpv4Csum)
register(Icmpv4Csum)
register(Tcpv6Csum)
register(Udpv6Csum)
register(Icmpv6Csum)
