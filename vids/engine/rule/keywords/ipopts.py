"""ipopts: which options an IPv4 header has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.packet import ipv4_option
from vids.engine.packet.packet import Packet
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FIXED: Final = 20  # bytes of an IPv4 header before its options
ANY: Final = -1
TYPES: Final = {
    "rr": ipv4_option.RECORD_ROUTE,
    "eol": ipv4_option.END,
    "nop": ipv4_option.NOP,
    "ts": ipv4_option.TIMESTAMP,
    "sec": ipv4_option.SECURITY,
    "esec": ipv4_option.EXTENDED_SECURITY,
    "lsrr": ipv4_option.LOOSE_ROUTE,
    "ssrr": ipv4_option.STRICT_ROUTE,
    "satid": ipv4_option.STREAM_ID,
    "qs": ipv4_option.QUICK_START,
    "rtralt": ipv4_option.ROUTER_ALERT,
    "cipso": ipv4_option.CIPSO,
    "any": ANY,
}


@final
class IpOpts(PacketCheck):
    """Match packets with an option in the IPv4 header, or, with `any`, with any that is known."""

    name: ClassVar[str] = "ipopts"
    syntax: ClassVar[str] = "ipopts:rr|eol|nop|ts|sec|esec|lsrr|ssrr|satid|qs|rtralt|cipso|any;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ipopts"
    cases: ClassVar[Cases] = (
        ("rr", {"ip_version": 4, "ip_at": 0, "ip_header_length": 24, "data": bytes(20) + b"\x07\x03\x04\0"}, True),
        ("lsrr", {"ip_version": 4, "ip_at": 0, "ip_header_length": 24, "data": bytes(20) + b"\x07\x03\x04\0"}, False),
        ("rtralt", {"ip_version": 4, "ip_at": 0, "ip_header_length": 24, "data": bytes(20) + b"\x94\4\0\0"}, True),
        ("nop", {"ip_version": 4, "ip_at": 0, "ip_header_length": 24, "data": bytes(20) + b"\1\1\1\0"}, True),
        ("rr", {"ip_version": 4, "ip_at": 0, "ip_header_length": 24, "data": bytes(20) + b"\x44\0\x07\3"}, False),
        ("any", {"ip_version": 4, "ip_at": 0, "ip_header_length": 20, "data": bytes(20)}, False),
        ("any", {"ip_version": 6, "ip_at": 0, "ip_header_length": 40, "data": bytes(40)}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "ipopts"), ("foo", "ipopts"))

    def __init__(self, option: int) -> None:
        self.option: i64 = option

    @classmethod
    def parse(cls, text: str) -> IpOpts:
        if text.lower() not in TYPES:
            raise RuleError(f"{short(text)} is not an IP option (expected {cls.syntax})")
        return cls(TYPES[text.lower()])

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.ip_version != 4 or packet.ip_header_length <= FIXED:
            return False
        return _has_option(packet, self.option)


def _has_option(packet: Packet, wanted: i64) -> bool:
    """Walk the options; a length that leads nowhere ends the walk."""
    data = packet.data
    at = packet.ip_at + FIXED
    end: i64 = min(packet.ip_at + packet.ip_header_length, len(data))
    while at < end:
        option = i64(data[at])
        if option == wanted or (wanted == ANY and option > ipv4_option.NOP):
            return True
        if option == ipv4_option.END:
            return False
        if option == ipv4_option.NOP:
            at += 1
            continue
        if at + 1 >= end or data[at + 1] < 2:
            return False
        at += i64(data[at + 1])
    return False


register(IpOpts)
