"""What the keywords on TLS share: the side of a handshake, names of versions, dates of certificates."""

from __future__ import annotations

import re
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.tls.date import GENERALIZED_TIME, NO_DATE, seconds
from vids.engine.proto.tls.transaction import Peer, TlsTransaction
from vids.engine.proto.transaction import Transaction
from vids.engine.rule.error import RuleError
from vids.engine.rule.text import short

TLS: Final = ("tls",)
GUIDE: Final = "Suricata user guide, rules, tls-keywords"

DATE_SYNTAX: Final = "[<|>]DATE|DATE<>DATE; DATE: YYYY-MM[-DD[ HH[:MM[:SS]]]] or seconds since 1970"
DATE: Final = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:[ T](\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?")
SECONDS: Final = re.compile(r"\d{1,12}")
FIRSTS: Final = ("", "", "01", "00", "00", "00")  # of the parts of a date that are not given
HIGHEST: Final = 1 << 60
SECOND_NS: Final = 1_000_000_000


def tls_peer(transaction: Transaction, to_server: bool) -> Peer:
    """Return what one side said; the transaction must be one of TLS."""
    assert isinstance(transaction, TlsTransaction)
    return transaction.peer(to_server)


@final
class DateTest:
    """A test of one of the dates of a certificate, in seconds since 1970; both ends included."""

    def __init__(self, low: i64, high: i64) -> None:
        self.low = low
        self.high = high

    @staticmethod
    def parse(text: str, syntax: str) -> DateTest:
        """Return the test. Raises RuleError."""
        bare = text.strip()
        low, between, high = bare.partition("<>")
        if between:
            first, last = _date(low, syntax), _date(high, syntax)
            if first >= last:
                raise RuleError(f"{short(low)} is not before {short(high)} ({syntax})")
            return DateTest(first + 1, last - 1)
        if bare[:1] in ("<", ">"):
            date = _date(bare[1:], syntax)
            return DateTest(-HIGHEST, date - 1) if bare[0] == "<" else DateTest(date + 1, HIGHEST)
        date = _date(bare, syntax)
        return DateTest(date, date)

    def holds(self, moment: i64) -> bool:
        """Return whether a date passes; none does not."""
        return moment != NO_DATE and self.low <= moment <= self.high


def _date(text: str, syntax: str) -> i64:
    """Return a date in seconds since 1970. Raises RuleError."""
    bare = text.strip()
    if SECONDS.fullmatch(bare):
        return int(bare)
    m = DATE.fullmatch(bare)
    parts = [given or first for given, first in zip(m.groups(), FIRSTS, strict=True)] if m else []
    moment = seconds(GENERALIZED_TIME, "".join(parts).encode() + b"Z")
    if moment == NO_DATE:
        raise RuleError(f"{short(text)} is not a date (expected {syntax})")
    return moment
