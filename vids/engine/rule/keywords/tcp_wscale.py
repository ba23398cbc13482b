"""tcp.wscale: the window scale of a SYN."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber
from vids.engine.rule.view import View


@final
class TcpWscale(HeaderNumber):
    """Match the window scale option of TCP; without the option nothing matches."""

    name: ClassVar[str] = "tcp.wscale"
    syntax: ClassVar[str] = "tcp.wscale:[<|>|<=|>=|!]N; or tcp.wscale:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, tcp.wscale"
    highest: ClassVar[int] = 255
    cases: ClassVar[Cases] = (
        ("7", {"tcp_wscale": 7}, True),
        (">7", {"tcp_wscale": 7}, False),
        ("<7", {"tcp_wscale": -1}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.wscale"),
        ("256", "255"),
    )

    def read(self, view: View) -> i64:
        return view.packet.tcp_wscale


register(TcpWscale)
