"""What the operator says about hosts: which operating system runs at which address."""

from __future__ import annotations

from typing import final


@final
class HostSystems:
    """Operating systems by address; of the networks that hold an address, the narrowest decides."""

    def __init__(self, networks: list[tuple[bytes, bytes, str]], default: str) -> None:
        """Take (first address, last address, system) of each network; addresses have 4 or 16 bytes."""
        self._networks = sorted(networks, key=_width)
        self._default = default

    def of(self, address: bytes) -> str:
        """Return the system at an address."""
        for first, last, system in self._networks:
            if len(first) == len(address) and first <= address <= last:
                return system
        return self._default


def _width(network: tuple[bytes, bytes, str]) -> int:
    return int.from_bytes(network[1], "big") - int.from_bytes(network[0], "big")
