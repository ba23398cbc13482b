"""icmp_seq: the sequence number of an echo."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class IcmpSeq(HeaderNumber):
    """Match the sequence number of ICMP messages that have one, in network byte order."""

    name: ClassVar[str] = "icmp_seq"
    syntax: ClassVar[str] = "icmp_seq:[<|>|<=|>=|!]N; or icmp_seq:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmp_seq"
    highest: ClassVar[int] = 65535
    cases: ClassVar[Cases] = (
        ("7", {"icmp_seq": 7}, True),
        ("7", {"icmp_seq": 8}, False),
        ("<7", {"icmp_seq": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "icmp_seq"),
        ("65536", "65535"),
    )

    def read(self, view: View) -> i64:
        return view.packet.icmp_seq


register(IcmpSeq)
