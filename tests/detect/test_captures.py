"""What expressions capture: for which packets it is there, in which order rules see it, and what alerts tell of it."""

import pytest
from test_buffer_detection import SECOND, frame
from test_stream_detection import engine_of

from vids.engine.batch import batch_of
from vids.engine.event import Alert
from vids.engine.rule.capture import MAX_CAPTURE

USER = r'pcre:"/user=(\w+)/, {}:user";'
NAMED = r'pcre:"/(?P<{}_user>r\w+) (?P<x>\w+)/";'


def alerts(rules, *payloads):
    """Return the alerts on datagrams, a second apart, of rules that begin with their protocol."""
    engine = engine_of("\n".join("alert " + rule.replace("(", "any any -> any any (", 1) for rule in rules))
    frames = [(1_700_000_000 * SECOND + n * SECOND, frame(payload)) for n, payload in enumerate(payloads)]
    return [event for event in engine.feed(batch_of(frames)) if isinstance(event, Alert)]


@pytest.mark.parametrize("options", [USER.format("flow"), NAMED.format("flow")])
def test_a_variable_of_the_flow_stays(options):
    first, second = alerts([f"udp ({options} sid:1;)", 'udp (content:"quit"; sid:2;)'], b"user=root now", b"quit")
    assert (first.flow_variables, second.flow_variables) == ({"user": b"root"},) * 2
    assert (first.packet_variables, first.captured) == ({}, {})


def test_a_variable_of_the_packet_is_gone_with_it():
    first, second = alerts([f"udp ({USER.format('pkt')} sid:1;)", 'udp (content:"i"; sid:2;)'], b"user=root", b"quit")
    assert (first.packet_variables, second.packet_variables) == ({"user": b"root"}, {})


def test_what_is_for_the_alert_is_in_no_other():
    rules = [f"udp ({NAMED.format('alert')} sid:1;)", 'udp (content:"r"; sid:2;)']
    one, other = alerts(rules, b"root now")
    assert (one.captured, other.captured) == ({"user": b"root"}, {})


def test_who_captures_comes_before_who_asks():
    rules = ['udp (flowvar:user,"oo"; sid:1;)', 'udp (pktvar:user,"oo"; sid:2;)',
             f"udp ({USER.format('flow')} sid:3;)", f"udp ({USER.format('pkt')} sid:4;)"]  # fmt: skip
    assert [alert.rule.sid for alert in alerts(rules, b"user=root")] == [3, 4, 1, 2]


def test_a_rule_that_does_not_match_keeps_nothing():
    rules = [f'udp ({USER.format("flow")} content:"never"; sid:1;)', 'udp (flowvar:user,"r"; sid:2;)']
    assert alerts(rules, b"user=root", b"x") == []


def test_the_last_try_is_what_is_kept():
    rules = [r'udp (pcre:"/u=(?P<flow_u>\w+)/"; content:"|21|"; within:1; sid:1;)']
    (alert,) = alerts(rules, b"u=no u=yes! u=late")
    assert alert.flow_variables == {"u": b"yes"}


def test_a_group_without_a_part_in_the_match_keeps_nothing():
    (alert,) = alerts([r'udp (pcre:"/(?P<flow_a>a)|(?P<flow_b>b)/"; sid:1;)'], b"b")
    assert alert.flow_variables == {"b": b"b"}


def test_decoded_bytes_are_captured_too():
    options = r'base64_decode; base64_data; pcre:"/(?P<flow_a>b\w)/";'
    (alert,) = alerts([f"udp ({options} sid:1;)"], b"YWJj")
    assert alert.flow_variables == {"a": b"bc"}


def test_what_is_kept_is_bounded():
    (alert,) = alerts([r'udp (pcre:"/u=(?P<flow_u>\w+)/"; sid:1;)'], b"u=" + b"x" * (MAX_CAPTURE + 5))
    assert alert.flow_variables == {"u": b"x" * MAX_CAPTURE}
