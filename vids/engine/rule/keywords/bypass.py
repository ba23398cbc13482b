"""bypass: let the flow go by."""

from __future__ import annotations

from typing import ClassVar, final

from vids.engine.rule.keyword import FLOW, Cases, Effect, register
from vids.engine.rule.text import refuse_value
from vids.engine.rule.view import View


@final
class Bypass(Effect):
    """Stop looking at the flow once the rule has matched."""

    name: ClassVar[str] = "bypass"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "bypass;"
    source: ClassVar[str] = "Suricata user guide, rules, bypass keyword"
    cases: ClassVar[Cases] = (
        ("", {"before": 'content:"a";', "packets": (b"a",)}, True),
        ("", {"before": 'content:"a";', "packets": (b"a", b"a")}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> Bypass:
        refuse_value(text, cls.syntax)
        return cls()

    def act(self, view: View) -> None:
        if view.flow is not None:
            view.flow.is_bypassed = True


register(Bypass)
