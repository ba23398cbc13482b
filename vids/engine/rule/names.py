"""Names that rules share, as small numbers."""

from __future__ import annotations

from typing import final


@final
class Names:
    """A two-way table: the first new name is 0, the next 1."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []

    def __len__(self) -> int:
        return len(self._names)

    def number(self, name: str) -> int:
        """Return the number of a name; a new one gets the next."""
        found = self._numbers.get(name)
        if found is None:
            found = len(self._names)
            self._numbers[name] = found
            self._names.append(name)
        return found

    def name(self, number: int) -> str:
        """Return the name of a number that `number` gave out."""
        return self._names[number]


@final
class StateNames:
    """The names of what rules remember: one numbering each for a whole ruleset."""

    def __init__(self) -> None:
        self.flowbits = Names()  # of the numbers in Flow.bits
        self.flowints = Names()  # of those in Flow.ints
        self.flow_variables = Names()  # that expressions capture
        self.packet_variables = Names()
        self.hostbits = Names()  # of bits of hosts, and of pairs of hosts
