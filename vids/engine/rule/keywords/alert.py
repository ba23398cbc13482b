"""alert: report a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import STATE, Cases, Keyword, register
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class ForceAlert(Keyword):
    """Make a rule report its match though its action would not, as that of `pass` rules."""

    name: ClassVar[str] = "alert"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "alert;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, alert"
    cases: ClassVar[Cases] = (
        ("", {"action": "pass", "before": 'content:"a";', "packets": b"a"}, True),
        ("", {"action": "pass", "before": 'content:"a";', "packets": b"b"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> ForceAlert:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        draft.rule.is_noalert = False
        draft.rule.is_alert_forced = True


register(ForceAlert)
