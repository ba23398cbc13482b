"""tcp.ack: the acknowledgement number of a segment."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber, is_segment
from vids.engine.rule.view import View


@final
class TcpAck(HeaderNumber):
    """Match the acknowledgement number of a TCP segment."""

    name: ClassVar[str] = "tcp.ack"
    aliases: ClassVar[tuple[str, ...]] = ("ack",)
    syntax: ClassVar[str] = "tcp.ack:[<|>|<=|>=|!]N; or tcp.ack:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, ack"
    highest: ClassVar[int] = 0xFFFFFFFF
    cases: ClassVar[Cases] = (
        ("100", {"protocol": 6, "tcp_ack": 100}, True),
        ("101", {"protocol": 6, "tcp_ack": 100}, False),
        ("0", {"protocol": 17, "tcp_ack": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.ack"),
        ("4294967296", "4294967295"),
    )

    def read(self, view: View) -> i64:
        return view.packet.tcp_ack if is_segment(view.packet) else -1


register(TcpAck)
