"""tcpv4-csum and its kin: whether a checksum is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.packet.checksum import is_checksum_bad, is_ip_checksum_bad
from vids.engine.packet.packet import ICMP, ICMPV6, TCP, UDP
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, Keyword, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


# packets with right checksums, one of each
UDP4: Final = "4500001d00010000401166cd0a0000010a00000203e80035000986bc61"
TCP4: Final = "4500002800010000400666cd0a0000010a00000203e8005000000001000000005002020095a70000"
ICMP4: Final = "4500001c00010000400166de0a0000010a0000020800f7fd00010001"
TCP6: Final = (
    "600000000014064020010db800000000000000000000000120010db8000000000000000000000002"
    "03e800500000000100000000500202004e350000"
)
UDP6: Final = "600000000009114020010db800000000000000000000000120010db800000000000000000000000203e8003500093f4a61"
ICMP6: Final = "6000000000083a4020010db800000000000000000000000120010db80000000000000000000000028000244600010001"


def cases_of(packet: str, at: int, other: str) -> Cases:
    """Return the cases of a packet with a right checksum whose last byte stands at `at`, and of one without any."""
    right = bytes.fromhex(packet)
    wrong = right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :]
    return (
        ("valid", {"ip": right}, True),
        ("invalid", {"ip": right}, False),
        ("valid", {"ip": wrong}, False),
        ("invalid", {"ip": wrong}, True),
        ("invalid", {"ip": bytes.fromhex(other)}, False),
    )


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
    cases: ClassVar[Cases] = cases_of(UDP4, 11, UDP6)


@final
class Tcpv4Csum(ChecksumOption):
    """Match packets by whether the TCP checksum over IPv4 is valid."""

    name: ClassVar[str] = "tcpv4-csum"
    syntax: ClassVar[str] = "tcpv4-csum:valid|invalid;"
    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = TCP
    cases: ClassVar[Cases] = cases_of(TCP4, 37, UDP4)


@final
class Udpv4Csum(ChecksumOption):
    """Match packets by whether the UDP checksum over IPv4 is valid."""

    name: ClassVar[str] = "udpv4-csum"
    syntax: ClassVar[str] = "udpv4-csum:valid|invalid;"
    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = UDP
    cases: ClassVar[Cases] = cases_of(UDP4, 27, TCP4)


@final
class Icmpv4Csum(ChecksumOption):
    """Match packets by whether the ICMP checksum is valid."""

    name: ClassVar[str] = "icmpv4-csum"
    syntax: ClassVar[str] = "icmpv4-csum:valid|invalid;"
    ip_version: ClassVar[int] = 4
    protocol: ClassVar[int] = ICMP
    cases: ClassVar[Cases] = cases_of(ICMP4, 23, ICMP6)


@final
class Tcpv6Csum(ChecksumOption):
    """Match packets by whether the TCP checksum over IPv6 is valid."""

    name: ClassVar[str] = "tcpv6-csum"
    syntax: ClassVar[str] = "tcpv6-csum:valid|invalid;"
    ip_version: ClassVar[int] = 6
    protocol: ClassVar[int] = TCP
    cases: ClassVar[Cases] = cases_of(TCP6, 57, TCP4)


@final
class Udpv6Csum(ChecksumOption):
    """Match packets by whether the UDP checksum over IPv6 is valid."""

    name: ClassVar[str] = "udpv6-csum"
    syntax: ClassVar[str] = "udpv6-csum:valid|invalid;"
    ip_version: ClassVar[int] = 6
    protocol: ClassVar[int] = UDP
    cases: ClassVar[Cases] = cases_of(UDP6, 47, UDP4)


@final
class Icmpv6Csum(ChecksumOption):
    """Match packets by whether the ICMPv6 checksum is valid."""

    name: ClassVar[str] = "icmpv6-csum"
    syntax: ClassVar[str] = "icmpv6-csum:valid|invalid;"
    ip_version: ClassVar[int] = 6
    protocol: ClassVar[int] = ICMPV6
    cases: ClassVar[Cases] = cases_of(ICMP6, 43, ICMP4)


register(Ipv4Csum)
register(Tcpv4Csum)
register(Udpv4Csum)
register(Icmpv4Csum)
register(Tcpv6Csum)
register(Udpv6Csum)
register(Icmpv6Csum)
