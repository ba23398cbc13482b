"""urilen: the length of the target of an HTTP request."""

from __future__ import annotations

from typing import ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.proto.http.transaction import LINE, HttpTransaction
from vids.engine.proto.transaction import TO_SERVER, Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import Cases, TransactionCheck, register
from vids.engine.rule.text import short
from vids.engine.rule.view import View

HIGHEST: Final = (1 << 63) - 1
FORMS: Final = ("norm", "raw")
REQUEST: Final = b"GET /a%20b HTTP/1.0\r\n\r\n"


@final
class Urilen(TransactionCheck):
    """Match the length of a request's target, in bytes: as http.uri has it, or with `raw` as it was sent."""

    name: ClassVar[str] = "urilen"
    syntax: ClassVar[str] = "urilen:[<|>|<=|>=|!]N[,norm|raw]; or urilen:LOW<>HIGH[,norm|raw]; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, http keywords, urilen"
    protocols: ClassVar[tuple[str, ...]] = ("http",)
    cases: ClassVar[Cases] = (
        ("4", {"speaks": "http", "request": REQUEST, "response": b""}, True),
        ("6", {"speaks": "http", "request": REQUEST, "response": b""}, False),
        ("6,raw", {"speaks": "http", "request": REQUEST, "response": b""}, True),
        ("4,norm", {"speaks": "http", "request": REQUEST, "response": b""}, True),
        (">4", {"speaks": "http", "request": REQUEST, "response": b""}, False),
        ("3<>5", {"speaks": "http", "request": REQUEST, "response": b""}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "urilen"),
        ("x", "urilen"),
        ("4,nrom", "norm"),
        ("4<>5", "holds nothing"),
    )

    def __init__(self, length: IntegerTest, is_raw: bool) -> None:
        self.length = length
        self.is_raw = is_raw

    @classmethod
    def parse(cls, text: str) -> Urilen:
        length, comma, form = text.partition(",")
        form = form.strip().lower()
        if comma and form not in FORMS:
            raise RuleError(f"{short(form)} is not norm or raw (expected {cls.syntax})")
        return cls(IntegerTest.parse(length, HIGHEST, cls.syntax), form == "raw")

    def sides(self) -> i64:
        return TO_SERVER

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return LINE

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        if not isinstance(transaction, HttpTransaction) or transaction.uri_raw is None:
            return False
        return self.length.holds(len(transaction.uri_raw if self.is_raw else transaction.uri))


register(Urilen)
