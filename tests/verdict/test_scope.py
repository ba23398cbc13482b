"""When a rule runs, and on what: once per side of a flow, at every packet, on packets that are malformed."""

import struct

import pytest
from verdict_run import Run, connection, icmp, ip, tcp, udp

ONCE = ["1:1", "2:1"]  # per side
EACH = [f"{n}:1" for n in range(1, 9)]
TO_SERVER = ["1:1", "3:1", "4:1", "6:1", "8:1"]

WHEN = [
    # rule                                                                       alerts in a connection of 8 packets
    ("alert ip any any -> any any (sid:1;)",                                     ONCE),
    ("alert tcp any any -> any 80 (sid:1;)",                                     ["1:1"]),
    ("alert tcp any any <> any 80 (sid:1;)",                                     ONCE),
    ("alert ip 10.0.0.2 any -> any any (sid:1;)",                                ["2:1"]),
    ("alert tcp-pkt any any -> any any (sid:1;)",                                ONCE),
    ("alert tcp-stream any any -> any any (sid:1;)",                             ONCE),
    ("alert pkthdr any any -> any any (sid:1;)",                                 ONCE),
    ("alert tcp any any -> any any (flow:no_stream; sid:1;)",                    ONCE),
    ("alert tcp any any -> any any (flow:only_stream; sid:1;)",                  ONCE),
    ("alert ip any any -> any any (ip_proto:6; sid:1;)",                         ONCE),
    ("alert ip any any -> any any (ip_proto:!17; sid:1;)",                       ONCE),
    ("alert ip any any -> any any (flowbits:set,seen; sid:1;)",                  ONCE),
    ("alert ip any any -> any any (xbits:isnotset,seen,track ip_src; sid:1;)",   ONCE),
    ("alert ip any any -> any any (hostbits:set,seen; sid:1;)",                  ONCE),
    ("alert ip any any -> any any (tag:session,1,packets; sid:1;)",              ONCE),
    ("alert ip any any -> any any (threshold:type threshold, track by_rule, count 1, seconds 9; sid:1;)", ONCE),
    ("alert ip any any -> any any (detection_filter:track by_rule, count 1, seconds 9; sid:1;)", ["2:1"]),
    ("alert ip !10.0.0.2 any -> any any (sid:1;)",                               TO_SERVER),
    ("alert ip [10.0.0.0/8,!10.0.0.2] any -> any any (sid:1;)",                  TO_SERVER),
    ("alert ip any any -> !10.0.0.1 any (ip_proto:6; sid:1;)",                   TO_SERVER),
    ("alert ip any any -> any any (flow:stateless; sid:1;)",                     EACH),
    ("alert ip any any -> any any (flow:to_server; sid:1;)",                     TO_SERVER),
    ("alert ip any any -> any any (ttl:64; sid:1;)",                             EACH),
    ("alert pkthdr any any -> any any (ttl:64; sid:1;)",                         EACH),
    ("alert ip any any -> any any (ip_proto:6; ttl:64; sid:1;)",                 EACH),
    ("alert ip any any -> any any (flowbits:isnotset,seen; sid:1;)",             EACH),
    ("alert ip any any -> any any (flowbits:unset,seen; sid:1;)",                EACH),
    ("alert icmp any any -> any any (sid:1;)",                                   []),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "alerts"), WHEN)
def test_when_a_rule_runs(rule, alerts):
    assert Run(connection(b"hello"), rule).told() == alerts


PORTS = [
    # header                           on TCP to 80  UDP to 53  ICMP   protocol 99
    ("alert ip any any -> any 80",     True,  False, False, False),
    ("alert ip any 1000 -> any any",   True,  True,  False, False),
    ("alert ip any any -> any !80",    False, True,  False, False),
    ("alert icmp any any -> any 80",   False, False, False, False),
    ("alert ip any any -> any any",    True,  True,  True,  True),
]  # fmt: skip


@pytest.mark.parametrize("option", ["", "ttl:64; "])
@pytest.mark.parametrize(("header", "on_tcp", "on_udp", "on_icmp", "on_other"), PORTS)
def test_a_rule_that_names_ports_holds_only_where_there_are_any(header, on_tcp, on_udp, on_icmp, on_other, option):
    frames = [tcp(0x02), udp(), icmp(), ip(b"abc", 99)]
    found = [bool(Run([frame], f"{header} ({option}sid:1;)").alerts) for frame in frames]
    assert found == [on_tcp, on_udp, on_icmp, on_other]


MIXED = """\
alert ip any any -> any any (sid:1;)
alert ip !1.1.1.1 any -> any any (sid:2;)
alert ip any any -> any any (ttl:64; sid:3;)
alert tcp any any -> any any (sid:4;)
alert tcp any any -> any any (ttl:64; sid:5;)
alert udp any any -> any any (ttl:64; sid:6;)
alert icmp any any -> any any (ttl:64; sid:7;)
alert ip any any -> any any (ip_proto:6; sid:8;)
alert ip any any -> any any (ip_proto:!6; ttl:64; sid:9;)
alert pkthdr any any -> any any (ttl:64; sid:10;)
alert ip any any -> any any (dsize:0; sid:11;)
alert tcp any any -> any any (flow:to_server; sid:12;)
alert tcp any any -> any any (flags:0; sid:13;)
alert tcp any any -> any any (seq:0; sid:14;)
alert ip any any -> any 0 (ttl:64; sid:15;)
alert ip any any -> any any (flow:stateless; sid:16;)
alert ip any any -> any any (flow:not_established; sid:17;)
alert ip any any -> any any (content:"ab"; sid:18;)
alert icmp any any -> any any (itype:8; sid:19;)
alert pkthdr any any -> any any (decode-event:EVENT; sid:20;)
alert ip any any -> any any (decode-event:EVENT; sid:21;)
alert tcp any any -> any any (decode-event:EVENT; sid:22;)
alert udp any any -> any any (decode-event:EVENT; sid:23;)
alert pkthdr 1.1.1.1 any -> any any (decode-event:EVENT; sid:24;)
"""
TCP = tcp(0x18, 1, 1, b"abab")[34:]
BAD_OPTIONS = b"\x07\xff\1\1"
MALFORMED = [
    # name                  frame                                             event                 sids
    ("short TCP",           ip(TCP[:12], 6),                                  "tcp.pkt_too_small",
     [1, 2, 3, 4, 5, 8, 10, 11, 12, 20, 21, 22]),
    ("TCP header too long", ip(TCP[:12] + b"\xf0" + TCP[13:], 6),             "tcp.hlen_too_small",
     [1, 2, 3, 4, 5, 8, 10, 11, 12, 20, 21, 22]),
    ("short UDP",           ip(b"abab", 17),                                  "udp.hlen_too_small",
     [1, 2, 3, 6, 9, 10, 11, 20, 21, 23]),
    ("UDP length",          ip(struct.pack(">HHHH", 1, 2, 99, 0) + b"ab", 17), "udp.pkt_too_small",
     [1, 2, 3, 6, 9, 10, 11, 20, 21, 23]),
    ("short ICMP",          ip(b"\x08\0\0\0", 1),                             "icmpv4.pkt_too_small",
     [1, 2, 3, 7, 9, 10, 11, 20, 21]),
    ("IP options",          ip(TCP, 6, options=BAD_OPTIONS),                  "ipv4.opt_invalid_len",
     [1, 20, 21, 24]),
    ("cut IP",              ip(TCP, 6)[:-2],                                  "ipv4.trunc_pkt",       [20, 21, 24]),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "event", "sids"), [m[1:] for m in MALFORMED], ids=[m[0] for m in MALFORMED])
def test_rules_on_malformed_packets(frame, event, sids):
    run = Run([frame, frame], MIXED.replace("EVENT", event), alert_max=100)
    for number in (1, 2):  # without a flow, each packet is the first
        assert sorted(alert.rule.sid for alert in run.alerts if alert.number == number) == sids
    assert not run.flows


def test_a_decode_event_of_a_sound_packet_is_told_once_and_with_its_flow():
    frame = ip(TCP[:12] + b"\x60" + TCP[13:20] + b"\x02\xff\1\1ab", 6)
    run = Run([frame, frame], MIXED.replace("EVENT", "tcp.opt_invalid_len"), alert_max=100)
    found = [alert.rule.sid for alert in run.alerts if alert.rule.sid >= 20]
    assert found == [20, 21, 22] * 2
    assert all(alert.flow is not None for alert in run.alerts)


def test_rules_on_decode_events_keep_the_order_of_the_ruleset():
    rules = "alert pkthdr any any -> any any (decode-event:udp.hlen_too_small; sid:1;)\n"
    rules += "pass pkthdr any any -> any any (decode-event:udp.hlen_too_small; sid:2;)\n"
    assert Run([ip(b"abab", 17)], rules).told() == []
    assert Run([bytes(12) + b"\x08\x00\x45"], rules.replace("udp.hlen_too_small", "ipv4.pkt_too_small")).told() == []
