"""A rule's header: action, protocol, both ends and the direction (Suricata user guide, rules, intro)."""

from __future__ import annotations

from typing import Final, final

from vids.engine.packet.packet import TCP, UDP
from vids.engine.proto.table import protocols_of
from vids.engine.rule.address import AddressParser
from vids.engine.rule.error import RuleError
from vids.engine.rule.hook import place_hook
from vids.engine.rule.port import PortParser
from vids.engine.rule.rule import Rule
from vids.engine.rule.text import Field, nearest, short

FORM: Final = "action protocol source port -> destination port (options)"
N_FIELDS: Final = 7

ACTIONS: Final = ("alert", "pass", "drop", "reject", "rejectsrc", "rejectdst", "rejectboth", "config")

# Below the applications: matched on packets and streams.
PROTOCOLS: Final = (
    "ip", "ip4", "ipv4", "ip6", "ipv6", "tcp", "tcp-pkt", "tcp-stream", "udp", "icmp", "icmpv4", "icmpv6", "sctp",
    "pkthdr",
)  # fmt: skip
WAITING_PROTOCOLS: Final = (
    "igmp", "ether", "arp",  # of packets; the others are applications, and wait while proto/table.py lacks them
    "http", "http1", "http2", "tls", "ssl", "quic", "dns", "doh2", "mdns", "llmnr", "smb", "dcerpc", "nfs", "ftp",
    "ftp-data", "tftp", "ssh", "smtp", "imap", "pop3", "dhcp", "ntp", "snmp", "ldap", "krb5", "ike", "ikev2", "rdp",
    "rfb", "sip", "telnet", "mqtt", "websocket", "pgsql", "modbus", "dnp3", "enip", "bittorrent-dht",
)  # fmt: skip


@final
class HeaderParser:
    """Reads headers; `address_groups` and `port_groups` are the variables, by name without `$`."""

    def __init__(self, address_groups: dict[str, str], port_groups: dict[str, str]) -> None:
        self.addresses = AddressParser(address_groups)
        self.ports = PortParser(port_groups)

    def parse(self, fields: list[Field], rule: Rule) -> list[RuleError]:
        """Fill in the header of `rule`; return all that is wrong with it."""
        if len(fields) != N_FIELDS:
            column = fields[-1].column if fields else 1
            return [RuleError(f"the header has {len(fields)} fields, not {N_FIELDS} (expected {FORM})", "", column)]
        problems: list[RuleError] = []
        for at, field in enumerate(fields):
            try:
                self._field(at, field.text, rule)
            except RuleError as error:
                error.column = field.column
                problems.append(error)
        rule.has_ports = not (rule.source_ports.is_any and rule.destination_ports.is_any)
        return problems

    def _field(self, at: int, text: str, rule: Rule) -> None:
        if at == 0:
            _set_action(text, rule)
        elif at == 1:
            _set_protocol(text, rule)
        elif at == 2:
            rule.source = self.addresses.parse(text)
        elif at == 3:
            rule.source_ports = self.ports.parse(text)
        elif at == 4:
            _set_direction(text, rule)
        elif at == 5:
            rule.destination = self.addresses.parse(text)
        else:
            rule.destination_ports = self.ports.parse(text)


def _set_action(text: str, rule: Rule) -> None:
    action = text.lower()
    if action not in ACTIONS:
        remedy = nearest(action, ACTIONS) or f" (expected one of: {', '.join(ACTIONS)})"
        raise RuleError(f"{short(text)} is not an action{remedy}")
    rule.action = action


def _set_protocol(text: str, rule: Rule) -> None:
    name = text.lower()
    protocol, colon, hook = name.partition(":")
    if protocol not in PROTOCOLS and protocol not in WAITING_PROTOCOLS:
        remedy = nearest(protocol, PROTOCOLS + WAITING_PROTOCOLS) or " (expected tcp, udp, ip, http, dns, tls ...)"
        raise RuleError(f"{short(text)} is not a protocol{remedy}")
    rule.protocol = protocol
    if protocol == "tcp-pkt" or protocol == "tcp-stream" or protocol == "tcp":
        rule.transport = TCP
    elif protocol == "udp":
        rule.transport = UDP
    if colon and not hook:
        raise RuleError(f"{short(text)} names no hook behind the colon (tls:client_hello_done, or tls alone)")
    if protocol in WAITING_PROTOCOLS:
        known = protocols_of(protocol)
        rule.app_protocols = [one.name for one in known]
        if not known:
            rule.waiting.append(f"protocol {protocol}")
        elif colon:
            place_hook(rule, known, protocol, hook)
        return
    if colon:
        place_hook(rule, [], protocol, hook)
    if protocol in {"ip4", "ipv4", "icmpv4"}:
        rule.ip_version = 4
    elif protocol in {"ip6", "ipv6", "icmpv6"}:
        rule.ip_version = 6
    elif protocol == "tcp-pkt":
        rule.needs_packet = True
    elif protocol == "tcp-stream":
        rule.needs_stream = True


def _set_direction(text: str, rule: Rule) -> None:
    if text == "<>":
        rule.is_bidirectional = True
    elif text == "=>":
        rule.is_exchange = True
    elif text == "<-":
        raise RuleError("`<-` is not a direction (swap both ends and write `->`)")
    elif text != "->":
        raise RuleError(f"{short(text)} is not a direction (expected ->, <> or => in {FORM})")
