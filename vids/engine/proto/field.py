"""What rules can ask about a transaction: sticky buffers and numbers, as data. Each protocol lists its own.

The rule language makes a keyword of every entry (rule/keywords stays free of them): its grammar, its documentation
and its tests come from here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.transaction import COMPLETE, TO_CLIENT, TO_SERVER, Transaction

BOTH: Final = TO_SERVER | TO_CLIENT
Values = Callable[[Transaction, bool], list[bytes]]  # (transaction, to_server) -> each instance; none: not there
Numbers = Callable[[Transaction, bool], list[int]]

# One line of a table of cases: what each side sends, and the values that the last transaction then has
Case = tuple[bytes, bytes, tuple[bytes, ...]]
NumberCase = tuple[bytes, bytes, tuple[int, ...]]


@final
class Field:
    """A sticky buffer of a transaction.

    `progress` is when its value is known and final. One that is growing is searched anew as it grows, from
    `progress` on, and final when its side is COMPLETE.
    """

    def __init__(
        self,
        name: str,
        meaning: str,
        sides: i64,
        progress: i64,
        read: Values,
        source: str,
        aliases: tuple[str, ...] = (),
        modifiers: tuple[str, ...] = (),
        is_growing: bool = False,
        takes_side: bool = False,
        rank: i64 = 2,
        cases: tuple[Case, ...] = (),
        is_multi: bool = False,
        needs_magic: bool = False,
    ) -> None:
        self.name = name
        self.meaning = meaning  # one sentence of documentation
        self.sides = sides  # TO_SERVER, TO_CLIENT or both
        self.progress = progress  # of the side that it is read from
        self.read = read
        self.source = source  # manual and section, or RFC
        self.aliases = aliases  # other spellings of the sticky buffer
        self.modifiers = modifiers  # old spellings, which stand behind the content
        self.is_growing = is_growing
        self.takes_side = takes_side  # "http.header:to_client" names a side
        self.rank = rank  # of its contents as fast patterns: the lowest is chosen (the reference engine's priority)
        self.cases = cases
        self.is_multi = is_multi  # there may be several: named twice in a rule, it is two of them
        self.needs_magic = needs_magic  # somebody must know kinds of files

    def is_final(self, progress: i64) -> bool:
        """Return whether the value changes no more at this progress of its side."""
        return progress >= COMPLETE or (not self.is_growing and progress >= self.progress)


@final
class NumberField:
    """A number of a transaction, for keywords with the integer grammar (`dns.opcode:0`)."""

    def __init__(
        self,
        name: str,
        meaning: str,
        sides: i64,
        progress: i64,
        read: Numbers,
        source: str,
        highest: int,
        aliases: tuple[str, ...] = (),
        names: dict[str, int] | None = None,
        is_multi: bool = False,
        cases: tuple[NumberCase, ...] = (),
    ) -> None:
        self.name = name
        self.meaning = meaning
        self.sides = sides
        self.progress = progress
        self.read = read
        self.source = source
        self.highest = highest  # value
        self.aliases = aliases
        self.names = names  # of values, in lower case
        self.is_multi = is_multi  # several numbers: `,any|all|N` may follow the test
        self.cases = cases
