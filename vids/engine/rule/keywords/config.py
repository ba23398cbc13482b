"""config: change what is recorded, instead of an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import STATE, Effect, register
from vids.engine.rule.text import nearest, short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SUBSYSTEMS: Final = ("logging", "tracking")
SCOPES: Final = ("tx", "flow", "packet")


@final
class Config(Effect):
    """Let a rule with the action `config` keep a transaction, or all of a flow, out of the records.

    `logging disable` writes no record of it. The scope is the transaction at hand (`tx`) or its `flow`.
    """

    name: ClassVar[str] = "config"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "config:logging disable, type tx, scope tx|flow;"
    source: ClassVar[str] = "Suricata user guide, rules, config"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("loging disable, type tx, scope tx", "logging?"),
        ("logging enable, type tx, scope tx", "disable"),
        ("logging disable, type tx, scope galaxy", "scope"),
        ("tracking disable, type tx, scope tx", "logging"),
    )

    def __init__(self, scope: str) -> None:
        self.scope = scope

    @classmethod
    def parse(cls, text: str) -> Config:
        words = [part.split() for part in text.lower().split(",")]
        if len(words) != 3 or any(len(pair) != 2 for pair in words):
            raise RuleError(f"expected {cls.syntax}")
        (subsystem, setting), (type_word, kind), (scope_word, scope) = words
        if subsystem not in SUBSYSTEMS:
            raise RuleError(f"{short(subsystem)} cannot be configured{nearest(subsystem, SUBSYSTEMS)}")
        if subsystem != "logging":
            raise RuleError(f"{subsystem} cannot be changed by a rule here: logging can ({cls.syntax})")
        if setting != "disable":
            raise RuleError(f"logging can be set to disable, not {short(setting)}")
        if type_word != "type" or kind not in SCOPES:
            raise RuleError(f"expected type tx or flow ({cls.syntax})")
        if scope_word != "scope" or scope not in SCOPES[:2]:
            raise RuleError(f"expected scope tx or scope flow ({cls.syntax})")
        return cls(scope)

    def place(self, draft: Draft) -> None:
        if draft.rule.action != "config":
            raise RuleError("needs the action config in the rule's header")
        draft.rule.effects.append(self)

    def act(self, view: View) -> None:
        if self.scope == "tx":
            if view.transaction is not None:
                view.transaction.is_silent = True
        elif view.flow is not None and view.flow.app is not None:
            view.flow.app.is_silent = True


register(Config)
