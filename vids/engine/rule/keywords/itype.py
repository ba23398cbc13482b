"""itype: the type of an ICMP message."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class Itype(HeaderNumber):
    """Match the type of an ICMP or ICMPv6 message."""

    name: ClassVar[str] = "itype"
    syntax: ClassVar[str] = "itype:[<|>|<=|>=|!]N; or itype:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, itype"
    highest: ClassVar[int] = 255
    cases: ClassVar[Cases] = (
        ("8", {"icmp_type": 8}, True),
        ("0-8", {"icmp_type": 8}, False),
        ("<8", {"icmp_type": -1}, False),
        ("0", {"icmp_type": 0}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("echo", "itype"),
        ("256", "255"),
    )

    def read(self, view: View) -> i64:
        return view.packet.icmp_type


register(Itype)
