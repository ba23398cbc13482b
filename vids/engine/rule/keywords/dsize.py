"""dsize: the size of a packet's payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, final

from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import PAYLOAD, Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


@final
class Dsize(PacketCheck):
    """Match the size of a packet's payload, in bytes.

    A reassembled stream has no packet size, so a rule with `dsize` looks at single packets.
    """

    name: ClassVar[str] = "dsize"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "dsize:[<|>|<=|>=|!]N; or dsize:LOW<>HIGH; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, payload-keywords, dsize"
    cases: ClassVar[Cases] = (
        ("10", {"payload_length": 10}, True),
        ("<10", {"payload_length": 10}, False),
        ("8<>20", {"payload_length": 20}, False),
        ("8<>20", {"payload_length": 19}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("ten", "dsize"), ("70000", "65535"))

    def __init__(self, size: IntegerTest) -> None:
        self.size = size

    @classmethod
    def parse(cls, text: str) -> Dsize:
        return cls(IntegerTest.parse(text, 65535, cls.syntax))

    def place(self, draft: Draft) -> None:
        draft.rule.needs_packet = True
        draft.rule.checks.append(self)

    def match(self, view: View) -> bool:
        return self.size.holds(view.packet.payload_length())


register(Dsize)
