"""Reputations of addresses and networks, by category."""

from __future__ import annotations

from typing import Final, final

MOST: Final = 127  # the best, or the worst: a category says what it means
MAX_CATEGORIES: Final = 60


@final
class Reputations:
    """Scores by category, address and network: an address of its own counts before its network."""

    def __init__(self) -> None:
        self.categories: dict[str, int] = {}  # number by short name
        self._hosts: dict[bytes, dict[int, int]] = {}  # address -> category -> score
        self._networks: dict[tuple[int, int], dict[int, dict[int, int]]] = {}  # (bytes, prefix) -> network -> ...
        self._prefixes: list[tuple[int, int]] = []  # the longest first

    def __len__(self) -> int:
        return len(self._hosts) + sum([len(each) for each in self._networks.values()])

    def add(self, address: bytes, prefix: int, category: int, score: int) -> None:
        """Give an address, or with a shorter `prefix` its network, a score."""
        size = len(address)
        if prefix == size * 8:
            self._hosts.setdefault(address, {})[category] = score
            return
        kind = (size, prefix)
        if kind not in self._networks:
            self._networks[kind] = {}
            self._prefixes = sorted(self._networks, key=_prefix, reverse=True)
        network = int.from_bytes(address, "big") >> (size * 8 - prefix)
        self._networks[kind].setdefault(network, {})[category] = score

    def score(self, address: bytes, category: int) -> int:
        """Return the score of an address; -1 for none."""
        host = self._hosts.get(address)
        if host is not None and category in host:
            return host[category]
        if not self._prefixes:
            return -1
        size = len(address)
        number = int.from_bytes(address, "big")
        for kind in self._prefixes:
            if kind[0] != size:
                continue
            network = self._networks[kind].get(number >> (size * 8 - kind[1]))
            if network is not None and category in network:
                return network[category]
        return -1


def _prefix(kind: tuple[int, int]) -> int:
    return kind[1]
