"""What decode has seen, in the names of EVE's stats record."""

from __future__ import annotations

from typing import final

from mypy_extensions import i64

from vids.engine.packet.packet import MAX_EVENTS


@final
class Counters:
    """Frames by layer, from the start of a run; a layer counts before it looks at its header."""

    def __init__(self) -> None:
        self.packets: i64 = 0
        self.bytes: i64 = 0  # as captured
        self.longest: i64 = 0  # bytes
        self.invalid: i64 = 0
        self.unknown_link_type: i64 = 0
        self.ethernet: i64 = 0
        self.raw: i64 = 0
        self.null: i64 = 0
        self.sll: i64 = 0
        self.sll2: i64 = 0
        self.ppp: i64 = 0
        self.pppoe: i64 = 0
        self.chdlc: i64 = 0
        self.vlan: i64 = 0  # outermost tags
        self.vlan_qinq: i64 = 0  # second tags
        self.vlan_qinqinq: i64 = 0  # third tags
        self.mpls: i64 = 0  # stacks of labels
        self.vntag: i64 = 0
        self.etag: i64 = 0
        self.pbb: i64 = 0
        self.nsh: i64 = 0
        self.unknown_ethertype: i64 = 0
        self.arp: i64 = 0
        self.ipv4: i64 = 0
        self.ipv6: i64 = 0
        self.tcp: i64 = 0
        self.udp: i64 = 0
        self.sctp: i64 = 0
        self.esp: i64 = 0
        self.icmpv4: i64 = 0
        self.icmpv6: i64 = 0
        self.gre: i64 = 0
        self.erspan: i64 = 0
        self.ipv4_in_ipv4: i64 = 0  # inner packets that were found, by how
        self.ipv6_in_ipv4: i64 = 0
        self.ipv4_in_ipv6: i64 = 0
        self.ipv6_in_ipv6: i64 = 0
        self.teredo: i64 = 0
        self.geneve: i64 = 0
        self.vxlan: i64 = 0
        self.gtp: i64 = 0
        self.events_dropped: i64 = 0  # packets with more events than are kept
        self.events: dict[str, int] = {}  # by event name, those that happened

    def count_events(self, names: list[str]) -> None:
        """Count the events of one packet."""
        if len(names) >= MAX_EVENTS:
            self.events_dropped += 1
        for name in names:
            self.events[name] = self.events.get(name, 0) + 1

    def by_name(self) -> dict[str, int]:
        """Return every counter by its dotted EVE name; of the events, those that happened, by name."""
        found: dict[str, int] = {
            "decoder.pkts": self.packets,
            "decoder.bytes": self.bytes,
            "decoder.invalid": self.invalid,
            "decoder.ipv4": self.ipv4,
            "decoder.ipv6": self.ipv6,
            "decoder.ethernet": self.ethernet,
            "decoder.arp": self.arp,
            "decoder.unknown_ethertype": self.unknown_ethertype,
            "decoder.unknown_link_type": self.unknown_link_type,
            "decoder.raw": self.raw,
            "decoder.null": self.null,
            "decoder.sll": self.sll,
            "decoder.sll2": self.sll2,
            "decoder.ppp": self.ppp,
            "decoder.pppoe": self.pppoe,
            "decoder.chdlc": self.chdlc,
            "decoder.tcp": self.tcp,
            "decoder.udp": self.udp,
            "decoder.sctp": self.sctp,
            "decoder.esp": self.esp,
            "decoder.icmpv4": self.icmpv4,
            "decoder.icmpv6": self.icmpv6,
            "decoder.vlan": self.vlan,
            "decoder.vlan_qinq": self.vlan_qinq,
            "decoder.vlan_qinqinq": self.vlan_qinqinq,
            "decoder.mpls": self.mpls,
            "decoder.vntag": self.vntag,
            "decoder.etag": self.etag,
            "decoder.ieee8021ah": self.pbb,
            "decoder.nsh": self.nsh,
            "decoder.gre": self.gre,
            "decoder.erspan": self.erspan,
            "decoder.ipv4_in_ipv4": self.ipv4_in_ipv4,
            "decoder.ipv6_in_ipv4": self.ipv6_in_ipv4,
            "decoder.ipv4_in_ipv6": self.ipv4_in_ipv6,
            "decoder.ipv6_in_ipv6": self.ipv6_in_ipv6,
            "decoder.teredo": self.teredo,
            "decoder.geneve": self.geneve,
            "decoder.vxlan": self.vxlan,
            "decoder.gtp": self.gtp,
            "decoder.events_dropped": self.events_dropped,
            "decoder.avg_pkt_size": self.bytes // self.packets if self.packets else 0,
            "decoder.max_pkt_size": self.longest,
        }
        for name in sorted(self.events):
            found["decoder.event." + name] = self.events[name]
        return found
