"""What pass, drop and reject do, to a packet and to its flow, inline and beside it; as the reference engine does."""

import pytest
from verdict_run import Run, connection, flow_action, icmp, ip, udp

from vids.engine.flow.flow import CLOSED, NEW
from vids.engine.flow.session import CLOSED as TCP_CLOSED
from vids.engine.flow.session import SYN_SENT

SYN = "flags:S;"
TALK = connection(b"GARBAGE hello\r\n")  # 8 frames: the request is the 4th

CASES = [
    # name, rules, inline?: alerts, drops, flow action
    ("drop of addresses takes the flow",
     f"drop tcp any any -> any any (sid:1;)\nalert tcp any any -> any any ({SYN} sid:2;)", True,
     ["1:1! drop", "1:2 drop"], ["1:rules 1"] + [f"{n}:flow drop" for n in range(2, 9)], "drop"),
    ("drop with negated addresses takes the flow",
     "drop tcp any any -> !10.0.0.1 any (sid:1;)", True,
     ["1:1! drop"], ["1:rules 1"] + [f"{n}:flow drop" for n in range(2, 9)], "drop"),
    ("beside the traffic a drop is an alert, and the flow is done with",
     "drop tcp any any -> any any (sid:1;)\nalert tcp any any -> any any (dsize:>0; sid:2;)", False,
     ["1:1"], [], "drop"),
    ("drop on a packet takes the packet",
     "drop tcp any any -> any any (flags:PA; sid:1;)\nalert tcp any any -> any any (flags:+A; sid:2;)", True,
     ["2:2", "3:2", "4:1! drop", "4:2 drop", "5:2", "6:2", "7:2", "8:2"], ["4:rules 1"], ""),
    ("pass comes first, and ends it for the packet",
     f"drop tcp any any -> any any ({SYN} sid:1;)\npass tcp any any -> any any ({SYN} sid:2;)\n"
     f"alert tcp any any -> any any ({SYN} sid:3;)\nalert tcp any any -> any any (flags:PA; sid:4;)", True,
     ["4:4"], [], ""),
    ("pass of addresses takes the flow",
     "pass tcp any any -> any any (sid:1;)\nalert tcp any any -> any any (content:\"hello\"; sid:2;)", True,
     [], [], "pass"),
    ("pass of the answers comes too late for the request's first packet",
     f"pass tcp 10.0.0.2 any -> any any (sid:1;)\ndrop tcp any any -> any any ({SYN} sid:2;)\n"
     "alert tcp any any -> any any (flags:PA; sid:3;)", True,
     ["1:2! drop"], ["1:rules 2"], "pass"),
    ("a pass that alerts says pass, and ends it",
     f"pass tcp any any -> any any ({SYN} alert; priority:1; sid:1;)\n"
     f"pass tcp any any -> any any ({SYN} alert; priority:2; sid:2;)\ndrop tcp any any -> any any ({SYN} sid:3;)", True,
     ["1:1 pass"], [], ""),
    ("noalert drops in silence, and the drop names the rule",
     f"drop tcp any any -> any any ({SYN} noalert; sid:1;)", True, [], ["1:rules 1"], ""),
    ("reject drops",
     "reject tcp any any -> any any (flags:PA; sid:1;)", True, ["4:1! drop"], ["4:rules 1"], ""),
    ("beside the traffic a reject blocks, and the packet goes on",
     "reject tcp any any -> any any (flags:PA; sid:1;)", False, ["4:1!"], [], ""),
    ("all that drop are blocked, the first is the drop's",
     f"alert tcp any any -> any any ({SYN} sid:1;)\nreject tcp any any -> any any ({SYN} sid:2;)\n"
     f"drop tcp any any -> any any ({SYN} priority:2; sid:3;)\ndrop tcp any any -> any any ({SYN} priority:1; sid:4;)",
     True, ["1:4! drop", "1:3! drop", "1:2! drop", "1:1 drop"], ["1:rules 4"], ""),
    ("a match in the stream goes for the flow",
     "pass tcp any any -> any any (content:\"hello\"; sid:1;)", False, [], [], "pass"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "is_ips", "alerts", "drops", "action"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_verdict(rules, is_ips, alerts, drops, action):
    run = Run(TALK, rules, is_ips=is_ips)
    assert run.told() == alerts
    assert run.dropped() == drops
    assert [flow_action(flow) for flow in run.flows] == [action]


def test_a_dropped_connection_does_not_move_inline_and_moves_beside_the_traffic():
    rules = "drop tcp any any -> any any (sid:1;)"
    (inline,) = Run(TALK, rules, is_ips=True).flows
    (beside,) = Run(TALK, rules).flows
    assert (inline.state, inline.tcp.state) == (NEW, SYN_SENT)
    assert (beside.state, beside.tcp.state) == (CLOSED, TCP_CLOSED)
    assert inline.packets_to_server == beside.packets_to_server == 5


def test_every_packet_is_counted_by_its_verdict():
    rules = 'drop udp any any -> any any (content:"bad"; sid:1;)\nreject icmp any any -> any any (itype:8; sid:2;)'
    run = Run([udp(b"bad"), udp(b"good"), icmp(), icmp(0)], rules, is_ips=True)
    assert run.counted("ips.") == {"accepted": 2, "blocked": 1, "rejected": 1, "drop_reason.rules": 2}
    assert not Run([udp(b"bad")], rules).counted("ips.")


REJECTS = [("reject", True, False), ("rejectsrc", True, False), ("rejectdst", False, True), ("rejectboth", True, True)]


@pytest.mark.parametrize(("action", "client", "server"), REJECTS)
def test_who_is_told_of_a_reject(action, client, server):
    (drop,) = Run([udp()], f"{action} udp any any -> any any (dsize:3; sid:1;)", is_ips=True).drops
    assert (drop.verdict.resets_client, drop.verdict.resets_server) == (client, server)


def test_drops_of_a_flow_are_repeated_after_the_first_each_way():
    run = Run(TALK, "drop tcp any any -> any any (sid:1;)", is_ips=True)
    assert [drop.is_repeated for drop in run.drops] == [False, False, True, True, True, True, True, True]
    assert [drop.to_server for drop in run.drops] == [True, False, True, True, False, True, False, True]


def test_a_drop_carries_the_headers_of_its_packet():
    (drop,) = Run([udp(b"abcdefghijklmnop")], "drop udp any any -> any any (dsize:16; sid:1;)", is_ips=True).drops
    frame = udp(b"abcdefghijklmnop")
    assert (drop.header, drop.transport) == (frame[14:34], frame[34:54])
    assert (drop.source, drop.source_port, drop.destination_port) == (bytes([10, 0, 0, 1]), 1000, 53)


def test_of_too_many_alerts_the_most_important_are_kept_and_all_rules_act():
    rules = "".join(f"alert udp any any -> any any (dsize:3; priority:{20 - n}; sid:{n};)\n" for n in range(1, 9))
    rules += "drop udp any any -> any any (dsize:3; sid:20;)\nreject udp any any -> any any (dsize:3; sid:21;)\n"
    run = Run([udp()], rules, is_ips=True, alert_max=3)
    assert run.told() == ["1:20! drop", "1:21! drop", "1:8 drop"]
    assert run.counted("detect.alert") == {"": 3, "_queue_overflow": 7}
    alone = Run([udp()], rules, is_ips=True, alert_max=1)
    assert alone.told() == ["1:20! drop"]
    assert alone.drops[0].verdict.is_rejected()  # by the rule whose alert was too much


def test_silent_matches_take_no_place_among_the_alerts():
    rules = "".join(f"alert udp any any -> any any (dsize:3; noalert; priority:1; sid:{n};)\n" for n in range(1, 5))
    rules += "".join(f"alert udp any any -> any any (dsize:3; priority:2; sid:{n};)\n" for n in range(5, 9))
    run = Run([udp()], rules, alert_max=3)
    assert run.told() == ["1:5", "1:6", "1:7"]
    assert run.counted("detect.alert") == {"": 3, "_queue_overflow": 1, "s_suppressed": 4}


LIMITED = [
    # action and option                                                      alerts                     dropped
    ("drop",  "threshold:type limit, track by_src, count 1, seconds 60",     ["1:1! drop"],             [1, 2, 3, 4]),
    ("drop",  "threshold:type threshold, track by_src, count 2, seconds 60", ["2:1! drop", "4:1! drop"], [2, 4]),
    ("drop",  "threshold:type both, track by_src, count 2, seconds 60",      ["2:1! drop"],             [2, 3, 4]),
    ("drop",  "detection_filter:track by_src, count 2, seconds 60",          ["3:1! drop", "4:1! drop"], [3, 4]),
    ("drop",  "threshold:type backoff, track by_flow, count 2, multiplier 2", ["2:1! drop", "4:1! drop"], [2, 3, 4]),
    ("pass",  "threshold:type limit, track by_src, count 1, seconds 60",     ["2:2", "3:2", "4:2"],     []),
    ("pass",  "detection_filter:track by_src, count 2, seconds 60",          ["1:2", "2:2"],            []),
]  # fmt: skip


@pytest.mark.parametrize(("action", "option", "alerts", "dropped"), LIMITED)
def test_what_a_threshold_leaves_of_an_action(action, option, alerts, dropped):
    rules = f"{action} udp any any -> any any (dsize:3; {option}; sid:1;)\n"
    if action == "pass":
        rules += "alert udp any any -> any any (dsize:3; sid:2;)\n"
    run = Run([udp()] * 4, rules, is_ips=True)
    assert run.told() == alerts
    assert [drop.number for drop in run.drops] == dropped


ALERT = "alert udp any any -> any any (dsize:3; sid:1;)"
RATE = "rate_filter gen_id 1, sig_id 1, track by_src, count 2, seconds 60, new_action {}, timeout 60"
BY_RATE = "threshold detection_filter"
FILTERED = [
    # rule               new action  inline  alerts                                               reasons
    (ALERT,              "drop",     True,   ["1:1", "2:1", "3:1! drop", "4:1! drop"],            [BY_RATE] * 2),
    (ALERT,              "drop",     False,  ["1:1", "2:1", "3:1!", "4:1!"],                      []),
    (ALERT,              "reject",   True,   ["1:1", "2:1", "3:1! drop", "4:1! drop"],            [BY_RATE] * 2),
    (ALERT,              "pass",     True,   ["1:1", "2:1"],                                      []),
    (ALERT,              "alert",    True,   ["1:1", "2:1", "3:1", "4:1"],                        []),
    ("drop" + ALERT[5:], "alert",    True,   ["1:1! drop", "2:1! drop", "3:1", "4:1"],            ["rules"] * 2),
    ("drop" + ALERT[5:], "pass",     True,   ["1:1! drop", "2:1! drop"],                          ["rules"] * 2),
    ("pass" + ALERT[5:], "drop",     True,   ["3:1! drop", "4:1! drop"],                          [BY_RATE] * 2),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "action", "is_ips", "alerts", "reasons"), FILTERED)
def test_a_rate_filter_changes_the_action(rule, action, is_ips, alerts, reasons):
    run = Run([udp()] * 4, rule, RATE.format(action), is_ips=is_ips)
    assert run.told() == alerts
    assert [drop.verdict.reason for drop in run.drops] == reasons


def test_what_is_suppressed_still_acts():
    drop = Run([udp()], "drop" + ALERT[5:], "suppress gen_id 1, sig_id 1, track by_src, ip $HOME_NET", is_ips=True)
    assert (drop.told(), drop.dropped()) == ([], ["1:rules 1"])
    rules = "pass" + ALERT[5:] + "\nalert udp any any -> any any (dsize:3; sid:2;)"
    assert Run([udp()], rules, "suppress gen_id 1, sig_id 1").told() == []
    assert Run([udp()], rules, "suppress gen_id 1, sig_id 1, track by_src, ip 10.0.0.1").told() == ["1:2"]


def test_thresholds_do_not_hold_for_packets_without_addresses():
    rules = (
        "alert pkthdr any any -> any any (decode-event:ipv4.pkt_too_small;"
        " threshold:type limit, track by_src, count 1, seconds 60; sid:1;)"
    )
    assert Run([bytes(12) + b"\x08\x00\x45"] * 2, rules).told() == ["1:1", "2:1"]


def test_a_flow_is_alerted_only_by_alerts_that_are_told():
    for rules, wanted in (
        ("alert udp any any -> any any (sid:1;)", True),
        ("alert udp any any -> any any (noalert; sid:1;)", False),
        ("pass udp any any -> any any (sid:1;)", False),
        ("drop udp any any -> any any (noalert; sid:1;)", False),
    ):
        (flow,) = Run([udp()], rules, is_ips=True).flows
        assert flow.is_alerted is wanted, rules


def test_without_a_flow_a_rule_on_addresses_is_asked_at_every_packet():
    assert Run([ip(b"abc", 99)] * 2, "drop ip any any -> any any (sid:1;)", is_ips=True).dropped() == [
        "1:rules 1",
        "2:rules 1",
    ]
