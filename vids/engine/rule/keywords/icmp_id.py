"""icmp_id: the identifier of an echo."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class IcmpId(HeaderNumber):
    """Match the identifier of ICMP messages that have one, such as echo request and reply."""

    name: ClassVar[str] = "icmp_id"
    syntax: ClassVar[str] = "icmp_id:[<|>|<=|>=|!]N; or icmp_id:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, icmp_id"
    highest: ClassVar[int] = 65535
    cases: ClassVar[Cases] = (
        ("7", {"icmp_id": 7}, True),
        ("7", {"icmp_id": 8}, False),
        ("<7", {"icmp_id": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "icmp_id"),
        ("65536", "65535"),
    )

    def read(self, view: View) -> i64:
        return view.packet.icmp_id


register(IcmpId)
