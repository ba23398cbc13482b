"""What every keyword is: its name, grammar, documentation and cases in one class, one file a keyword.

A keyword's file defines a class and registers it:

    register(Dsize)

The registry is the single list of what vids understands: the parser, `vids keywords`, the documentation and the
tests read it. There are these kinds, by what they do to the rule under construction:

* `PacketCheck`   looks at a packet or its flow           (dsize, flow, ttl)
* `PayloadCheck`  looks into a buffer, from a cursor       (content, pcre, byte_test)
* `Buffer`        opens a sticky buffer for those behind it (tcp.hdr, ip.src)
* `TransactionCheck` looks at a transaction of an application protocol (urilen)
* `Transform`     changes the sticky buffer before it      (dotprefix, to_md5)
* any other       changes the draft in `place`             (nocase, msg, sid)
* `Effect`        acts once the whole rule has matched     (flowbits:set, noalert)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from mypy_extensions import i64

from vids.engine.proto.field import BOTH
from vids.engine.proto.transaction import Transaction
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft
    from vids.engine.rule.rule import Inspection

# One line of a keyword's table of cases: the option's value, what it looks at, whether it holds.
# PacketCheck: {field of Packet, "payload_length", "to_server", "flow.<field>": value}, or {"ip": a whole packet}
# PayloadCheck: {"data": bytes, "at": start of the search (0)}
# Buffer: fields as for PacketCheck, and "gives": the bytes; it holds where the buffer is there
# Transform: {"data": bytes, "gives": what becomes of them}
# TransactionCheck: {"speaks": protocol, "request" and "response": what both sides say, "to_server": the side that is
# asked (True), "now": date and time of the packet}; the last transaction is asked, once both sides have ended
# any: {"packets": payload, or several, of datagrams a second apart from 10.0.0.1:1000 to 10.0.0.2:53, "before" and
# "behind": the options around it, "first": those of a silent rule before, "action"}; it holds where the last packet
# gives an alert, or a record of a tagged packet
Cases = tuple[tuple[str, dict[str, object], bool], ...]

META: Final = "meta"  # groups, for the documentation
PAYLOAD: Final = "payload"
HEADER: Final = "header"
FLOW: Final = "flow"
STATE: Final = "state"
BUFFER: Final = "buffer"
TRANSFORM: Final = "transform"
APPLICATION: Final = "application"


class Keyword:
    """One option of a rule."""

    name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    group: ClassVar[str] = META
    syntax: ClassVar[str] = ""  # one line; what an error message shows as right
    source: ClassVar[str] = ""  # manual and section, or RFC
    cases: ClassVar[Cases] = ()
    errors: ClassVar[tuple[tuple[str, str], ...]] = ()  # (value, part of the message that it must cause)

    @classmethod
    def parse(cls, text: str) -> Keyword:
        """Return the option for its value (stripped, "" where there is none). Raises RuleError."""
        raise NotImplementedError

    def place(self, draft: Draft) -> None:
        """Add this option to the rule under construction. Raises RuleError where it cannot stand here."""
        raise NotImplementedError


class PacketCheck(Keyword):
    """A test of one packet, its headers or its flow; it needs no payload."""

    group: ClassVar[str] = HEADER

    def place(self, draft: Draft) -> None:
        draft.rule.checks.append(self)

    def match(self, view: View) -> bool:
        """Return whether this holds for the packet."""
        raise NotImplementedError

    def fits_address_rule(self) -> bool:
        """Return whether a rule with this may still be asked once per side of a flow: all packets answer alike."""
        return False


class TransactionCheck(Keyword):
    """A test of one transaction of an application protocol."""

    group: ClassVar[str] = APPLICATION
    protocols: ClassVar[tuple[str, ...]] = ()  # EVE's names of those that have it; none: every protocol

    def place(self, draft: Draft) -> None:
        draft.rule.transaction_checks.append(self)

    def asked_of(self) -> tuple[str, ...]:
        """Return the protocols that can be asked; none: every protocol."""
        return self.protocols

    def sides(self) -> i64:
        """Return the sides that can be asked, as bits (proto/transaction.py)."""
        return BOTH

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        """Return the progress of the side from which on the answer is final."""
        return 0

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        """Return whether this holds; asked from `progress` on, and before as far as the answer may be yes."""
        raise NotImplementedError


class PayloadCheck(Keyword):
    """A test inside a buffer. It may depend on where the option before it matched.

    `seek` is called with the end of the previous match in `base` (before the first match: where the stream
    began, which is negative in a later piece of it). Where it returns True it has set `cursor.begin` and
    `cursor.end` to its own match, or both to `base` where it only looks (isdataat, byte_test, negated content).
    An option that can match at several places is asked again with `resume` = the begin of its last match + 1,
    and looks only from there on; first it is asked with `resume` = -1.
    """

    group: ClassVar[str] = PAYLOAD
    is_relative: bool = False  # its place depends on the previous match
    can_resume: bool = False  # it can match at several places
    uses_variable: bool = False  # a byte_extract or byte_math before it sets a number of it
    inner: Inspection | None = None  # what must hold in the bytes that it left in `cursor.decoded`

    def place(self, draft: Draft) -> None:
        draft.inspection_for(self).checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        """Look for this option's next match."""
        raise NotImplementedError


class Buffer(Keyword):
    """A sticky buffer: the payload options behind it look into it alone."""

    group: ClassVar[str] = BUFFER
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("1", "no value"),)
    without: ClassVar[tuple[str, ...]] = ()  # protocols of rules that never see it

    @classmethod
    def parse(cls, text: str) -> Buffer:
        if text:
            raise RuleError(f"takes no value ({cls.syntax})")
        return cls()

    def place(self, draft: Draft) -> None:
        draft.rule.needs_packet = True
        draft.open_buffer(self.name, self)
        if draft.rule.protocol in self.without:
            raise RuleError(f"no packet of a rule on {draft.rule.protocol} has it (another protocol in the header)")

    def read(self, view: View) -> bytes | None:
        """Return the bytes; None where there is no such buffer."""
        raise NotImplementedError


class Transform(Keyword):
    """A change of the sticky buffer before it, made before anything looks into it."""

    group: ClassVar[str] = TRANSFORM

    def place(self, draft: Draft) -> None:
        draft.add_transform(self)

    def apply(self, data: bytes) -> bytes:
        """Return the changed bytes."""
        raise NotImplementedError


class Effect(Keyword):
    """What a rule does once everything in it matched."""

    group: ClassVar[str] = STATE

    def place(self, draft: Draft) -> None:
        draft.rule.effects.append(self)

    def act(self, view: View) -> None:
        """Change the state of the flow or host."""
        raise NotImplementedError

    def fits_address_rule(self) -> bool:
        """Return whether a rule that does this may be asked once per side of a flow: to do it again adds nothing."""
        return False


REGISTRY: Final[dict[str, type[Keyword]]] = {}  # by name and by alias


def register(keyword: type[Keyword]) -> None:
    """Make a keyword known, under its name and its aliases."""
    for name in (keyword.name, *keyword.aliases):
        if name in REGISTRY:
            raise ValueError(f"keyword {name} is registered twice")
        REGISTRY[name] = keyword
