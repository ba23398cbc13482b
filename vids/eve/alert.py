"""The record of an alert."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from msgspec import Raw

from vids.config import AlertOutput
from vids.engine.event import Alert
from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import SCTP, TCP, UDP
from vids.engine.rule.rule import Rule
from vids.eve.address import address_text
from vids.eve.fileinfo import FILE, file_record
from vids.eve.header import (
    APP_PROTOCOL,
    PACKET,
    SIDE,
    Options,
    Record,
    add_app_protocol,
    add_transaction,
    add_tunnel,
    packet_record,
)
from vids.eve.shape import APPLICATIONS, TIME, Fields
from vids.eve.text import clean, printable
from vids.eve.timestamp import timestamp
from vids.eve.verdict import VERDICT, verdict_record

LINK_TYPES: Final = {  # names of www.tcpdump.org/linktypes.html, as far as frames of them are decoded
    0: "NULL", 1: "EN10MB", 9: "PPP", 12: "RAW", 50: "PPP_SERIAL", 51: "PPP_ETHER", 101: "RAW", 104: "C_HDLC",
    108: "LOOP", 113: "LINUX_SLL", 228: "IPv4", 229: "IPv6", 276: "LINUX_SLL2",
}  # fmt: skip


END: Final[Fields] = {"ip?": str, "port?": int}
RULE: Final[Fields] = {
    "action": {"allowed", "blocked"}, "gid": int, "signature_id": int, "rev": int, "signature": str, "category": str,
    "severity": int, "source?": END, "target?": END, "references?": [str], "metadata?": {"*": [str]},
    "context?": {"*": object}, "rule?": str,
}  # fmt: skip
FRAME: Final[Fields] = {"packet": str, "packet_info": {"linktype": int, "linktype_name": str}}
ALERT: Final[Fields] = {
    **PACKET, "tx_id?": int, "alert": RULE, "ts_progress?": str, "tc_progress?": str, "tx_guessed?": bool,
    **APPLICATIONS, "files?": [FILE], **APP_PROTOCOL, "direction?": SIDE,
    "flow?": {
        "pkts_toserver": int, "pkts_toclient": int, "bytes_toserver": int, "bytes_toclient": int, "start": TIME,
        "src_ip": str, "dest_ip": str, "src_port?": int, "dest_port?": int,
    },
    "payload?": str, "payload_length?": int, "payload_printable?": str, "stream?": int,
    "packet?": FRAME["packet"], "packet_info?": FRAME["packet_info"], "verdict?": VERDICT,
}  # fmt: skip


def alert_record(alert: Alert, options: Options) -> Record:
    """Return what a rule said of a packet."""
    wanted = options.log.types.alert
    if wanted.metadata.flow:
        variables = alert.flow_variables, alert.packet_variables
        record = packet_record(alert, "alert", options, alert.flowbits, alert.flowints, alert.entropy, *variables)
    else:
        record = packet_record(alert, "alert", options, [])
    add_transaction(record, alert.transaction_number)
    record["alert"] = rule_record(alert, options)
    add_tunnel(record, alert, options)
    for name, state in zip(("ts_progress", "tc_progress"), alert.progress, strict=True):
        if state:
            record[name] = state
    if alert.application is not None and wanted.metadata.app_layer:
        name, fields = alert.application
        if alert.is_guessed:
            record["tx_guessed"] = True
        record[name] = fields
    if alert.files and wanted.metadata.app_layer:
        record["files"] = [file_record(facts) for facts in alert.files]
    add_app_protocol(record, alert.app_names)
    if alert.has_direction:
        record["direction"] = "to_server" if alert.to_server else "to_client"
    if wanted.metadata.flow and alert.flow is not None:
        record["flow"] = _flow(alert, alert.flow, options)
    _add_payload(record, alert, wanted)
    if wanted.packet and alert.packet:
        add_frame(record, alert.packet, alert.link_type)
    if wanted.verdict and alert.verdict is not None:
        record["verdict"] = verdict_record(alert.verdict, alert.protocol)
    return record


def rule_record(alert: Alert, options: Options) -> Record:
    """Return what the rule of an alert says, and what it did."""
    rule = alert.rule
    wanted = options.log.types.alert.metadata.rule
    said: Record = {
        "action": "blocked" if alert.is_blocked else "allowed",
        "gid": rule.gid,
        "signature_id": rule.sid,
        "rev": rule.rev,
        "signature": clean(rule.msg),
        "category": clean(rule.category),
        "severity": rule.priority,
    }
    if rule.target in ("src_ip", "dest_ip"):
        source = _end(alert.source, alert.source_port, options)
        destination = _end(alert.destination, alert.destination_port, options)
        is_source = rule.target == "src_ip"
        said["source"] = destination if is_source else source
        said["target"] = source if is_source else destination
    if wanted.reference and rule.references:
        said["references"] = [_reference(kind, value, options) for kind, value in rule.references]
    if wanted.metadata and rule.metadata:
        said["metadata"] = _metadata(rule)
    if alert.context or alert.captured:
        captured = {clean(key): printable(value) for key, value in alert.captured.items()}
        said["context"] = {clean(key): Raw(json) for key, json in alert.context.items()} | captured
    if wanted.raw:
        said["rule"] = clean(rule.text)
    return said


def _end(address: bytes, port: int, options: Options) -> Record:
    end: Record = {"ip": address_text(address, options.log.ipv6_compress)} if address else {}
    if port >= 0:
        end["port"] = port
    return end


def _metadata(rule: Rule) -> Record:
    return {clean(key): [clean(value) for value in values] for key, values in rule.metadata.items()}


def _reference(system: str, value: str, options: Options) -> str:
    """Return the URL that a reference stands for; as the rule wrote it where its system is unknown."""
    prefix = options.reference_systems.get(system.lower())
    return clean(f"{system},{value}" if prefix is None else prefix + value)


def _flow(alert: Alert, flow: Flow, options: Options) -> Record:
    """Return the flow as it was when the rule matched."""
    seen: Record = {
        "pkts_toserver": alert.packets_to_server,
        "pkts_toclient": alert.packets_to_client,
        "bytes_toserver": alert.bytes_to_server,
        "bytes_toclient": alert.bytes_to_client,
        "start": timestamp(flow.start_ns),
        "src_ip": address_text(flow.source, options.log.ipv6_compress),
        "dest_ip": address_text(flow.destination, options.log.ipv6_compress),
    }
    if flow.protocol in (TCP, UDP, SCTP):
        seen["src_port"] = flow.source_port
        seen["dest_port"] = flow.destination_port
    return seen


def _add_payload(record: Record, alert: Alert, wanted: AlertOutput) -> None:
    """Add what was inspected, as far as it is asked for and fits."""
    if not (wanted.payload or wanted.payload_printable or wanted.payload_length):
        return
    payload = alert.payload[: wanted.payload_buffer_size]
    if wanted.payload and payload:
        record["payload"] = b64encode(payload).decode("ascii")
    if wanted.payload_length:
        record["payload_length"] = len(alert.payload)
    if wanted.payload_printable and payload:
        record["payload_printable"] = printable(payload)
    record["stream"] = int(alert.is_stream)


def add_frame(record: Record, frame: bytes, link_type: int) -> None:
    """Add a packet as it was captured."""
    record["packet"] = b64encode(frame).decode("ascii")
    record["packet_info"] = {"linktype": link_type, "linktype_name": LINK_TYPES.get(link_type, "unknown")}
