"""Decode: one frame in, one Packet filled; everything odd is a named event, nothing raises."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.packet.checksum import is_checksum_bad, is_ip_checksum_bad
from vids.engine.packet.counters import Counters
from vids.engine.packet.ipv4 import decode_ipv4
from vids.engine.packet.ipv6 import decode_ipv6
from vids.engine.packet.link import decode_link
from vids.engine.packet.packet import Packet
from vids.engine.settings import Settings


@final
class Decoder:
    """Fills packets from frames, and counts what it sees."""

    def __init__(self, settings: Settings) -> None:
        self.verify_checksums = settings.verify_checksums
        self.counts = Counters()

    def decode(
        self,
        packet: Packet,
        data: bytes,
        timestamp_ns: i64,
        at: i64,
        captured: i64,
        wire: i64,
        link_type: i64,
    ) -> None:
        """Fill `packet` from the frame `data[at : at + captured]`, of `wire` bytes when it was sent.

        A checksum is judged here only if the settings ask for it; checksum.py judges one packet on demand.
        """
        end = at + captured
        end = min(end, len(data))
        counts = self.counts
        counts.packets += 1
        counts.bytes += captured
        counts.longest = max(counts.longest, captured)
        packet.clear()
        packet.data = data
        packet.number = counts.packets
        packet.timestamp_ns = timestamp_ns
        packet.link_type = link_type
        packet.frame_at = at
        packet.frame_end = end
        packet.wire_length = wire
        decode_link(packet, counts, at, end)
        self._finish(packet)

    def decode_inner(self, packet: Packet, outer: Packet, datagram: bytes, origin: str) -> None:
        """Fill `packet` from an IP packet that came by way of `outer`: it has the link headers of that one.

        It counts in its layers, but not as a frame.
        """
        counts = self.counts
        packet.clear()
        at = outer.ip_at - outer.frame_at
        packet.data = outer.data[outer.frame_at : outer.ip_at] + datagram
        packet.number = outer.number
        packet.timestamp_ns = outer.timestamp_ns
        packet.link_type = outer.link_type
        packet.origin = origin
        packet.frame_end = len(packet.data)
        packet.wire_length = packet.frame_end
        if outer.ether_at >= 0:
            packet.ether_at = outer.ether_at - outer.frame_at
        packet.ether_type = outer.ether_type
        packet.n_vlans = outer.n_vlans
        packet.vlan_0 = outer.vlan_0
        packet.vlan_1 = outer.vlan_1
        packet.vlan_2 = outer.vlan_2
        if outer.ip_version == 4:
            decode_ipv4(packet, counts, at, packet.frame_end)
        else:
            decode_ipv6(packet, counts, at, packet.frame_end)
        self._finish(packet)

    def _finish(self, packet: Packet) -> None:
        """Count what became of the packet, and judge its checksums."""
        counts = self.counts
        if packet.events:
            counts.count_events(packet.events)
        if packet.is_invalid or packet.has_defect:
            counts.invalid += 1
        if self.verify_checksums and packet.ip_version != 0:
            packet.bad_ip_checksum = is_ip_checksum_bad(packet)
            packet.bad_checksum = is_checksum_bad(packet)

    def counters(self) -> dict[str, int]:
        """Return what was counted so far, by dotted EVE name."""
        return self.counts.by_name()
