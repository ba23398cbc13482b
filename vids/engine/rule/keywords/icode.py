"""icode: the code of an ICMP message."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class Icode(HeaderNumber):
    """Match the code of an ICMP or ICMPv6 message."""

    name: ClassVar[str] = "icode"
    syntax: ClassVar[str] = "icode:[<|>|<=|>=|!]N; or icode:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icode"
    highest: ClassVar[int] = 255
    cases: ClassVar[Cases] = (
        ("3", {"icmp_code": 3}, True),
        (">3", {"icmp_code": 3}, False),
        ("<3", {"icmp_code": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("port", "icode"),
        ("256", "255"),
    )

    def read(self, view: View) -> i64:
        return view.packet.icmp_code


register(Icode)
