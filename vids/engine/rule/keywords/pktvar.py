"""pktvar: what an expression captured from the packet."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.capture import FOR_PACKET, VariableCheck
from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.view import View


@final
class PktVar(VariableCheck):
    """Match when a variable of the packet holds some bytes: what a `pcre` of an earlier rule captured from it.

    The group is named `pkt_NAME`, or its name stands behind the expression: pcre:"/user=(.*)/, pkt:NAME".
    """

    name: ClassVar[str] = "pktvar"
    kind: ClassVar[str] = FOR_PACKET
    syntax: ClassVar[str] = 'pktvar:NAME,"text|0d 0a|text";'
    source: ClassVar[str] = "Suricata, detect-pktvar"
    cases: ClassVar[Cases] = (
        ('user,"roo"', {"first": r'pcre:"/user=(?P<pkt_user>\w+)/";', "packets": b"user=root"}, True),
        ('user,"roo"', {"first": r'pcre:"/user=(?P<pkt_user>\w+)/";', "packets": b"user=ann"}, False),
        ('user,"roo"', {"first": r'pcre:"/user=(?P<pkt_user>\w+)/";', "packets": (b"user=root", b"a")}, False),
    )

    def variables(self, view: View) -> dict[str, bytes] | None:
        return view.packet_variables


register(PktVar)
