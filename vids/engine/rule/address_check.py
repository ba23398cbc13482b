"""What geoip and iprep share: which of the two addresses of a packet is asked about."""

from __future__ import annotations

from vids.engine.rule.keyword import PacketCheck
from vids.engine.rule.view import View


class AddressCheck(PacketCheck):
    """A test of the source, the destination, both or any of them."""

    def __init__(self, side: str) -> None:
        self.side = side  # src, dst, both or any

    def match(self, view: View) -> bool:
        if self.side == "src":
            return self.holds(view.source())
        if self.side == "dst":
            return self.holds(view.destination())
        if self.side == "both":
            return self.holds(view.source()) and self.holds(view.destination())
        return self.holds(view.source()) or self.holds(view.destination())

    def fits_address_rule(self) -> bool:
        return True

    def holds(self, address: bytes) -> bool:
        """Return whether an address passes: 4 or 16 bytes, or none where the packet has no IP."""
        raise NotImplementedError
