"""geoip: the country of an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from vids.engine.rule.address_check import AddressCheck
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, register
from vids.engine.rule.resource import Countries
from vids.engine.rule.text import short

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

SIDES: Final = ("src", "dst", "both", "any")
CODE: Final = re.compile(r"[A-Za-z0-9]{2}")
WITHOUT: Final = "geoip (no geoip-database)"
MAX_COUNTRIES: Final = 64


@final
class Geoip(AddressCheck):
    """Match the country of the source, the destination, any of them or both; with `!`, another country.

    Countries are two letters (ISO 3166), looked up in a MaxMind database (`geoip-database`); an address that is not
    in it is of no country. Without a database the rule waits.
    """

    name: ClassVar[str] = "geoip"
    syntax: ClassVar[str] = "geoip:[src|dst|both|any,][!]COUNTRY[,[!]COUNTRY ...];"
    source: ClassVar[str] = "Suricata user guide, rules, ip keywords, geoip"
    cases: ClassVar[Cases] = (
        ("src,US", {"packets": b"a"}, True),
        ("dst,US", {"packets": b"a"}, False),
        ("src,!US", {"packets": b"a"}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "two letters"),
        ("src", "country"),
        ("src,USA", "two letters"),
        ("src,US,!CA", "either"),
    )

    def __init__(self, side: str, codes: list[str], is_negated: bool) -> None:
        super().__init__(side)
        self.codes = codes
        self.is_negated = is_negated
        self.countries: Countries | None = None

    @classmethod
    def parse(cls, text: str) -> Geoip:
        parts = [part.strip() for part in text.split(",")]
        side = "any"
        if parts[0] in SIDES:
            side = parts[0]
            parts = parts[1:]
        if not parts or len(parts) > MAX_COUNTRIES:
            raise RuleError(f"names no country, or more than {MAX_COUNTRIES} (expected {cls.syntax})")
        is_negated = parts[0].startswith("!")
        codes: list[str] = []
        for part in parts:
            if part.startswith("!") != is_negated:
                raise RuleError("either all countries are negated, or none (make two options)")
            code = part.removeprefix("!").strip()
            if CODE.fullmatch(code) is None:
                raise RuleError(f"{short(code)} is no country: two letters (expected {cls.syntax})")
            codes.append(code.upper())
        return cls(side, codes, is_negated)

    def place(self, draft: Draft) -> None:
        self.countries = draft.resources.countries
        if self.countries is None:
            draft.rule.waiting.append(WITHOUT)
        draft.rule.checks.append(self)

    def holds(self, address: bytes) -> bool:
        countries = self.countries
        if countries is None or not address:
            return False
        country = countries.country(address)
        return country != "" and (country in self.codes) != self.is_negated


register(Geoip)
