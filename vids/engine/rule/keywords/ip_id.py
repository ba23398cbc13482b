"""id: the identification of a packet."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class IpId(HeaderNumber):
    """Match the identification field of IPv4."""

    name: ClassVar[str] = "id"
    syntax: ClassVar[str] = "id:[<|>|<=|>=|!]N; or id:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, id"
    highest: ClassVar[int] = 65535
    cases: ClassVar[Cases] = (
        ("1", {"ip_version": 4, "ip_id": 1}, True),
        ("1", {"ip_version": 4, "ip_id": 2}, False),
        ("0", {"ip_version": 6, "ip_id": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("one", "id"),
        ("65536", "65535"),
    )

    def read(self, view: View) -> i64:
        return view.packet.ip_id if view.packet.ip_version == 4 else -1


register(IpId)
