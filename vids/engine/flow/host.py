"""What rules remember of hosts across flows: bits, tags. Every table is bounded."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.bits import HostBits
from vids.engine.flow.flow import Flow
from vids.engine.flow.tag import Tags
from vids.engine.packet.packet import Packet

MAX_TAGGED: Final = 65_536  # hosts with tags: the one tagged first gives way, counted


@final
class Hosts:
    """All that is remembered of hosts."""

    def __init__(self) -> None:
        self.bits = HostBits()
        self.has_tags = False  # some flow or host was tagged: packets have to be looked up
        self.tags_evicted: i64 = 0  # hosts
        self.tags_refused: i64 = 0  # tags of a flow or host that has too many
        self._tags: OrderedDict[bytes, Tags] = OrderedDict()  # by address

    def tag_flow(self, flow: Flow, rule: i64, metric: i64, most: i64, now_ns: i64) -> None:
        """Keep the packets of a flow that follow."""
        tags = flow.tags
        if tags is None:
            tags = flow.tags = Tags()
        self._add(tags, rule, metric, most, now_ns)

    def tag_host(self, address: bytes, rule: i64, metric: i64, most: i64, now_ns: i64) -> None:
        """Keep the packets from and to a host that follow."""
        tags = self._tags.get(address)
        if tags is None:
            if len(self._tags) >= MAX_TAGGED:
                self._tags.popitem(last=False)
                self.tags_evicted += 1
            tags = self._tags[address] = Tags()
        self._add(tags, rule, metric, most, now_ns)

    def is_tagged(self, packet: Packet, flow: Flow | None) -> bool:
        """Count a packet on the tags of its flow and hosts; return whether one of them asks for its record."""
        is_wanted = False
        if flow is not None and flow.tags is not None:
            is_wanted = flow.tags.take(packet)
            if len(flow.tags) == 0:
                flow.tags = None
        if self._tags:
            for address in (packet.source(), packet.destination()):
                tags = self._tags.get(address)
                if tags is not None:
                    is_wanted = tags.take(packet) or is_wanted
                    if len(tags) == 0:
                        del self._tags[address]
        return is_wanted

    def counters(self) -> dict[str, int]:
        """Return what was lost to bounds, by dotted EVE name."""
        return {
            "detect.hostbits_evicted": self.bits.evicted,
            "detect.tagged_hosts_evicted": self.tags_evicted,
            "detect.tags_refused": self.tags_refused,
        }

    def _add(self, tags: Tags, rule: i64, metric: i64, most: i64, now_ns: i64) -> None:
        self.has_tags = True
        if not tags.add(rule, metric, most, now_ns):
            self.tags_refused += 1
