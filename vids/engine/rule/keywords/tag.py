"""tag: keep the packets that follow a match."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.flow.tag import BYTES, PACKETS, SECONDS
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, Effect, register
from vids.engine.rule.text import short, whole_number
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft
    from vids.engine.rule.rule import Rule

SESSION: Final = "session"
HOST: Final = "host"
METRICS: Final = {"packets": PACKETS, "seconds": SECONDS, "bytes": BYTES}
SIDES: Final = ("src", "dst")
DEFAULT_MOST: Final = 256  # packets
LARGEST: Final = 0xFFFFFFFF


@final
class TagOption(Effect):
    """Keep the packets of the flow, or from and to one of its hosts, that follow a match: as `packet` records.

    The packet that matched counts as the first. `tag:session;` keeps 256 packets.
    """

    name: ClassVar[str] = "tag"
    syntax: ClassVar[str] = "tag:session[,N,packets|seconds|bytes]; or tag:host,N,packets|seconds|bytes[,src|dst];"
    source: ClassVar[str] = "Suricata user guide, rules, tag keyword"
    cases: ClassVar[Cases] = (
        ("session,2,packets", {"before": 'content:"a";', "packets": (b"a", b"b")}, True),
        ("session,1,packets", {"before": 'content:"a";', "packets": (b"a", b"b")}, False),
        ("host,1,seconds,dst", {"before": 'content:"a";', "packets": (b"a", b"b")}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "session"),
        ("flow,1,packets", "session"),
        ("session,1", "expected"),
        ("session,0,packets", "1 to"),
        ("host,1,pakets", "pakets"),
        ("host,1,packets,both", "both"),
    )

    def __init__(self, kind: str, most: int, metric: int, is_destination: bool) -> None:
        self.kind = kind
        self.most: i64 = most
        self.metric: i64 = metric
        self.is_destination = is_destination
        self.rule: Rule | None = None

    @classmethod
    def parse(cls, text: str) -> TagOption:
        parts = [part.strip() for part in text.split(",")]
        kind = parts[0]
        if kind not in (SESSION, HOST) or len(parts) == 2 or len(parts) > 4 or (kind == HOST and len(parts) < 3):
            raise RuleError(f"{short(text)} is no tag (expected {cls.syntax})")
        if len(parts) == 1:
            return cls(kind, DEFAULT_MOST, PACKETS, False)
        most = whole_number(parts[1], 1, LARGEST, cls.syntax)
        if parts[2] not in METRICS:
            raise RuleError(f"{short(parts[2])} is nothing to count (expected {cls.syntax})")
        side = parts[3] if len(parts) == 4 else SIDES[0]
        if side not in SIDES:
            raise RuleError(f"{short(side)} is no side (expected {cls.syntax})")
        return cls(kind, most, METRICS[parts[2]], side == SIDES[1])

    def place(self, draft: Draft) -> None:
        self.rule = draft.rule
        draft.rule.effects.append(self)

    def act(self, view: View) -> None:
        number: i64 = self.rule.number if self.rule is not None else 0
        hosts = view.hosts
        if self.kind == HOST:
            address = view.destination() if self.is_destination else view.source()
            if address:
                hosts.tag_host(address, number, self.metric, self.most, view.now_ns())
        elif view.flow is not None:
            hosts.tag_flow(view.flow, number, self.metric, self.most, view.now_ns())

    def fits_address_rule(self) -> bool:
        return True


register(TagOption)
