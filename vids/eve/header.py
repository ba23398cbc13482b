"""The fields that records share, in the order the reference engine writes them."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from vids.config import EveLog
from vids.engine.event import Event
from vids.engine.rule.names import StateNames
from vids.eve.address import address_text, protocol_name
from vids.eve.community import community_id
from vids.eve.shape import TIME, Fields
from vids.eve.text import clean, printable
from vids.eve.timestamp import timestamp

Record = dict[str, object]  # one line of EVE; its fields in the order they are written

SIDE: Final = {"to_server", "to_client"}
ENDS: Final[Fields] = {"src_ip?": str, "src_port?": int, "dest_ip?": str, "dest_port?": int}
START: Final[Fields] = {"timestamp": TIME, "flow_id?": int, "pcap_cnt?": int, "event_type": str, "vlan?": [int], **ENDS}
METADATA: Final[Fields] = {
    "metadata?": {"flowbits?": [str], "flowints?": {"*": int}, "entropy?": {"*": float}},
    "community_id?": str,
}
APP_PROTOCOL: Final[Fields] = {
    "app_proto?": str, "app_proto_ts?": str, "app_proto_tc?": str, "app_proto_orig?": str,
}  # fmt: skip
TUNNEL: Final[Fields] = {
    "src_ip?": str, "src_port": int, "dest_ip?": str, "dest_port": int, "proto": str, "depth": int, "pcap_cnt?": int,
    "pkt_src": str,
}  # fmt: skip
PACKET: Final[Fields] = {
    **START, "proto?": str, "ip_v?": int, "icmp_type?": int, "icmp_code?": int, "pkt_src": str, **METADATA,
    "tunnel?": TUNNEL,
}  # fmt: skip


class Options(Struct, frozen=True):
    """What records are made with: the settings, and two tables that come with the rules."""

    log: EveLog = EveLog()
    reference_systems: dict[str, str] = {}  # URL prefix of each system that rules refer to (cve, url)
    names: StateNames = StateNames()  # of what the rules remember


def start(event: Event, event_type: str) -> Record:
    """Return a record with when, which flow, which packet, and what it is."""
    record: Record = {"timestamp": timestamp(event.timestamp_ns)}
    if event.flow is not None:
        record["flow_id"] = event.flow.id
    if event.number > 0:
        record["pcap_cnt"] = event.number
    record["event_type"] = event_type
    return record


def add_ends(record: Record, event: Event, options: Options) -> None:
    """Add between whom: VLANs, addresses and ports; whatever else is known of an end belongs here."""
    if event.vlans:
        record["vlan"] = list(event.vlans)
    if event.source:
        record["src_ip"] = address_text(event.source, options.log.ipv6_compress)
    if event.source_port >= 0:
        record["src_port"] = event.source_port
    if event.destination:
        record["dest_ip"] = address_text(event.destination, options.log.ipv6_compress)
    if event.destination_port >= 0:
        record["dest_port"] = event.destination_port


def add_icmp(record: Record, event: Event) -> None:
    """Add the ICMP type and code."""
    if event.icmp_type >= 0:
        record["icmp_type"] = event.icmp_type
    if event.icmp_code >= 0:
        record["icmp_code"] = event.icmp_code


def add_metadata(
    record: Record,
    flowbits: list[str],
    flowints: dict[str, int],
    entropy: dict[str, float] | None = None,
    flow_variables: dict[str, bytes] | None = None,
    packet_variables: dict[str, bytes] | None = None,
) -> None:
    """Add what rules remember of the flow, and of the packet."""
    metadata: Record = {}
    if flowbits:
        metadata["flowbits"] = [clean(name) for name in flowbits]
    if flowints:
        metadata["flowints"] = {clean(name): value for name, value in flowints.items()}
    for name, variables in (("flowvars", flow_variables), ("pktvars", packet_variables)):
        if variables:
            metadata[name] = [{clean(key): printable(value)} for key, value in variables.items()]
    if entropy:
        metadata["entropy"] = dict(entropy)
    if metadata:
        record["metadata"] = metadata


def add_community_id(record: Record, event: Event, options: Options) -> None:
    """Add the flow's Community ID."""
    if options.log.community_id and event.flow is not None:
        record["community_id"] = community_id(event.flow, options.log.community_id_seed)


def add_transaction(record: Record, number: int) -> None:
    """Add which transaction of its flow it is about."""
    if number >= 0:
        record["tx_id"] = number


def add_app_protocol(record: Record, names: tuple[str, str, str, str]) -> None:
    """Add the application protocol, and what each side alone looks like where it differs (Application.names)."""
    if not names[0]:
        return
    for field, name in zip(("app_proto", "app_proto_ts", "app_proto_tc", "app_proto_orig"), names, strict=True):
        if name:
            record[field] = name


def add_tunnel(record: Record, event: Event, options: Options) -> None:
    """Add the outermost packet around one from inside a tunnel."""
    tunnel = event.tunnel
    if tunnel is None:
        return
    said: Record = {}
    if tunnel.source:
        said["src_ip"] = address_text(tunnel.source, options.log.ipv6_compress)
    said["src_port"] = tunnel.source_port
    if tunnel.destination:
        said["dest_ip"] = address_text(tunnel.destination, options.log.ipv6_compress)
    said["dest_port"] = tunnel.destination_port
    said["proto"] = protocol_name(tunnel.protocol)
    said["depth"] = tunnel.depth
    if tunnel.number > 0:
        said["pcap_cnt"] = tunnel.number
    said["pkt_src"] = tunnel.packet_source
    record["tunnel"] = said


def packet_record(
    event: Event,
    event_type: str,
    options: Options,
    flowbits: list[str],
    flowints: dict[str, int] | None = None,
    entropy: dict[str, float] | None = None,
    flow_variables: dict[str, bytes] | None = None,
    packet_variables: dict[str, bytes] | None = None,
) -> Record:
    """Return the beginning of a record that a packet caused."""
    record = start(event, event_type)
    add_ends(record, event, options)
    if event.protocol >= 0 and event.ip_version:
        record["proto"] = protocol_name(event.protocol)
    if event.ip_version:
        record["ip_v"] = event.ip_version
    add_icmp(record, event)
    record["pkt_src"] = event.packet_source
    add_metadata(record, flowbits, flowints or {}, entropy, flow_variables, packet_variables)
    add_community_id(record, event, options)
    return record
