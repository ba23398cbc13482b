"""Keywords on transactions: one for each field and number that the protocols of proto/table.py list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from vids.engine.proto.field import Field, NumberField
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.table import FIELDS, NUMBERS, PROTOCOLS
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER, Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.filetest import need_magic
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import APPLICATION as GROUP
from vids.engine.rule.keyword import BUFFER, TransactionCheck
from vids.engine.rule.rule import PAYLOAD_BUFFER
from vids.engine.rule.text import refuse_value, short
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SIDES: Final = {"to_server": TO_SERVER, "to_client": TO_CLIENT}
AT_LEAST_ONE: Final = "any"
OPTION: Final = re.compile(r"\s*(any|all|nb\s*[<>=!]*\s*\d+|-?\d+|or_absent)\s*")


class ApplicationKeyword:
    """What a keyword on transactions is: its names, its documentation, and what it does to a rule."""

    def __init__(self, name: str, aliases: tuple[str, ...], group: str, syntax: str, meaning: str, source: str) -> None:
        self.name = name
        self.aliases = aliases
        self.group = group
        self.syntax = syntax
        self.meaning = meaning
        self.source = source
        self.protocols: list[str] = []  # that have it

    def place(self, value: str, draft: Draft) -> None:
        """Add the option to the rule under construction. Raises RuleError."""
        raise NotImplementedError


@final
class StickyField(ApplicationKeyword):
    """A sticky buffer."""

    def __init__(self, field: Field) -> None:
        value = "[:to_server|to_client]" if field.takes_side else ""
        syntax = f"{field.name}{value};"
        super().__init__(field.name, field.aliases, BUFFER, syntax, field.meaning, field.source)
        self.field = field

    def place(self, value: str, draft: Draft) -> None:
        side: i64 = 0
        if self.field.takes_side and value:
            if value not in SIDES:
                raise RuleError(f"{short(value)} is not to_server or to_client ({self.syntax})")
            side = SIDES[value]
        elif value:
            refuse_value(value, self.syntax)
        if self.field.needs_magic:
            need_magic(draft)
        draft.open_buffer(self.name, None, side, self.field.is_multi)


@final
class FieldModifier(ApplicationKeyword):
    """An old spelling of a sticky buffer: it takes the content before it along."""

    def __init__(self, name: str, field: Field) -> None:
        meaning = f"Let the content before it look into {field.name}."
        super().__init__(name, (), BUFFER, f"{name};", meaning, field.source)
        self.buffer = field.name

    def place(self, value: str, draft: Draft) -> None:
        refuse_value(value, self.syntax)
        if draft.buffer != PAYLOAD_BUFFER:
            raise RuleError(f"stands behind the sticky buffer {draft.buffer} (use {self.buffer} in its place)")
        draft.move_content(draft.last_content(self.name), self.buffer)


@final
class NumberKeyword(ApplicationKeyword):
    """A test of a number."""

    def __init__(self, number: NumberField) -> None:
        form = "NAME|[!|<|>|<=|>=]N|A-B" if number.names else "[!|<|>|<=|>=]N|A-B"
        syntax = f"{number.name}:{form}{'[,any|all|nbN|INDEX|or_absent]' if number.is_multi else ''};"
        super().__init__(number.name, number.aliases, GROUP, syntax, number.meaning, number.source)
        self.number = number

    def place(self, value: str, draft: Draft) -> None:
        draft.rule.transaction_checks.append(NumberTest(self.number, value, self))


@final
class NumberTest(TransactionCheck):
    """`dns.opcode:0` in a rule. With several numbers any must pass, or as the word behind the comma says."""

    def __init__(self, number: NumberField, text: str, keyword: NumberKeyword) -> None:
        first, comma, rest = text.partition(",")
        self.quantifier = AT_LEAST_ONE
        self.index: i64 = 0
        self.amount: IntegerTest | None = None
        self.or_absent = False
        for word in rest.split(",") if comma else []:
            self._quantify(word, number, keyword.syntax)
        self.test = IntegerTest.parse(first, number.highest, keyword.syntax, number.names)
        self.number = number
        self.keyword = keyword

    def _quantify(self, word: str, number: NumberField, syntax: str) -> None:
        m = OPTION.fullmatch(word)
        if m is None or not number.is_multi:
            raise RuleError(f"{short(word)} cannot stand behind the number (expected {syntax})")
        said = m[1]
        if said == "or_absent":
            self.or_absent = True
        elif said.startswith("nb"):
            self.quantifier = "nb"
            self.amount = IntegerTest.parse(said[2:], 1 << 31, syntax)
        elif said in {"any", "all"}:
            self.quantifier = said
        else:
            self.quantifier = "index"
            self.index = int(said)

    def asked_of(self) -> tuple[str, ...]:
        return tuple(self.keyword.protocols)

    def sides(self) -> i64:
        return self.number.sides

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return self.number.progress

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        protocol = view.protocol
        number = self.number if protocol is None else NUMBERS[protocol.name].get(self.number.name, self.number)
        values = number.read(transaction, to_server)
        if not values:
            return self.or_absent
        if self.quantifier == AT_LEAST_ONE:
            return any(self.test.holds(value) for value in values)
        if self.quantifier == "all":
            return all(self.test.holds(value) for value in values)
        if self.quantifier == "index":
            at = self.index if self.index >= 0 else len(values) + self.index
            return 0 <= at < len(values) and self.test.holds(values[at])
        return self.amount is not None and self.amount.holds(sum([self.test.holds(value) for value in values]))


APPLICATION: Final[dict[str, ApplicationKeyword]] = {}  # by each name


def _know(keyword: ApplicationKeyword, protocol: Protocol) -> None:
    """Make a keyword known by all its names, or add a protocol to one that is known."""
    known = APPLICATION.setdefault(keyword.name, keyword)
    known.protocols.append(protocol.name)
    for alias in keyword.aliases:
        APPLICATION.setdefault(alias, known)


for _protocol in PROTOCOLS:
    for _field in FIELDS[_protocol.name].values():
        _know(StickyField(_field), _protocol)
        for _modifier in _field.modifiers:
            _know(FieldModifier(_modifier, _field), _protocol)
    for _number in NUMBERS[_protocol.name].values():
        _know(NumberKeyword(_number), _protocol)
