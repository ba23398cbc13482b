"""Rules without payload options, found by the packet's destination port: most name a port or a few."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.detect.look import SHIFT
from vids.engine.rule.rule import Rule

MAX_PORTS: Final = 64  # a rule with more destination ports is asked at every port


@final
class HeaderRules:
    """The header rules of one scope and side, as work on the packet (see look.py)."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rest: list[int] = []  # asked at every port
        self._by_port: dict[int, list[int]] = {}
        for rule in rules:
            ports = _few_ports(rule)
            for port in ports:
                self._by_port.setdefault(port, []).append(rule.number << SHIFT)
            if not ports:
                self.rest.append(rule.number << SHIFT)
        for port, work in self._by_port.items():
            self._by_port[port] = sorted(work + self.rest)

    def work(self, port: i64) -> list[int]:
        """Return the work for a packet to this port, in order; the list is shared, not to be changed."""
        if not self._by_port:
            return self.rest
        found = self._by_port.get(port)
        return self.rest if found is None else found


def _few_ports(rule: Rule) -> list[int]:
    """Return the destination ports that the rule is limited to; none where they are many."""
    if not rule.has_ports or rule.is_bidirectional:
        return []
    ports: list[int] = []
    for low, high in rule.destination_ports.ranges():
        if len(ports) + high - low >= MAX_PORTS:
            return []
        ports += range(low, high + 1)
    return ports
