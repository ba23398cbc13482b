"""hostbits: xbits of one host, in an older spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import STATE, Cases, Keyword, register
from vids.engine.rule.keywords.xbits import CHANGES, TESTS, place_bit
from vids.engine.rule.text import short

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

EXPIRE: Final = 300  # seconds
TRACKS: Final = {"": "ip_src", "src": "ip_src", "dst": "ip_dst"}


@final
class Hostbits(Keyword):
    """Remember something about one host for 300 seconds: the packet's source, or with `dst` its destination.

    The bits are those of `xbits` with `track ip_src` or `track ip_dst`.
    """

    name: ClassVar[str] = "hostbits"
    group: ClassVar[str] = STATE
    syntax: ClassVar[str] = "hostbits:set|unset|toggle|isset|isnotset,NAME[,src|dst]; hostbits:noalert;"
    source: ClassVar[str] = "Suricata, detect-hostbits"
    cases: ClassVar[Cases] = (
        (
            "isset,seen",
            {"first": 'content:"a"; hostbits:set,seen;', "before": 'content:"b";', "packets": (b"a", b"b")},
            True,
        ),
        (
            "isset,seen",
            {"first": 'content:"a"; hostbits:set,seen;', "before": 'content:"b";', "packets": (b"c", b"b")},
            False,
        ),
        (
            "isnotset,seen",
            {"first": 'content:"a"; hostbits:set,seen;', "before": 'content:"b";', "packets": b"b"},
            True,
        ),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "operation"),
        ("set", "name"),
        ("set,a,both", "both"),
        ("set,a,src,5", "expected"),
        ("noalert,a", "no name"),
    )

    def __init__(self, operation: str, bit: str, track: str) -> None:
        self.operation = operation
        self.bit = bit
        self.track = track

    @classmethod
    def parse(cls, text: str) -> Hostbits:
        parts = [part.strip() for part in text.split(",")]
        operation = parts[0]
        if operation == "noalert":
            if len(parts) > 1:
                raise RuleError("noalert takes no name (hostbits:noalert;)")
            return cls(operation, "", "")
        if operation not in TESTS and operation not in CHANGES:
            raise RuleError(f"{short(operation)} is not an operation (expected {cls.syntax})")
        if len(parts) < 2 or not parts[1]:
            raise RuleError(f"{operation} needs a name (expected {cls.syntax})")
        side = ",".join(parts[2:])
        if side not in TRACKS:
            raise RuleError(f"{short(side)} is no side (expected {cls.syntax})")
        return cls(operation, parts[1], TRACKS[side])

    def place(self, draft: Draft) -> None:
        if self.operation == "noalert":
            draft.rule.is_noalert = True
        else:
            place_bit(draft, self.operation, self.bit, self.track, EXPIRE)


register(Hostbits)
