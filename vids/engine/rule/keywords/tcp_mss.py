"""tcp.mss: the maximum segment size of a SYN."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class TcpMss(HeaderNumber):
    """Match the maximum segment size option of TCP; without the option nothing matches."""

    name: ClassVar[str] = "tcp.mss"
    syntax: ClassVar[str] = "tcp.mss:[<|>|<=|>=|!]N; or tcp.mss:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, tcp.mss"
    highest: ClassVar[int] = 65535
    cases: ClassVar[Cases] = (
        ("1460", {"tcp_mss": 1460}, True),
        ("536-1460", {"tcp_mss": 1460}, False),
        ("<536", {"tcp_mss": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.mss"),
        ("65536", "65535"),
    )

    def read(self, view: View) -> i64:
        return view.packet.tcp_mss


register(TcpMss)
