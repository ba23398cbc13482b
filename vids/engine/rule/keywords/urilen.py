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

HIGHEST: Final = 65535
REQUEST: Final[dict[str, object]] = {
    "speaks": "http", "request": b"GET http://h/a%41 HTTP/1.1\r\nHost: h\r\n\r\n", "response": b"",
}  # fmt: skip
NO_TARGET: Final[dict[str, object]] = {"speaks": "http", "request": b"GET\r\nHost: h\r\n\r\n", "response": b""}


@final
class Urilen(TransactionCheck):
    """Match the length in bytes of `http.uri` (norm, which is the default) or of `http.uri.raw` (raw)."""

    name: ClassVar[str] = "urilen"
    syntax: ClassVar[str] = "urilen:[<|>|<=|>=|!]N[,norm|raw]; or urilen:LOW<>HIGH[,norm|raw]; (both ends excluded)"
    source: ClassVar[str] = "Suricata user guide, rules, http keywords, urilen"
    protocols: ClassVar[tuple[str, ...]] = ("http",)
    cases: ClassVar[Cases] = (
        ("3", REQUEST, True),
        ("3,norm", REQUEST, True),
        ("13", REQUEST, False),
        ("13,raw", REQUEST, True),
        ("> 12 , RAW", REQUEST, True),
        ("2<>4", REQUEST, True),
        ("3<>5", REQUEST, False),
        ("!3", REQUEST, False),
        ("!4", REQUEST, True),
        ("<4", NO_TARGET, False),
        ("!4,raw", NO_TARGET, False),
        ("3", {**REQUEST, "to_server": False}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "not a number"),
        ("long", "not a number"),
        ("65536", "65535"),
        ("3,cooked", "norm or raw"),
    )

    def __init__(self, length: IntegerTest, is_raw: bool) -> None:
        self.length = length
        self.is_raw = is_raw

    @classmethod
    def parse(cls, text: str) -> Urilen:
        test, comma, which = text.partition(",")
        word = which.strip().lower()
        if comma and word not in {"norm", "raw"}:
            raise RuleError(f"{short(word)} is not norm or raw (expected {cls.syntax})")
        return cls(IntegerTest.parse(test, HIGHEST, cls.syntax), word == "raw")

    def sides(self) -> i64:
        return TO_SERVER

    def progress(self, transaction: Transaction, to_server: bool) -> i64:
        return LINE

    def match(self, transaction: Transaction, to_server: bool, view: View) -> bool:
        assert isinstance(transaction, HttpTransaction)
        target = transaction.uri_raw if self.is_raw else transaction.uri
        return to_server and bool(target) and self.length.holds(len(target or b""))


register(Urilen)
