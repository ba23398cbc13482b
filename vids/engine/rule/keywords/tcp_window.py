"""tcp.window: the window of a segment."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber, is_segment
from vids.engine.rule.view import View


@final
class TcpWindow(HeaderNumber):
    """Match the window of a TCP segment as on the wire, not scaled."""

    name: ClassVar[str] = "tcp.window"
    aliases: ClassVar[tuple[str, ...]] = ("window",)
    syntax: ClassVar[str] = "tcp.window:[<|>|<=|>=|!]N; or tcp.window:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, window"
    highest: ClassVar[int] = 65535
    cases: ClassVar[Cases] = (
        ("1000", {"protocol": 6, "tcp_window": 1000}, True),
        ("!1000", {"protocol": 6, "tcp_window": 1000}, False),
        ("!1000", {"protocol": 17, "tcp_window": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.window"),
        ("65536", "65535"),
    )

    def read(self, view: View) -> i64:
        return view.packet.tcp_window if is_segment(view.packet) else -1


register(TcpWindow)
