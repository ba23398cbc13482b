"""flowvar: what an expression captured from the flow."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.capture import VariableCheck
from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.view import View


@final
class FlowVar(VariableCheck):
    """Match when a variable of the flow holds some bytes: what a group of an earlier `pcre` captured for the flow.

    The group is named `flow_NAME`, or its name stands behind the expression: pcre:"/user=(.*)/, flow:NAME".
    """

    name: ClassVar[str] = "flowvar"
    syntax: ClassVar[str] = 'flowvar:NAME,"text|0d 0a|text";'
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flowvar"
    cases: ClassVar[Cases] = (
        ('user,"roo"', {"first": r'pcre:"/user=(?P<flow_user>\w+)/";', "packets": (b"user=root", b"a")}, True),
        ('user,"roo"', {"first": r'pcre:"/user=(\w+)/, flow:user";', "packets": (b"user=root", b"a")}, True),
        ('user,"roo"', {"first": r'pcre:"/user=(?P<flow_user>\w+)/";', "packets": (b"user=ann", b"a")}, False),
        ('user,"roo"', {"first": r'pcre:"/user=(?P<pkt_user>\w+)/";', "packets": (b"user=root",)}, False),
    )

    def variables(self, view: View) -> dict[str, bytes] | None:
        return None if view.flow is None else view.flow.variables


register(FlowVar)
