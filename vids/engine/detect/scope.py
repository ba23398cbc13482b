"""Which rules look at which packets: by transport and side, with headers compared once."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import ICMP, ICMPV6, SCTP, TCP, UDP, Packet
from vids.engine.proto.table import BY_NAME
from vids.engine.rule.rule import Rule

TCP_SCOPE: Final = 0  # transports that have rules of their own
UDP_SCOPE: Final = 1
ICMP_SCOPE: Final = 2
ICMPV6_SCOPE: Final = 3
SCTP_SCOPE: Final = 4
OTHER_SCOPE: Final = 5
N_SCOPES: Final = 6

ALL: Final = (TCP_SCOPE, UDP_SCOPE, ICMP_SCOPE, ICMPV6_SCOPE, SCTP_SCOPE, OTHER_SCOPE)
SCOPES: Final[dict[str, tuple[int, ...]]] = {  # the rule's protocol -> where it looks
    "ip": ALL,
    "ip4": ALL,
    "ipv4": ALL,
    "ip6": ALL,
    "ipv6": ALL,
    "pkthdr": ALL,
    "tcp": (TCP_SCOPE,),
    "tcp-pkt": (TCP_SCOPE,),
    "tcp-stream": (TCP_SCOPE,),
    "udp": (UDP_SCOPE,),
    "icmp": (ICMP_SCOPE, ICMPV6_SCOPE),
    "icmpv4": (ICMP_SCOPE,),
    "icmpv6": (ICMPV6_SCOPE,),
    "sctp": (SCTP_SCOPE,),
}
IP_VERSIONS: Final[dict[str, int]] = {"ip4": 4, "ipv4": 4, "ip6": 6, "ipv6": 6}


TRANSPORT_SCOPES: Final[dict[int, int]] = {TCP: TCP_SCOPE, UDP: UDP_SCOPE}
NOWHERE: Final[tuple[int, ...]] = ()


def scopes_of(rule: Rule) -> tuple[int, ...]:
    """Return where a rule looks: by its transport, or by those of the application that it names."""
    if rule.protocol in SCOPES:
        return SCOPES[rule.protocol]
    found: set[int] = set()
    for name in rule.app_protocols:
        for transport in BY_NAME[name].transports:
            found.add(TRANSPORT_SCOPES[transport])
    return tuple(sorted(found)) if found else NOWHERE


def scope_of(protocol: i64) -> i64:
    """Return the scope of an IP protocol number."""
    if protocol == TCP:
        return TCP_SCOPE
    if protocol == UDP:
        return UDP_SCOPE
    if protocol == ICMP:
        return ICMP_SCOPE
    if protocol == ICMPV6:
        return ICMPV6_SCOPE
    if protocol == SCTP:
        return SCTP_SCOPE
    return OTHER_SCOPE


@final
class Header:
    """The addresses and ports of the bytes under inspection, and whether a rule's header holds for them.

    Most packets are asked about ports only, so addresses are cut out of the packet when first needed.
    """

    def __init__(self) -> None:
        self.packet: Packet | None = None
        self.source = b""
        self.destination = b""
        self.source_port: i64 = 0
        self.destination_port: i64 = 0
        self.has_ports = False
        self.ip_version: i64 = 0

    def point_at_packet(self, packet: Packet) -> None:
        """Take the header of a packet."""
        self.packet = packet
        self.has_ports = packet.has_ports()
        self.source_port = packet.source_port
        self.destination_port = packet.destination_port
        self.ip_version = packet.ip_version

    def point_at_flow(self, flow: Flow, to_server: bool) -> None:
        """Take the header that packets of one side of a flow have."""
        self.packet = None
        self.has_ports = True
        self.ip_version = flow.ip_version
        self.source = flow.source if to_server else flow.destination
        self.destination = flow.destination if to_server else flow.source
        self.source_port = flow.source_port if to_server else flow.destination_port
        self.destination_port = flow.destination_port if to_server else flow.source_port

    def load(self) -> None:
        """Cut the addresses out of the packet, if that was not done."""
        packet = self.packet
        if packet is not None:
            self.source = packet.source()
            self.destination = packet.destination()
            self.packet = None

    def may_hold(self, rule: Rule) -> bool:
        """Return whether the rule's IP version and ports allow it to hold: cheaper than the addresses."""
        if rule.ip_version != 0 and rule.ip_version != self.ip_version:
            return False
        return (
            not rule.has_ports
            or self._ports_hold(rule, False)
            or (rule.is_bidirectional and self._ports_hold(rule, True))
        )

    def holds(self, rule: Rule) -> bool:
        """Return whether the rule's IP version, addresses and ports hold: in one direction or, for `<>`, either."""
        if rule.ip_version != 0 and rule.ip_version != self.ip_version:
            return False
        return self._holds(rule, False) or (rule.is_bidirectional and self._holds(rule, True))

    def _holds(self, rule: Rule, is_reversed: bool) -> bool:
        if rule.has_ports and not self._ports_hold(rule, is_reversed):
            return False
        if rule.source.is_any and rule.destination.is_any:
            return True
        self.load()
        if is_reversed:
            return rule.source.contains(self.destination) and rule.destination.contains(self.source)
        return rule.source.contains(self.source) and rule.destination.contains(self.destination)

    def _ports_hold(self, rule: Rule, is_reversed: bool) -> bool:
        if not self.has_ports:
            return False
        source_port = self.destination_port if is_reversed else self.source_port
        destination_port = self.source_port if is_reversed else self.destination_port
        return rule.source_ports.contains(source_port) and rule.destination_ports.contains(destination_port)
