"""noalert: match in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import STATE, Cases, Keyword, register
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class NoAlert(Keyword):
    """Act without an alert: flowbits are set and actions taken, and nothing is reported."""

    name: ClassVar[str] = "noalert"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "noalert;"
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, noalert"
    cases: ClassVar[Cases] = (
        ("", {"before": 'content:"a";', "packets": b"a"}, False),
        ("", {"before": 'content:"a";', "behind": "alert;", "packets": b"a"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> NoAlert:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        draft.rule.is_noalert = True
        draft.rule.is_alert_forced = False


register(NoAlert)
