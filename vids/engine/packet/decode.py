"""Decode: one frame in, one Packet filled; everything odd is a named event, nothing raises."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.packet.checksum import is_checksum_bad, is_ip_checksum_bad
from vids.engine.packet.counters import Counters
from vids.engine.packet.gtp import ORIGIN as GTP
from vids.engine.packet.ipv4 import decode_ipv4
from vids.engine.packet.ipv6 import decode_ipv6
from vids.engine.packet.link import ETHERNET, RAW, decode_link
from vids.engine.packet.packet import UDP, Packet
from vids.engine.packet.teredo import ORIGIN as TEREDO
from vids.engine.packet.tunnel import decode_carried
from vids.engine.packet.udp_tunnel import UdpTunnels
from vids.engine.settings import Settings


@final
class Decoder:
    """Fills packets from frames, and counts what it sees."""

    def __init__(self, settings: Settings) -> None:
        self.verify_checksums = settings.verify_checksums
        self.max_layers: i64 = settings.max_layers
        self.udp_tunnels = UdpTunnels(settings)
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
        packet.layers_left = self.max_layers
        decode_link(packet, counts, at, end)
        self._finish(packet)

    def decode_datagram(self, packet: Packet, outer: Packet, datagram: bytes, origin: str) -> None:
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
        packet.depth = outer.depth
        packet.outer = outer.outer
        packet.layers_left = outer.layers_left
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

    def decode_inner(self, outer: Packet, inner: Packet) -> bool:
        """Fill `inner` from the packet that was found inside `outer`; False where there is none.

        What a guess found is dropped if it makes no sense; what a header announced is an anomaly then.
        """
        at = outer.inner_at
        end = outer.inner_end
        if at < 0:
            return False
        counts = self.counts
        inner.clear()
        inner.data = outer.data
        inner.number = outer.number
        inner.timestamp_ns = outer.timestamp_ns
        inner.frame_at = at
        inner.frame_end = end
        inner.wire_length = end - at
        inner.layers_left = outer.layers_left - 1
        inner.depth = outer.depth + 1
        inner.origin = outer.inner_origin
        inner.outer = outer if outer.outer is None else outer.outer
        decode_carried(inner, counts, outer.inner_type, at, end)
        if inner.is_invalid and outer.inner_is_guess:
            return False
        if inner.origin == TEREDO:
            counts.teredo += 1
        elif inner.origin == GTP:
            counts.gtp += 1
        inner.link_type = ETHERNET if inner.ether_at >= 0 else RAW
        outer.has_inner = not inner.is_invalid
        self._finish(inner)
        return True

    def _finish(self, packet: Packet) -> None:
        """Look for a tunnel in UDP, count what was odd, and judge the checksums."""
        if packet.protocol == UDP:
            self.udp_tunnels.find(packet, self.counts)
        if packet.events:
            self.counts.count_events(packet.events)
        if packet.is_invalid or packet.has_defect:
            self.counts.invalid += 1
        if self.verify_checksums and packet.ip_version != 0:
            packet.bad_ip_checksum = is_ip_checksum_bad(packet)
            packet.bad_checksum = is_checksum_bad(packet)

    def counters(self) -> dict[str, int]:
        """Return what was counted so far, by dotted EVE name."""
        return self.counts.by_name()
