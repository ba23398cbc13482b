"""pkt_data: look into the payload again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.keyword import BUFFER, Cases, Keyword, register
from vids.engine.rule.rule import PAYLOAD_BUFFER
from vids.engine.rule.text import refuse_value

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class PktData(Keyword):
    """Let the payload options that follow look into the payload again, no longer into a sticky buffer."""

    name: ClassVar[str] = "pkt_data"
    group: ClassVar[str] = BUFFER
    syntax: ClassVar[str] = "pkt_data;"
    source: ClassVar[str] = "Suricata user guide, rules, payload keywords, pkt_data"
    cases: ClassVar[Cases] = (
        ("", {"before": "udp.hdr; bsize:8;", "behind": 'content:"a";', "packets": b"a"}, True),
        ("", {"before": "udp.hdr; bsize:8;", "behind": 'content:"a";', "packets": b"b"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)

    @classmethod
    def parse(cls, text: str) -> PktData:
        refuse_value(text, cls.syntax)
        return cls()

    def place(self, draft: Draft) -> None:
        draft.open_buffer(PAYLOAD_BUFFER)


register(PktData)
