"""target: which end is attacked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Keyword, register

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Target(Keyword):
    """Say which end of the packet is attacked: alerts then name source and target of the attack."""

    name: ClassVar[str] = "target"
    syntax: ClassVar[str] = "target:src_ip|dest_ip;"
    source: ClassVar[str] = "Suricata user guide, rules, meta keywords, target"
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "src_ip"), ("dst_ip", "dest_ip"))

    def __init__(self, side: str) -> None:
        self.side = side

    @classmethod
    def parse(cls, text: str) -> Target:
        if text not in {"src_ip", "dest_ip"}:
            raise RuleError(f"{text!r} is no end of a packet (expected {cls.syntax})")
        return cls(text)

    def place(self, draft: Draft) -> None:
        draft.only_once(self.name)
        draft.rule.target = self.side


register(Target)
