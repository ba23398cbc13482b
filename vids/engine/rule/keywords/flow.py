"""flow: which side sent the packet, and how far the flow has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.rule import TO_CLIENT, TO_SERVER
from vids.engine.rule.text import nearest
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

ANY: Final = -1
DIRECTIONS: Final = {"to_server": 1, "from_client": 1, "to_client": 0, "from_server": 0}
STATES: Final = {"established": 1, "not_established": 0, "stateless": ANY}
STREAMS: Final = ("only_stream", "no_stream")
FRAGMENTS: Final = {"only_frag": 1, "no_frag": 0}
WORDS: Final = (*DIRECTIONS, *STATES, *STREAMS, *FRAGMENTS)


@final
class FlowOption(PacketCheck):
    """Match the direction of the packet and the state of its flow.

    `established` holds once both sides have sent a packet; for TCP, for packets after the handshake (the segment
    that completes it is not yet one of them) and to the end of the connection. `not_established` is its opposite;
    `stateless` asks for a flow in any state. `to_server` is what the side that began the flow sends, and packets
    that belong to no flow. `only_stream` looks at reassembled data alone, `no_stream` at single packets alone.
    `only_frag` asks that the packet was put together from fragments, `no_frag` that it was not.
    """

    name: ClassVar[str] = "flow"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = (
        "flow:[to_server|to_client][,established|not_established|stateless][,only_stream|no_stream]"
        "[,only_frag|no_frag];"
    )
    source: ClassVar[str] = "Suricata user guide, rules, flow keywords, flow"
    cases: ClassVar[Cases] = (
        ("established", {"flow.was_established": True}, True),
        ("established", {"flow.was_established": False}, False),
        ("established", {}, False),
        ("not_established", {"flow.was_established": True}, False),
        ("not_established", {"flow.was_established": False}, True),
        ("not_established", {}, False),
        ("stateless", {"flow.was_established": False}, True),
        ("stateless", {}, False),
        ("to_server", {"flow.id": 1, "to_server": True}, True),
        ("from_client", {"flow.id": 1, "to_server": False}, False),
        ("to_client, established", {"flow.was_established": True, "to_server": False}, True),
        ("from_server,established", {"flow.was_established": True, "to_server": True}, False),
        ("to_server", {"to_server": True}, True),
        ("to_client", {"to_server": True}, False),
        ("only_frag", {"is_reassembled": True}, True),
        ("only_frag", {}, False),
        ("stateless,no_frag", {"flow.id": 1, "is_reassembled": True}, False),
        ("no_frag", {}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("established_to_client", "not a word of flow"),
        ("to_sever", "to_server?"),
        ("to_server,to_client", "contradicts"),
        ("to_server,from_client", "twice"),
        ("established,not_established", "contradicts"),
        ("stateless,established", "contradicts"),
        ("only_stream,no_stream", "contradicts"),
        ("only_frag,no_frag", "contradicts"),
        ("established,", "empty"),
    )

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.direction: i64 = ANY  # 1 to the server, 0 to the client
        self.state: i64 = ANY  # 1 established, 0 not
        self.needs_flow = False  # asks about its state, be it any
        self.fragments: i64 = ANY  # 1 put together from fragments, 0 not
        for word in words:
            if word in DIRECTIONS:
                self.direction = DIRECTIONS[word]
            elif word in FRAGMENTS:
                self.fragments = FRAGMENTS[word]
            elif word in STATES:
                self.state = STATES[word]
                self.needs_flow = True

    @classmethod
    def parse(cls, text: str) -> FlowOption:
        if not text:
            raise RuleError(f"expected {cls.syntax}")
        words: list[str] = []
        for part in text.split(","):
            word = part.strip().lower()
            if not word:
                raise RuleError("a word between two commas is empty (remove one comma)")
            if word not in WORDS:
                raise RuleError(f"{word!r} is not a word of flow{nearest(word, WORDS) or f' ({cls.syntax})'}")
            _refuse_conflict(words, word)
            words.append(word)
        return cls(words)

    def place(self, draft: Draft) -> None:
        draft.only_once(self.name)
        rule = draft.rule
        if self.direction != ANY:
            rule.sides = TO_SERVER if self.direction == 1 else TO_CLIENT
        if "only_stream" in self.words:
            rule.needs_stream = True
        if "no_stream" in self.words:
            rule.needs_packet = True
        rule.checks.append(self)

    def match(self, view: View) -> bool:
        if self.fragments != ANY and (self.fragments == 1) != view.packet.is_reassembled:
            return False
        flow = view.flow
        if flow is None:
            return not self.needs_flow and (self.direction == ANY or (self.direction == 1) == view.to_server)
        if self.direction != ANY and (self.direction == 1) != view.to_server:
            return False
        return self.state == ANY or (self.state == 1) == flow.was_established

    def wants_established(self) -> bool:
        """Return whether it holds in established flows alone."""
        return self.state == 1

    def fits_address_rule(self) -> bool:
        for word in self.words:
            if word not in STREAMS:
                return False
        return True


def _refuse_conflict(words: list[str], word: str) -> None:
    """Refuse a second word of the same kind. Raises RuleError."""
    for other in words:
        if other == word or (other in DIRECTIONS and DIRECTIONS[other] == DIRECTIONS.get(word)):
            raise RuleError(f"{word!r} says twice what {other!r} says (remove one)")
        for kind in (tuple(DIRECTIONS), tuple(STATES), STREAMS, tuple(FRAGMENTS)):
            if other in kind and word in kind:
                raise RuleError(f"{word!r} contradicts {other!r} (remove one)")


register(FlowOption)
