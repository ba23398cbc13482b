"""base64_data: look into what base64_decode decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import BUFFER, Cases, Keyword, register
from vids.engine.rule.rule import DECODED_BUFFER
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Base64Data(Keyword):
    """Look into what the base64_decode before it decoded. No fast pattern can be chosen there."""

    name: ClassVar[str] = DECODED_BUFFER
    group: ClassVar[str] = BUFFER
    syntax: ClassVar[str] = "base64_data;"
    source: ClassVar[str] = "Suricata user guide, rules, base64 keywords, base64_data"
    cases: ClassVar[Cases] = (
        ("", {"before": "base64_decode;", "behind": 'content:"abc";', "packets": b"YWJj"}, True),
        ("", {"before": "base64_decode;", "behind": 'content:"abc";', "packets": b"abc!"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"), ("", "base64_decode"))

    @classmethod
    def parse(cls, text: str) -> Base64Data:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        for inspection in draft.rule.inspections:
            for check in inspection.checks:
                if check.name == "base64_decode":
                    draft.open_buffer(DECODED_BUFFER)
                    return
        raise RuleError("needs a base64_decode before it (base64_decode:relative; base64_data;)")


register(Base64Data)
