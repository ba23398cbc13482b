"""app-layer-protocol: which application protocol a flow speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.proto.dialogue import FAILED
from vids.engine.proto.table import protocols_of
from vids.engine.rule.error import RuleError
from vids.engine.rule.header import WAITING_PROTOCOLS
from vids.engine.rule.keyword import FLOW, Cases, PacketCheck, register
from vids.engine.rule.text import nearest, short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

MODES: Final = ("direction", "final", "original", "either", "to_server", "to_client")


@final
class AppLayerProtocol(PacketCheck):
    """Match the application protocol of the flow; negated, once it is known to be another one.

    Without a mode what the side of the packet looks like counts. `final` is what the flow speaks in the end,
    `original` what it spoke before it changed (STARTTLS, CONNECT), `to_server` and `to_client` what that side looks
    like, `either` any of both. `failed` is what nothing knows.
    """

    name: ClassVar[str] = "app-layer-protocol"
    group: ClassVar[str] = FLOW
    syntax: ClassVar[str] = "app-layer-protocol:[!]PROTOCOL[,direction|final|original|either|to_server|to_client];"
    source: ClassVar[str] = "Suricata user guide, rules, app-layer keywords, app-layer-protocol"
    cases: ClassVar[Cases] = (
        ("failed", {"app.name_to_server": "failed"}, True),
        ("failed", {"app.name_to_server": "", "app.name_to_client": "failed"}, False),
        ("failed,to_client", {"app.name_to_client": "failed"}, True),
        ("failed,either", {"app.name_to_client": "failed"}, True),
        ("failed,final", {"app.name": "failed"}, True),
        ("failed,final", {"app.name_to_server": "failed"}, False),
        ("!failed,final", {"app.name": "other"}, True),
        ("!failed,final", {"app.name": ""}, False),
        ("failed,original", {"app.original": "failed"}, True),
        ("failed", {}, False),
        ("!failed", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not an application protocol"),
        ("htpt", "http?"),
        ("http,finally", "final?"),
    )

    def __init__(self, word: str, names: list[str], is_negated: bool, mode: str) -> None:
        self.word = word
        self.names = names  # by which EVE knows it; empty while vids does not
        self.is_negated = is_negated
        self.mode = mode

    @classmethod
    def parse(cls, text: str) -> AppLayerProtocol:
        protocol, _, mode = text.partition(",")
        is_negated = protocol.startswith("!")
        word = protocol.lstrip("!").strip().lower()
        mode = mode.strip().lower().replace("toserver", "to_server").replace("toclient", "to_client") or MODES[0]
        if mode not in MODES:
            raise RuleError(f"{short(mode)} is not a mode{nearest(mode, MODES) or f' ({cls.syntax})'}")
        names = [FAILED] if word == FAILED else [protocol.name for protocol in protocols_of(word)]
        if not names and word not in WAITING_PROTOCOLS:
            raise RuleError(f"{short(word)} is not an application protocol{nearest(word, WAITING_PROTOCOLS)}")
        return cls(word, names, is_negated, mode)

    def place(self, draft: Draft) -> None:
        if not self.names:
            draft.rule.waiting.append(f"protocol {self.word}")
        draft.rule.checks.append(self)

    def match(self, view: View) -> bool:
        app = None if view.flow is None else view.flow.app
        if app is None:
            return False
        mode = self.mode
        if mode == "direction":
            mode = "to_server" if view.to_server else "to_client"
        if mode == "final":
            return self._is(app.name)
        if mode == "original":
            return self._is(app.original)
        if mode == "to_server":
            return self._is(app.name_to_server)
        if mode == "to_client":
            return self._is(app.name_to_client)
        return self._is(app.name_to_server) or self._is(app.name_to_client)

    def _is(self, name: str) -> bool:
        return name != "" and (name in self.names) != self.is_negated


register(AppLayerProtocol)
