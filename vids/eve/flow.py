"""The record of a flow that ended."""

from __future__ import annotations

from typing import Final

from vids.engine.event import FlowEnd
from vids.engine.flow import session
from vids.engine.flow.flow import STATE_NAMES, Flow
from vids.engine.packet.packet import ACK, CWR, ECE, FIN, PSH, RST, SYN, TCP, URG
from vids.eve.address import protocol_name
from vids.eve.header import (
    APP_PROTOCOL,
    METADATA,
    START,
    Options,
    Record,
    add_app_protocol,
    add_community_id,
    add_ends,
    add_metadata,
    start,
)
from vids.eve.shape import TIME, Fields
from vids.eve.timestamp import NS, timestamp

TCP_FLAGS: Final = (
    (SYN, "syn"), (FIN, "fin"), (RST, "rst"), (PSH, "psh"), (ACK, "ack"), (URG, "urg"), (ECE, "ecn"), (CWR, "cwr"),
)  # fmt: skip

MIDSTREAM: Final = ("stream_midstream", "ignore")  # the exception that was let go, and its policy

FLOW: Final[Fields] = {
    "pkts_toserver": int, "pkts_toclient": int, "bytes_toserver": int, "bytes_toclient": int, "start": TIME,
    "end": TIME, "age": int, "state": set(STATE_NAMES), "reason": str, "alerted": bool, "tx_cnt?": int,
    "action?": {"drop", "pass"},
    "exception_policy?": [{"target": str, "policy": str}],
}  # fmt: skip
TCP_STATE: Final[Fields] = {
    "tcp_flags": str, "tcp_flags_ts": str, "tcp_flags_tc": str, **{f"{name}?": bool for _, name in TCP_FLAGS},
    "state?": set(session.STATE_NAMES), "tc_gap?": bool, "ts_gap?": bool,
    "ts_max_regions?": int, "tc_max_regions?": int,
}  # fmt: skip
FLOW_END: Final[Fields] = {
    **START, "ip_v": int, "proto": str, "icmp_type?": int, "icmp_code?": int, "response_icmp_type?": int,
    "response_icmp_code?": int, **APP_PROTOCOL, "flow": FLOW, **METADATA, "tcp?": TCP_STATE,
}  # fmt: skip


def flow_record(event: FlowEnd, options: Options) -> Record | None:
    """Return the flow's whole story; `src_ip` is the side that began it."""
    flow = event.flow
    if flow is None:
        return None
    record = start(event, "flow")
    add_ends(record, event, options)
    record["ip_v"] = flow.ip_version
    record["proto"] = protocol_name(flow.protocol)
    _add_icmp(record, flow)
    if flow.app is not None:
        add_app_protocol(record, flow.app.names())
    record["flow"] = _flow(flow)
    names = options.names
    flowbits = [names.flowbits.name(number) for number in sorted(flow.bits or ())]
    flowints = {names.flowints.name(number): value for number, value in (flow.ints or {}).items()}
    add_metadata(record, flowbits, flowints, flow.entropy, flow.variables)
    add_community_id(record, event, options)
    if flow.protocol == TCP:
        record["tcp"] = _tcp(flow)
    return record


def _add_icmp(record: Record, flow: Flow) -> None:
    """Add type and code of the first packet each way."""
    if flow.icmp_type >= 0:
        record["icmp_type"] = flow.icmp_type
        record["icmp_code"] = flow.icmp_code
    if flow.response_icmp_type >= 0:
        record["response_icmp_type"] = flow.response_icmp_type
        record["response_icmp_code"] = flow.response_icmp_code


def _flow(flow: Flow) -> Record:
    ended: Record = {
        "pkts_toserver": flow.packets_to_server,
        "pkts_toclient": flow.packets_to_client,
        "bytes_toserver": flow.bytes_to_server,
        "bytes_toclient": flow.bytes_to_client,
        "start": timestamp(flow.start_ns),
        "end": timestamp(flow.last_ns),
        "age": flow.last_ns // NS - flow.start_ns // NS,  # between the seconds, as the reference engine counts
        "state": STATE_NAMES[flow.state],
        "reason": flow.end_reason or "unknown",
        "alerted": flow.is_alerted,
    }
    if flow.app is not None and flow.app.n_transactions:
        ended["tx_cnt"] = flow.app.n_transactions
    if flow.is_dropped or flow.is_passed:
        ended["action"] = "drop" if flow.is_dropped else "pass"
    exceptions = flow.exceptions or ((MIDSTREAM,) if _lacks_handshake(flow) else ())
    if exceptions:
        ended["exception_policy"] = [{"target": target, "policy": policy} for target, policy in exceptions]
    return ended


def _lacks_handshake(flow: Flow) -> bool:
    """Return whether this is a connection of which nobody saw the beginning."""
    tcp = flow.tcp
    if tcp is None:
        return False
    seen = tcp.flags_to_server | tcp.flags_to_client
    return tcp.is_midstream or (seen != 0 and seen & SYN == 0)


def _tcp(flow: Flow) -> Record:
    """Return the connection; of one that was not picked up nothing is known."""
    tcp = flow.tcp if flow.tcp is not None and flow.tcp.state != session.NONE else None
    to_server = tcp.flags_to_server if tcp is not None else 0
    to_client = tcp.flags_to_client if tcp is not None else 0
    seen = to_server | to_client
    said: Record = {
        "tcp_flags": f"{seen:02x}",
        "tcp_flags_ts": f"{to_server:02x}",
        "tcp_flags_tc": f"{to_client:02x}",
    }
    for bit, name in TCP_FLAGS:
        if seen & bit:
            said[name] = True
    if tcp is not None:
        if tcp.state != session.NONE:
            said["state"] = session.STATE_NAMES[tcp.state]
        if tcp.server.gaps:
            said["tc_gap"] = True
        if tcp.client.gaps:
            said["ts_gap"] = True
        said["ts_max_regions"] = tcp.client.max_regions
        said["tc_max_regions"] = tcp.server.max_regions
    return said
