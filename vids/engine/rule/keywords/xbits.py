"""xbits: what one rule remembers of a host, or of a pair of hosts, for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.flow.bits import pair
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import STATE, Cases, Effect, Keyword, PacketCheck, register
from vids.engine.rule.text import short, whole_number
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

TESTS: Final = ("isset", "isnotset")
CHANGES: Final = ("set", "unset", "toggle")
PAIR: Final = "ip_pair"
TRACKS: Final = ("ip_src", "ip_dst", PAIR, "tx")
SECOND_NS: Final = 1_000_000_000
DEFAULT_EXPIRE: Final = 30  # seconds


@final
class HostBitTest(PacketCheck):
    """Whether a bit is set, or is not, for the hosts of the packet."""

    def __init__(self, number: int, track: str, is_negated: bool) -> None:
        self.number = number
        self.track = track
        self.is_negated = is_negated

    def match(self, view: View) -> bool:
        return view.hosts.bits.is_set(self.number, owner(view, self.track), view.now_ns()) != self.is_negated

    def fits_address_rule(self) -> bool:
        return True  # the bits of hosts are asked about once per side of a flow, as in the reference engine


@final
class HostBitChange(Effect):
    """Set, unset or toggle a bit of the hosts of the packet."""

    def __init__(self, number: int, track: str, operation: str, seconds: i64) -> None:
        self.number = number
        self.track = track
        self.operation = operation
        self.seconds = seconds

    def act(self, view: View) -> None:
        bits = view.hosts.bits
        who = owner(view, self.track)
        if self.operation == "set":
            bits.set(self.number, who, view.now_ns() + self.seconds * SECOND_NS)
        elif self.operation == "unset":
            bits.unset(self.number, who)
        else:
            bits.toggle(self.number, who, view.now_ns(), view.now_ns() + self.seconds * SECOND_NS)

    def fits_address_rule(self) -> bool:
        return True


@final
class Xbits(Keyword):
    """Remember something about a host, or about two hosts together, across flows, and ask for it later.

    `set`, `unset` and `toggle` act once the whole rule has matched; `isset` and `isnotset` are tests; `noalert`
    keeps the rule silent. A bit lasts for `expire` seconds of packet time, 30 where nothing is said. `ip_pair` has
    no direction. A rule with `track tx` waits for application protocols.
    """

    name: ClassVar[str] = "xbits"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = (
        "xbits:set|unset|toggle|isset|isnotset,NAME,track ip_src|ip_dst|ip_pair|tx[,expire SECONDS]; xbits:noalert;"
    )
    source: ClassVar[str] = "Suricata user guide, rules, xbits keyword"
    cases: ClassVar[Cases] = (
        (
            "isset,seen,track ip_src",
            {"first": 'content:"a"; xbits:set,seen,track ip_src;', "before": 'content:"b";', "packets": (b"a", b"b")},
            True,
        ),
        (
            "isset,seen,track ip_src",
            {"first": 'content:"a"; xbits:set,seen,track ip_src;', "before": 'content:"b";', "packets": (b"c", b"b")},
            False,
        ),
        (
            "isnotset,seen,track ip_src",
            {"first": 'content:"a"; xbits:set,seen,track ip_src;', "before": 'content:"b";', "packets": b"b"},
            True,
        ),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "operation"),
        ("SET,a,track ip_src", "operation"),
        ("set,a", "track"),
        ("set,,track ip_src", "name"),
        ("set,a,track ip_source", "ip_source"),
        ("set,a,track ip_src,expire 0", "1 to"),
        ("set,a,track ip_src,expires 5", "expires"),
        ("noalert,a", "no name"),
    )

    def __init__(self, operation: str, bit: str, track: str, seconds: int) -> None:
        self.operation = operation
        self.bit = bit
        self.track = track
        self.seconds = seconds

    @classmethod
    def parse(cls, text: str) -> Xbits:
        parts = [part.strip() for part in text.split(",")]
        operation = parts[0]
        if operation == "noalert":
            if len(parts) > 1:
                raise RuleError("noalert takes no name (xbits:noalert;)")
            return cls(operation, "", "", 0)
        if operation not in TESTS and operation not in CHANGES:
            raise RuleError(f"{short(operation)} is not an operation (expected {cls.syntax})")
        if not 3 <= len(parts) <= 4:
            raise RuleError(f"needs a name and track (expected {cls.syntax})")
        word, _, track = parts[2].partition(" ")
        if not parts[1] or word != "track" or track.strip() not in TRACKS:
            raise RuleError(f"{short(parts[1])}, {short(parts[2])} are no name and track (expected {cls.syntax})")
        seconds = DEFAULT_EXPIRE
        if len(parts) == 4:
            word, _, value = parts[3].partition(" ")
            if word != "expire":
                raise RuleError(f"{short(parts[3])} is not expire and seconds (expected {cls.syntax})")
            seconds = whole_number(value.strip(), 1, 0xFFFFFFFF, cls.syntax)
        return cls(operation, parts[1], track.strip(), seconds)

    def place(self, draft: Draft) -> None:
        if self.operation == "noalert":
            draft.rule.is_noalert = True
            return
        if self.track == "tx":
            draft.rule.waiting.append("xbits:track tx")
        place_bit(draft, self.operation, self.bit, self.track, self.seconds)


def place_bit(draft: Draft, operation: str, bit: str, track: str, seconds: int) -> None:
    """Give the rule under construction a test or a change of a bit."""
    number = draft.names.hostbits.number(bit)
    if operation in TESTS:
        draft.rule.checks.append(HostBitTest(number, track, operation == "isnotset"))
    else:
        draft.rule.effects.append(HostBitChange(number, track, operation, seconds))


def owner(view: View, track: str) -> bytes:
    """Return whose bit it is: a packet without IP has the bits of nobody."""
    if track == "ip_src":
        return view.source()
    if track == "ip_dst":
        return view.destination()
    return pair(view.source(), view.destination())


register(Xbits)
