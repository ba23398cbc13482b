"""tcp.seq: the sequence number of a segment."""

from __future__ import annotations

from typing import ClassVar, final

from mypy_extensions import i64

from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.number import HeaderNumber, is_segment
from vids.engine.rule.view import View


@final
class TcpSeq(HeaderNumber):
    """Match the sequence number of a TCP segment."""

    name: ClassVar[str] = "tcp.seq"
    aliases: ClassVar[tuple[str, ...]] = ("seq",)
    syntax: ClassVar[str] = "tcp.seq:[<|>|<=|>=|!]N; or tcp.seq:LOW-HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, seq"
    highest: ClassVar[int] = 0xFFFFFFFF
    cases: ClassVar[Cases] = (
        ("100", {"protocol": 6, "tcp_seq": 100}, True),
        ("101", {"protocol": 6, "tcp_seq": 100}, False),
        ("0", {"protocol": 17, "tcp_seq": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "tcp.seq"),
        ("4294967296", "4294967295"),
    )

    def read(self, view: View) -> i64:
        return view.packet.tcp_seq if is_segment(view.packet) else -1


register(TcpSeq)
