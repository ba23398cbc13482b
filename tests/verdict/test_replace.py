"""Packets that go on with other bytes: what `replace` makes of them where they pass through, and their checksums."""

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from verdict_run import Run, connection, icmp, udp

from vids.engine.event import Rewritten
from vids.engine.packet.checksum import is_checksum_bad
from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import Packet
from vids.engine.rewrite import Rewrite, rewritten
from vids.engine.settings import Settings

V4 = (bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
V6 = (bytes(15) + b"\1", bytes(15) + b"\2")
KINDS = ["tcp4", "udp4", "icmp4", "tcp6", "udp6", "icmp6"]


def frame(kind, payload, is_computed=True):
    """Return an Ethernet frame as dpkt makes it, with its checksums."""
    if kind.startswith("tcp"):
        transport = dpkt.tcp.TCP(sport=1000, dport=80, seq=1, flags=dpkt.tcp.TH_ACK, data=payload)
        protocol = 6
    elif kind.startswith("udp"):
        transport = dpkt.udp.UDP(sport=1000, dport=53, ulen=8 + len(payload), data=payload)
        protocol = 17
    elif kind == "icmp4":
        transport, protocol = dpkt.icmp.ICMP(type=8, data=dpkt.icmp.ICMP.Echo(id=1, seq=1, data=payload)), 1
    else:
        transport, protocol = dpkt.icmp6.ICMP6(type=128, data=b"\0\1\0\1" + payload), 58
    if kind.endswith("4"):
        ip = dpkt.ip.IP(src=V4[0], dst=V4[1], p=protocol, ttl=64, data=transport)
        ip.len = len(ip)
        kind_of_ip = 0x0800
    else:
        ip = dpkt.ip6.IP6(src=V6[0], dst=V6[1], nxt=protocol, hlim=64, plen=len(transport), data=transport)
        ip.extension_hdrs = {}
        kind_of_ip = 0x86DD
    made = bytearray(bytes(dpkt.ethernet.Ethernet(dst=b"\2" * 6, src=b"\4" * 6, type=kind_of_ip, data=ip)))
    if not is_computed:
        made[40:42] = b"\0\0"
    return bytes(made)


def decoded(data):
    packet = Packet()
    Decoder(Settings()).decode(packet, b"before" + data + b"behind", 0, 6, len(data), len(data), 1)
    return packet


@given(st.sampled_from(KINDS), st.binary(min_size=1, max_size=40), st.data())
def test_a_rewritten_frame_is_the_one_that_dpkt_makes(kind, payload, data):
    changed = bytearray(payload)
    rewrites = []
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(payload) - 1))
        new = data.draw(st.binary(max_size=len(payload) - at))
        rewrites.append(Rewrite(at, new))
        changed[at : at + len(new)] = new
    assert rewritten(decoded(frame(kind, payload)), rewrites) == frame(kind, bytes(changed))


def test_a_checksum_that_was_never_computed_stays_so():
    found = rewritten(decoded(frame("udp4", b"abc", is_computed=False)), [Rewrite(0, b"x")])
    assert found == frame("udp4", b"xbc", is_computed=False)


def test_a_wrong_checksum_is_right_then():
    packet = decoded(frame("tcp4", b"abc")[:-1] + b"d")
    assert is_checksum_bad(packet)
    assert rewritten(packet, [Rewrite(2, b"c")]) == frame("tcp4", b"abc")


CASES = [
    # rules                                                                          goes on as
    ('alert udp any any -> any any (content:"b"; replace:"x"; sid:1;)',              b"axcabc"),
    ('alert udp any any -> any any (content:"b"; replace:"x"; content:"c"; within:1; replace:"y"; sid:1;)', b"axyabc"),
    ('alert udp any any -> any any (content:"a"; replace:"x"; content:"c"; distance:4; replace:"y"; sid:1;)',
     b"xbcaby"),
    ('alert udp any any -> any any (content:"b"; replace:"x"; content:"c|00|"; sid:1;)', b""),
    ('alert udp any any -> any any (content:"b"; content:"a"; distance:0; replace:"|00|"; noalert; sid:1;)',
     b"abc\0bc"),
    ('alert udp any any -> any any (content:"B"; nocase; replace:"X"; sid:1;)',      b"aXcabc"),
    # all rules see the packet as it came; the later one has the last word
    ('alert udp any any -> any any (content:"ab"; replace:"xy"; sid:1;)\n'
     'alert udp any any -> any any (content:"b"; replace:"z"; sid:2;)',              b"xzcabc"),
    ('pass udp any any -> any any (content:"c"; sid:1;)\n'
     'alert udp any any -> any any (content:"b"; replace:"x"; sid:2;)',              b"axcabc"),
    ('drop udp any any -> any any (content:"c"; sid:1;)\n'
     'alert udp any any -> any any (content:"b"; replace:"x"; sid:2;)',              b""),
    ('drop udp any any -> any any (content:"b"; replace:"x"; sid:1;)',               b""),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "goes_on"), CASES, ids=[case[0] for case in CASES])
def test_what_goes_on(rules, goes_on):
    run = Run([udp(b"abcabc")], rules, is_ips=True)
    events = [event for event in run.events if isinstance(event, Rewritten)]
    assert [(event.number, event.packet) for event in events] == ([(1, udp(goes_on))] if goes_on else [])
    assert run.counters["ips.replaced"] == len(events)
    assert run.counters["ips.accepted"] == 1 - len(events) - len(run.drops)


def test_nothing_is_rewritten_beside_the_traffic():
    run = Run([udp(b"abc")], 'alert udp any any -> any any (content:"b"; replace:"x"; sid:1;)')
    assert [type(event).__name__ for event in run.events] == ["Alert", "FlowEnd"]


HALVES = 'alert tcp any any -> any 80 (content:"one"; content:"two"; replace:"2 2"; sid:1;)'


@pytest.mark.parametrize(("is_ips", "requests", "told"), [
    (False, [b"one ", b"two"], 1),  # the stream is looked at
    (True, [b"one ", b"two"], 0),  # single packets are
    (True, [b"one two"], 1),
])  # fmt: skip
def test_a_tcp_rule_rewrites_single_packets(is_ips, requests, told):
    run = Run(connection(*requests), HALVES, is_ips=is_ips, is_inline=is_ips)
    assert len(run.alerts) == told
    assert run.counters.get("ips.replaced", 0) == (told if is_ips else 0)


def test_icmp_is_rewritten_too():
    run = Run([icmp()], 'alert icmp any any -> any any (content:"ping"; replace:"pong"; sid:1;)', is_ips=True)
    (event,) = [event for event in run.events if isinstance(event, Rewritten)]
    assert event.packet[-4:] == b"pong"
    assert not is_checksum_bad(decoded(event.packet))
