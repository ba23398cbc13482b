"""Each record as a whole: its fields, their order and their types."""

import struct

import eve_event
import pytest
from eve_event import SECOND, START_NS, alert, anomaly, drop, flow_end, icmp_flow, rule, tcp_flow, verdict
from msgspec.structs import replace

from vids.config import (
    AlertMetadata,
    AlertOutput,
    AnomalyKinds,
    AnomalyOutput,
    DropOutput,
    EveLog,
    EveTypes,
    RuleOutput,
)
from vids.engine.flow.session import ESTABLISHED, TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.rule.names import StateNames
from vids.eve.alert import alert_record
from vids.eve.anomaly import anomaly_record
from vids.eve.drop import drop_record
from vids.eve.flow import flow_record
from vids.eve.header import Options
from vids.eve.stats import Load, Replay, stats_record

PLAIN = Options(EveLog(community_id=False))


def options(alerts=None, anomalies=None, drops=None, **log) -> Options:
    types = EveTypes(alerts or AlertOutput(), anomalies or AnomalyOutput(), drops or DropOutput())
    return Options(EveLog(types=types, **log), {"cve": "https://cve.example/"})


def same(record, wanted):
    """Compare with the order of the fields, at every depth."""
    assert record == wanted
    assert str(record) == str(wanted)


ENDS = {"src_ip": "10.0.0.1", "src_port": 1025, "dest_ip": "192.168.1.2", "dest_port": 80}
BACK = {"src_ip": "192.168.1.2", "src_port": 80, "dest_ip": "10.0.0.1", "dest_port": 1025}
ALERT = {
    "action": "allowed",
    "gid": 1,
    "signature_id": 1000001,
    "rev": 3,
    "signature": "VIDS test",
    "category": "A Network Trojan was detected",
    "severity": 1,
}
ALERT_FLOW = {
    "pkts_toserver": 2,
    "pkts_toclient": 1,
    "bytes_toserver": 200,
    "bytes_toclient": 60,
    "start": "2023-11-14T22:13:20.250000+0000",
    "src_ip": "10.0.0.1",
    "dest_ip": "192.168.1.2",
    "src_port": 1025,
    "dest_port": 80,
}


def test_alert():
    wanted = {
        "timestamp": "2023-11-14T22:13:21.250000+0000",
        "flow_id": 1234567890123456,
        "pcap_cnt": 7,
        "event_type": "alert",
        **ENDS,
        "proto": "TCP",
        "ip_v": 4,
        "pkt_src": "wire/pcap",
        "alert": ALERT,
        "direction": "to_server",
        "flow": ALERT_FLOW,
    }
    same(alert_record(alert(tcp_flow()), PLAIN), wanted)


def test_alert_on_an_answer_names_the_packet_s_ends_and_the_flow_s_initiator():
    record = alert_record(alert(tcp_flow(), to_server=False), PLAIN)
    assert {name: record[name] for name in BACK} == BACK
    assert record["direction"] == "to_client"
    assert record["flow"] == ALERT_FLOW


def test_alert_of_a_ping_in_two_vlans():
    flow = icmp_flow()
    flow.vlans = (100, 7)
    record = alert_record(alert(flow), PLAIN)
    assert list(record) == [
        "timestamp", "flow_id", "pcap_cnt", "event_type", "vlan", "src_ip", "dest_ip", "proto", "ip_v", "icmp_type",
        "icmp_code", "pkt_src", "alert", "direction", "flow",
    ]  # fmt: skip
    assert (record["vlan"], record["proto"], record["icmp_type"], record["icmp_code"]) == ([100, 7], "ICMP", 8, 0)
    assert "src_port" not in record["flow"]


def test_alert_without_a_flow_and_without_ip():
    record = alert_record(alert(None), options())
    assert list(record) == ["timestamp", "pcap_cnt", "event_type", "pkt_src", "alert"]


def test_alert_of_a_pseudo_packet():
    event = alert(tcp_flow())
    event.number, event.packet_source = 0, "stream (flow timeout)"
    record = alert_record(event, PLAIN)
    assert "pcap_cnt" not in record
    assert record["pkt_src"] == "stream (flow timeout)"


def test_blocked_alert():
    event = alert(tcp_flow())
    event.is_blocked = True
    assert alert_record(event, PLAIN)["alert"]["action"] == "blocked"


TARGETS = [
    # target      source                                target
    ("dest_ip",   {"ip": "10.0.0.1", "port": 1025},     {"ip": "192.168.1.2", "port": 80}),
    ("src_ip",    {"ip": "192.168.1.2", "port": 80},    {"ip": "10.0.0.1", "port": 1025}),
]  # fmt: skip


@pytest.mark.parametrize(("target", "source", "aim"), TARGETS)
def test_target(target, source, aim):
    found = rule()
    found.target = target
    same(alert_record(alert(tcp_flow(), of=found), PLAIN)["alert"], ALERT | {"source": source, "target": aim})


def test_what_an_alert_carries_of_its_rule():
    found = rule()
    found.metadata = {"severity": ["high"], "tag": ["a", "b"]}
    found.references = [("cve", "2017-0144"), ("URL", "example.org")]
    wanted = options(AlertOutput(metadata=AlertMetadata(rule=RuleOutput(raw=True, reference=True))))
    record = alert_record(alert(tcp_flow(), of=found), wanted)
    more = {
        "references": ["https://cve.example/2017-0144", "URL,example.org"],
        "metadata": {"severity": ["high"], "tag": ["a", "b"]},
        "rule": found.text,
    }
    same(record["alert"], ALERT | more)
    nothing = options(AlertOutput(metadata=AlertMetadata(rule=RuleOutput(metadata=False))))
    same(alert_record(alert(tcp_flow(), of=found), nothing)["alert"], ALERT)


def test_flowbits_and_flow_are_metadata():
    event = alert(tcp_flow())
    event.flowbits = ["seen.login", "x"]
    event.flowints = {"n": 7}
    assert alert_record(event, PLAIN)["metadata"] == {"flowbits": ["seen.login", "x"], "flowints": {"n": 7}}
    record = alert_record(event, options(AlertOutput(metadata=AlertMetadata(flow=False))))
    assert "metadata" not in record
    assert "flow" not in record


PAYLOADS = [
    # settings                                              fields that they add
    (AlertOutput(),                                         {}),
    (AlertOutput(payload=True),                             {"payload": "R0VUIC8NCgD/", "stream": 1}),
    (AlertOutput(payload_length=True),                      {"payload_length": 9, "stream": 1}),
    (AlertOutput(payload_printable=True),                   {"payload_printable": "GET /\r\n..", "stream": 1}),
    (AlertOutput(payload_printable=True, payload_length=True, payload_buffer_size=3),
                                                    {"payload_length": 9, "payload_printable": "GET", "stream": 1}),
    (AlertOutput(packet=True),          {"packet": "AAE=", "packet_info": {"linktype": 1, "linktype_name": "EN10MB"}}),
    (AlertOutput(verdict=True),                             {"verdict": {"action": "drop"}}),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "fields"), PAYLOADS)
def test_payload_packet_and_verdict_on_demand(wanted, fields):
    event = alert(tcp_flow())
    event.payload, event.is_stream = b"GET /\r\n\x00\xff", True
    event.packet, event.link_type, event.verdict = b"\x00\x01", 1, verdict("drop")
    record = alert_record(event, options(wanted))
    without = alert_record(event, options())
    same({name: record[name] for name in record if name not in without}, fields)


def test_no_payload():
    record = alert_record(alert(tcp_flow()), options(AlertOutput(payload=True, payload_length=True)))
    assert "payload" not in record
    assert (record["payload_length"], record["stream"]) == (0, 0)


VERDICTS = [
    # action   rejected to   protocol   record
    ("alert",  "",           6,         {"action": "alert"}),
    ("pass",   "",           6,         {"action": "pass"}),
    ("drop",   "",           6,         {"action": "drop"}),
    ("drop",   "c",          6,         {"action": "drop", "reject_target": "to_client", "reject": ["tcp-reset"]}),
    ("drop",   "s",          17,        {"action": "drop", "reject_target": "to_server", "reject": ["icmp-prohib"]}),
    ("alert",  "cs",         1,         {"action": "alert", "reject_target": "both", "reject": ["icmp-prohib"]}),
]  # fmt: skip


@pytest.mark.parametrize(("action", "rejected", "protocol", "wanted"), VERDICTS)
def test_verdict(action, rejected, protocol, wanted):
    event = alert(tcp_flow(protocol))
    event.verdict = verdict(action, rejected)
    same(alert_record(event, options(AlertOutput(verdict=True)))["verdict"], wanted)


IP4 = struct.pack(">BBHHHBBH4s4s", 0x45, 4, 44, 7, 0, 63, 6, 0, bytes(4), bytes(4))
IP6 = struct.pack(">IHBB32s", 6 << 28 | 0x0A << 20 | 0x12345, 24, 17, 61, bytes(32))
OF_IP4 = {"len": 44, "tos": 4, "ttl": 63, "ipid": 7}
OF_IP6 = {"len": 24, "tc": 10, "hoplimit": 61, "flowlbl": 0x12345}
OF_TCP = {
    "tcpseq": 9, "tcpack": 8, "tcpwin": 7, "syn": False, "ack": True, "psh": True, "rst": False, "urg": False,
    "fin": False, "tcpres": 1, "tcpurgp": 6,
}  # fmt: skip

TCP_HEADER = struct.pack(">HHIIBBHHH", 1, 2, 9, 8, 0x51, 0x18, 7, 0, 6)
UDP_HEADER = struct.pack(">HHHH", 1, 2, 24, 0)
ECHO = b"\x08\0\0\0\0\1\0\2"
OF_ECHO = {"icmp_id": 1, "icmp_seq": 2}

DROPS = [
    # protocol   IP header   transport header         fields
    (6,          IP4,        TCP_HEADER,              OF_IP4 | OF_TCP),
    (6,          IP4,        b"",                     OF_IP4),
    (17,         IP6,        UDP_HEADER + bytes(12),  OF_IP6 | {"udplen": 24}),
    (17,         IP6,        bytes(7),                OF_IP6),
    (1,          IP4,        ECHO,                    OF_IP4 | OF_ECHO),
    (58,         IP6,        ECHO,                    OF_IP6 | OF_ECHO),
    (132,        IP4,        bytes(12),               OF_IP4),
    (-1,         b"",        b"",                     {}),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "header", "transport", "fields"), DROPS)
def test_drop(protocol, header, transport, fields):
    event = drop("rules")
    event.protocol, event.header, event.transport = protocol, header, transport
    same(drop_record(event, options())["drop"], fields | {"reason": "rules"})


def test_drop_says_which_rule_wanted_it_and_what_became_of_it():
    blocked = alert(tcp_flow())
    blocked.is_blocked = True
    event = drop("rules", blocked, tcp_flow())
    record = drop_record(event, options(drops=DropOutput(verdict=True)))
    assert list(record)[-4:] == ["direction", "drop", "verdict", "alert"]
    assert (record["event_type"], record["direction"]) == ("drop", "to_server")
    assert (record["alert"]["action"], record["alert"]["signature_id"]) == ("blocked", 1000001)
    assert record["verdict"] == {"action": "drop"}
    plain = drop_record(event, options(drops=DropOutput(alerts=False)))
    assert "alert" not in plain
    assert "verdict" not in plain


def test_drops_of_one_flow_are_reported_once_each_way_or_all():
    event = drop("flow drop")
    event.is_repeated = True
    assert drop_record(event, options()) is None
    assert drop_record(event, options(drops=DropOutput(flows="all")))["drop"]["reason"] == "flow drop"


FLOW = {
    "timestamp": "2023-11-14T22:13:22.250000+0000",
    "flow_id": 1234567890123456,
    "event_type": "flow",
    **ENDS,
    "ip_v": 4,
    "proto": "TCP",
    "flow": {
        "pkts_toserver": 5,
        "pkts_toclient": 4,
        "bytes_toserver": 500,
        "bytes_toclient": 4000,
        "start": "2023-11-14T22:13:20.250000+0000",
        "end": "2023-11-14T22:13:22.250000+0000",
        "age": 2,
        "state": "established",
        "reason": "timeout",
        "alerted": False,
    },
}


def test_flow_of_tcp():
    flow = tcp_flow()
    flow.tcp = TcpSession(Stream(0), Stream(0))
    flow.tcp.state = ESTABLISHED
    flow.tcp.flags_to_server, flow.tcp.flags_to_client = 0x1B, 0xD6
    tcp = {"tcp_flags": "df", "tcp_flags_ts": "1b", "tcp_flags_tc": "d6"}
    tcp |= dict.fromkeys(("syn", "fin", "rst", "psh", "ack", "ecn", "cwr"), True) | {"state": "established"}
    tcp |= {"ts_max_regions": 1, "tc_max_regions": 1}
    same(flow_record(flow_end(flow), PLAIN), FLOW | {"tcp": tcp})


def test_flow_of_tcp_that_was_not_picked_up():
    tcp = {"tcp_flags": "00", "tcp_flags_ts": "00", "tcp_flags_tc": "00"}
    flow = tcp_flow()
    same(flow_record(flow_end(flow), PLAIN), FLOW | {"tcp": tcp})
    flow.tcp = TcpSession(Stream(0), Stream(0))
    flow.tcp.flags_to_server = 0x10
    ended = FLOW["flow"] | {"exception_policy": [{"target": "stream_midstream", "policy": "ignore"}]}
    same(flow_record(flow_end(flow), PLAIN), FLOW | {"flow": ended, "tcp": tcp})


def test_flow_with_gaps():
    flow = tcp_flow()
    flow.tcp = TcpSession(Stream(0), Stream(0))
    flow.tcp.state = ESTABLISHED
    flow.tcp.client.gaps = 1
    assert flow_record(flow_end(flow), PLAIN)["tcp"]["ts_gap"] is True
    assert "tc_gap" not in flow_record(flow_end(flow), PLAIN)["tcp"]
    flow.tcp.server.gaps = 2
    assert flow_record(flow_end(flow), PLAIN)["tcp"]["tc_gap"] is True


def test_flow_of_icmp():
    record = flow_record(flow_end(icmp_flow()), options())
    assert list(record) == [
        "timestamp", "flow_id", "event_type", "src_ip", "dest_ip", "ip_v", "proto", "icmp_type", "icmp_code",
        "response_icmp_type", "response_icmp_code", "flow", "community_id",
    ]  # fmt: skip


def test_flow_with_flowbits_and_flowints():
    names = StateNames()
    flow = tcp_flow(17)
    flow.bits = {names.flowbits.number("b"), names.flowbits.number("a")}
    flow.ints = {names.flowints.number("seen"): 3}
    record = flow_record(flow_end(flow), replace(PLAIN, names=names))
    same(record, FLOW | {"proto": "UDP", "metadata": {"flowbits": ["b", "a"], "flowints": {"seen": 3}}})


AGES = [(0, 0, 0), (100, 900, 0), (900, 1100, 1), (999, 3000, 3)]  # start ms, end ms, age s


@pytest.mark.parametrize(("start_ms", "end_ms", "age"), AGES)
def test_age_is_between_the_seconds(start_ms, end_ms, age):
    flow = tcp_flow(17)
    base = START_NS // SECOND * SECOND
    flow.start_ns, flow.last_ns = base + start_ms * 1_000_000, base + end_ms * 1_000_000
    assert flow_record(flow_end(flow), PLAIN)["flow"]["age"] == age


ACTIONS = [(False, False, None), (True, False, "pass"), (False, True, "drop"), (True, True, "drop")]


@pytest.mark.parametrize(("is_passed", "is_dropped", "action"), ACTIONS)
def test_flow_action(is_passed, is_dropped, action):
    flow = tcp_flow(17)
    flow.is_passed, flow.is_dropped = is_passed, is_dropped
    assert flow_record(flow_end(flow), PLAIN)["flow"].get("action") == action


def test_community_id_stands_in_every_record_of_a_flow():
    flow = tcp_flow()
    on = AnomalyOutput(types=AnomalyKinds(decode=True))
    records = [
        alert_record(alert(flow), options()),
        alert_record(alert(flow, to_server=False), options()),
        flow_record(flow_end(flow), options()),
        anomaly_record(anomaly("decode", "tcp.opt_invalid_len", flow), options(anomalies=on)),
    ]
    assert len({record["community_id"] for record in records}) == 1
    seeded = alert_record(alert(flow), options(community_id_seed=7))["community_id"]
    assert seeded.startswith("1:")
    assert seeded != records[0]["community_id"]


ANOMALIES = [
    # kind        name in the engine                 event
    ("decode",    "ipv4.trunc_pkt",                  "decoder.ipv4.trunc_pkt"),
    ("decode",    "decoder.ipv4.trunc_pkt",          "decoder.ipv4.trunc_pkt"),
    ("stream",    "stream.pkt_broken_ack",           "stream.pkt_broken_ack"),
    ("stream",    "pkt_broken_ack",                  "stream.pkt_broken_ack"),
    ("applayer",  "INVALID_BDAT",                    "INVALID_BDAT"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "event"), ANOMALIES)
def test_anomaly(kind, name, event):
    wanted = {
        "timestamp": "2023-11-14T22:13:20.250000+0000",
        "pcap_cnt": 9,
        "event_type": "anomaly",
        "pkt_src": "wire/pcap",
        "anomaly": {"type": kind, "event": event},
    }
    every = AnomalyOutput(types=AnomalyKinds(True, True, True))
    same(anomaly_record(anomaly(kind, name), options(anomalies=every)), wanted)
    none = AnomalyOutput(types=AnomalyKinds(False, False, False))
    assert anomaly_record(anomaly(kind, name), options(anomalies=none)) is None
    assert anomaly_record(anomaly(kind, name), options(anomalies=replace(every, enabled=False))) is None


COUNTERS = {"decoder.pkts": 3, "decoder.event.ipv4.trunc_pkt": 1, "decoder.ipv4": 0, "flow.total": 1, "detect.alert": 2}
ENGINES = [{"id": 0, "rules_loaded": 10, "rules_failed": 2, "rules_skipped": 3}]


def test_stats():
    wanted = {
        "timestamp": "2023-11-14T22:13:20.250000+0000",
        "event_type": "stats",
        "stats": {
            "uptime": 3,
            "decoder": {"pkts": 3, "event": {"ipv4": {"trunc_pkt": 1}}, "ipv4": 0},
            "flow": {"total": 1},
            "detect": {"engines": ENGINES, "alert": 2},
            "replay": {"load_seconds": 1.5, "packets_seconds": 2.0, "packets": 3, "bytes": 180},
        },
    }
    same(stats_record(START_NS, COUNTERS, Load(10, 2, 3, 1.5), Replay(3, 180, 2.0)), wanted)


def test_stats_without_decoder_events_and_without_a_replay():
    stats = stats_record(START_NS, COUNTERS, Load(10, 2, 3, 1.5), with_decoder_events=False)["stats"]
    assert stats["decoder"] == {"pkts": 3, "ipv4": 0}
    assert stats["uptime"] == 1
    assert "replay" not in stats


def test_stats_of_nothing():
    assert stats_record(0, {}, Load(0, 0, 0, 0.0))["stats"]["detect"]["engines"][0]["rules_loaded"] == 0


def test_a_counter_that_is_also_a_group_is_a_bug():
    with pytest.raises(TypeError):
        stats_record(0, {"flow": 1, "flow.total": 2}, Load(0, 0, 0, 0.0))


def test_ipv6_in_full_unless_short_is_wanted():
    flow = eve_event.tcp_flow()
    flow.source = flow.destination = bytes(15) + b"\x01"
    flow.ip_version = 6
    assert flow_record(flow_end(flow), PLAIN)["src_ip"] == "0000:0000:0000:0000:0000:0000:0000:0001"
    record = alert_record(alert(flow), options(ipv6_compress=True))
    assert (record["src_ip"], record["dest_ip"], record["flow"]["src_ip"]) == ("::1", "::1", "::1")
