"""Rules on addresses alone, answered by one lookup: a thousand blocklists cost what one does.

Such a rule looks at no payload and no flow state, so it is asked once per flow and side (the reference engine
calls it ip_only). All its source ranges (or destination ranges, where the source is `any`) are cut into cells by
the ends of all ranges; a binary search finds the cell, and the cell lists its rules.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import final

from vids.engine.rule.address import AddressSet
from vids.engine.rule.rule import Rule


@final
class Cells:
    """Integer ranges with owners, as sorted cells: `find(n)` lists the owners of the ranges that hold n."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.owners: list[list[int]] = []
        self._edges: dict[int, tuple[list[int], list[int]]] = {}  # where -> (owners that begin, that end)

    def add(self, low: int, high: int, owner: int) -> None:
        """Add the range low..high, both ends included."""
        self._edges.setdefault(low, ([], []))[0].append(owner)
        self._edges.setdefault(high + 1, ([], []))[1].append(owner)

    def build(self) -> None:
        """Cut all ranges at all edges."""
        active: dict[int, int] = {}  # owner -> how many of its ranges cover this cell
        for edge in sorted(self._edges):
            begin, end = self._edges[edge]
            for owner in begin:
                active[owner] = active.get(owner, 0) + 1
            for owner in end:
                active[owner] -= 1
                if not active[owner]:
                    del active[owner]
            self.starts.append(edge)
            self.owners.append(sorted(active))
        self._edges = {}

    def find(self, value: int) -> list[int]:
        """Return the owners of `value`, in order; the list is shared, not to be changed."""
        cell = bisect_right(self.starts, value) - 1
        return self.owners[cell] if cell >= 0 else []


@final
class AddressRules:
    """The address-only rules of a ruleset, by number."""

    def __init__(self, rules: list[Rule]) -> None:
        self.anywhere: list[int] = []  # `any` on both sides
        self.by_source = [Cells(), Cells()]  # IPv4, IPv6
        self.by_destination = [Cells(), Cells()]
        self.is_empty = not rules
        for rule in rules:
            self._add(rule)
        for cells in self.by_source + self.by_destination:
            cells.build()

    def _add(self, rule: Rule) -> None:
        if rule.is_bidirectional or (rule.source.is_any and rule.destination.is_any):
            self.anywhere.append(rule.number)
        elif not rule.source.is_any:
            _add_all(self.by_source, rule.source, rule.number)
        else:
            _add_all(self.by_destination, rule.destination, rule.number)

    def candidates(self, source: bytes, destination: bytes) -> list[int]:
        """Return the rules whose side in the table holds, in order; the other side is still to be compared."""
        version = 0 if len(source) == 4 else 1
        found = self.by_source[version].find(int.from_bytes(source, "big"))
        more = self.by_destination[version].find(int.from_bytes(destination, "big"))
        if not found and not more:
            return self.anywhere
        return sorted(self.anywhere + found + more)


def _add_all(tables: list[Cells], addresses: AddressSet, number: int) -> None:
    for low, high in addresses.ranges(4):
        tables[0].add(low, high, number)
    for low, high in addresses.ranges(6):
        tables[1].add(low, high, number)
