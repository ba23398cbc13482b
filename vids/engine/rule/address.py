"""Sets of IP addresses, as a rule's header names them."""

from __future__ import annotations

from bisect import bisect_right
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.expression import Expression
from vids.engine.rule.interval import Intervals, combine

HIGHEST_4: Final = (1 << 32) - 1
HIGHEST_6: Final = (1 << 128) - 1


@final
class AddressSet:
    """Addresses of both IP versions. Built once, shared by all rules that write it the same way."""

    def __init__(
        self, ranges_4: Intervals | None = None, ranges_6: Intervals | None = None, is_negated: bool = False
    ) -> None:
        """Hold the merged ranges; with none at all, every address. `is_negated` tells how the set was written."""
        self.is_negated = is_negated  # the text takes addresses out: !a, [a,!b]
        self._ranges_4: Intervals = [(0, HIGHEST_4)] if ranges_4 is None else ranges_4
        self._ranges_6: Intervals = [(0, HIGHEST_6)] if ranges_6 is None else ranges_6
        self.is_any = self._ranges_4 == [(0, HIGHEST_4)] and self._ranges_6 == [(0, HIGHEST_6)]
        self._asked = b""  # the last address asked about, and
        self._answer = False  # whether it is in the set; a packet without an address is in none but `any`
        # Big-endian bytes sort as the numbers do: an address off the wire is compared as it is.
        self._starts_4 = [low.to_bytes(4, "big") for low, _ in self._ranges_4]
        self._ends_4 = [high.to_bytes(4, "big") for _, high in self._ranges_4]
        self._starts_6 = [low.to_bytes(16, "big") for low, _ in self._ranges_6]
        self._ends_6 = [high.to_bytes(16, "big") for _, high in self._ranges_6]

    def contains(self, address: bytes) -> bool:
        """Return whether an address of 4 or 16 bytes is in the set; `any` holds packets without one too."""
        if self.is_any:
            return True
        # The rules of a packet share a few sets and ask each about the same address, one after the other.
        if address == self._asked:
            return self._answer
        self._asked = address
        self._answer = self._find(address)
        return self._answer

    def _find(self, address: bytes) -> bool:
        if len(address) == 4:
            at = bisect_right(self._starts_4, address)
            return at > 0 and address <= self._ends_4[at - 1]
        if len(address) == 16:
            at = bisect_right(self._starts_6, address)
            return at > 0 and address <= self._ends_6[at - 1]
        return False

    def ranges(self, version: int) -> Intervals:
        """Return the ranges of IP version 4 or 6, sorted and disjoint, both ends included."""
        return self._ranges_4 if version == 4 else self._ranges_6


ANY_ADDRESS: Final = AddressSet()


@final
class AddressParser:
    """Reads address expressions; the same text gives the same object."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._expression = Expression(variables, "vars.address-groups")
        self._cache: dict[str, AddressSet] = {"any": ANY_ADDRESS}

    def parse(self, text: str) -> AddressSet:
        """Return the set that `text` stands for. Raises RuleError."""
        found = self._cache.get(text)
        if found is None:
            found = self._parse(text)
            self._cache[text] = found
        return found

    def _parse(self, text: str) -> AddressSet:
        # A list of refused addresses of one IP version says nothing about the other, as in the reference engine:
        # !10.0.0.0/8 is all other IPv4 addresses, and no IPv6 address.
        wanted_4: Intervals = []
        wanted_6: Intervals = []
        refused_4: Intervals = []
        refused_6: Intervals = []
        for term in self._expression.terms(text):
            into_4, into_6 = (refused_4, refused_6) if term.is_negated else (wanted_4, wanted_6)
            if term.text == "any":
                into_4.append((0, HIGHEST_4))
                into_6.append((0, HIGHEST_6))
            elif ":" in term.text:
                into_6.append(address_range(term.text, 6))
            else:
                into_4.append(address_range(term.text, 4))
        left_4 = combine(wanted_4, refused_4, HIGHEST_4)
        left_6 = combine(wanted_6, refused_6, HIGHEST_6)
        if not left_4 and not left_6:
            raise RuleError(
                f"{text!r} leaves no address: all that it allows is negated"
                " (where a group is `any`, its negation is nothing: use `any` for both)"
            )
        found = AddressSet(left_4, left_6, bool(refused_4 or refused_6))
        return ANY_ADDRESS if found.is_any else found


def address_range(text: str, version: int) -> tuple[int, int]:
    """Return the first and last address of `a`, `a/length`, `a/mask` or `a-b`. Raises RuleError."""
    width = 32 if version == 4 else 128
    if "-" in text:
        first, _, last = text.partition("-")
        low, high = address_number(first.strip(), version), address_number(last.strip(), version)
        if low > high:
            raise RuleError(f"address range {text!r} ends before it begins (swap its ends)")
        return low, high
    bare, slash, length = text.partition("/")
    number = address_number(bare.strip(), version)
    if not slash:
        return number, number
    length = length.strip()
    if length.isascii() and length.isdecimal() and len(length) <= 3 and int(length) <= width:
        hosts = (1 << (width - int(length))) - 1
    elif version == 4 and "." in length:
        hosts = HIGHEST_4 ^ address_number(length, 4)
        if hosts & (hosts + 1):
            raise RuleError(f"netmask {length!r} has holes (255.255.0.0 is one without)")
    else:
        raise RuleError(f"{text!r}: the prefix length must be 0 to {width}")
    return number & ~hosts, number | hosts


def address_number(text: str, version: int) -> int:
    """Return an address as a number. Raises RuleError."""
    try:
        return int.from_bytes(inet_pton(AF_INET if version == 4 else AF_INET6, text), "big")
    except (OSError, ValueError):
        raise RuleError(
            f"{text!r} is not an IPv{version} address (expected an address, 10.0.0.0/8, a-b, $VAR, [a,!b] or any)"
        ) from None
