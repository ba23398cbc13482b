"""Exception policies: traffic that cannot be followed, and what becomes of it inline and beside the traffic."""

import struct

import pytest
from verdict_run import Run, connection, flow_action, udp

from vids.config import engine_settings, load

TALK = connection(b"hello")
MIDSTREAM = TALK[3:]  # 5 frames
RULES = "alert tcp any any -> any any (flags:PA; sid:1;)"
LATER = "exception policy flow drop"

CASES = [
    # policy        inline  picked up  alerts   drops                                      flow    count
    ("ignore",      True,   False,     ["1:1"], [],                                        "",     {}),
    ("ignore",      False,  False,     ["1:1"], [],                                        "",     {}),
    ("pass-flow",   False,  False,     [],      [],                                        "pass", {"pass_flow": 5}),
    ("pass-flow",   True,   True,      [],      [],                                        "pass", {"pass_flow": 1}),
    ("bypass",      False,  False,     [],      [],                                        "pass", {"bypass": 1}),
    ("drop-flow",   True,   False,     [],      ["stream midstream"] + [LATER] * 4,        "drop", {"drop_flow": 1}),
    ("drop-packet", True,   False,     [],      ["stream midstream"] * 5,                  "",     {"drop_packet": 5}),
    ("reject",      True,   False,     [],      ["stream midstream"] + [LATER] * 4,        "drop", {"reject": 1}),
    ("reject",      False,  False,     ["1:1"], [],                                        "",     {"reject": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "is_ips", "is_picked_up", "alerts", "drops", "action", "count"), CASES)
def test_connections_without_their_handshake(policy, is_ips, is_picked_up, alerts, drops, action, count):
    run = Run(MIDSTREAM, RULES, is_ips=is_ips, midstream=is_picked_up, midstream_policy=policy)
    assert run.told() == alerts
    assert [drop.verdict.reason for drop in run.drops] == drops
    (flow,) = run.flows
    assert flow_action(flow) == action
    assert run.counted("exception_policy.tcp.midstream.") == count
    name = policy.replace("-", "_")
    assert flow.exceptions == (() if policy == "ignore" else (("stream_midstream", name),))
    assert bool(run.drops and run.drops[0].verdict.is_rejected()) == (policy == "reject" and is_ips)


@pytest.mark.parametrize("policy", ["drop-flow", "drop-packet", "reject", "pass-flow", "bypass"])
def test_a_whole_connection_meets_no_policy(policy):
    run = Run(TALK, RULES, is_ips=True, midstream_policy=policy, reassembly_memcap_policy=policy)
    assert (run.told(), run.dropped(), flow_action(run.flows[0])) == (["4:1"], [], "")
    assert not run.counted("exception_policy.")


def out_of_order():
    """A connection whose second segment comes first: it has to be kept."""
    whole = connection(b"first", b"second")
    return [*whole[:3], whole[5], whole[3], whole[4], *whole[6:]]


NO_MEMORY = "stream reassembly"


@pytest.mark.parametrize(
    ("policy", "drops"),
    [
        ("ignore", []),
        ("drop-packet", [f"4:{NO_MEMORY}", f"5:{NO_MEMORY}"]),
        ("drop-flow", [f"4:{NO_MEMORY}", *(f"{n}:{LATER}" for n in range(5, 11))]),
    ],
)
def test_segments_for_which_there_is_no_memory(policy, drops):
    run = Run(out_of_order(), RULES, is_ips=True, stream_memcap=0, reassembly_memcap_policy=policy)
    assert run.dropped() == drops
    assert sum(run.counted("exception_policy.tcp.reassembly.").values()) == sum(NO_MEMORY in drop for drop in drops)


@pytest.mark.parametrize(
    ("policy", "told", "dropped", "n_flows"),
    [
        ("ignore", ["1:1", "2:1", "3:1"], [], 3),
        ("drop-packet", ["1:1", "2:1"], ["3:flow memcap"], 2),
        ("pass-packet", ["1:1", "2:1"], [], 2),
        ("reject", ["1:1", "2:1"], ["3:flow memcap"], 2),
    ],
)
def test_a_flow_too_many(policy, told, dropped, n_flows):
    frames = [udp(ports=(port, 53)) for port in (1, 2, 3)]
    rules = "alert udp any any -> any any (dsize:3; sid:1;)"
    run = Run(frames, rules, is_ips=True, max_flows=2, flow_memcap_policy=policy)
    assert (run.told(), run.dropped(), len(run.flows)) == (told, dropped, n_flows)


def fragment(identification):
    """Return the first fragment of a datagram, and no more."""
    whole = udp(b"x" * 16)
    return whole[:18] + struct.pack(">HH", identification, 0x2000) + whole[22:]


@pytest.mark.parametrize(
    ("policy", "told", "dropped"),
    [
        ("ignore", ["1:1", "2:1", "3:1"], []),
        ("drop-packet", ["1:1", "2:1"], ["3:defrag memcap"]),
        ("pass-packet", ["1:1", "2:1"], []),
    ],
)
def test_fragments_for_which_there_is_no_room(policy, told, dropped):
    frames = [fragment(identification) for identification in (1, 2, 3)]
    rules = "alert ip any any -> any any (ttl:64; sid:1;)"
    run = Run(frames, rules, is_ips=True, defrag_max_datagrams=2, defrag_memcap_policy=policy)
    assert (run.told(), run.dropped()) == (told, dropped)


SETTINGS = [
    # given                                                        inline  midstream    reassembly     flow and defrag
    ([],                                                            False, "ignore",    "ignore",      "ignore"),
    ([],                                                            True,  "drop-flow", "drop-flow",   "ignore"),
    (["stream.midstream=yes"],                                      True,  "ignore",    "drop-flow",   "ignore"),
    (["exception-policy=ignore"],                                   True,  "ignore",    "ignore",      "ignore"),
    (["exception-policy=drop-flow"],                                True,  "drop-flow", "drop-flow",   "drop-packet"),
    (["exception-policy=drop-flow"],                                False, "ignore",    "ignore",      "ignore"),
    (["exception-policy=pass-flow"],                                False, "pass-flow", "pass-flow",   "pass-packet"),
    (["exception-policy=bypass"],                                   True,  "bypass",    "bypass",      "ignore"),
    (["exception-policy=bypass", "stream.midstream-policy=reject"], True,  "reject",    "bypass",      "ignore"),
    (["stream.reassembly.memcap-policy=drop-packet"],               True,  "drop-flow", "drop-packet", "ignore"),
    (["flow.memcap-policy=reject", "defrag.memcap-policy=reject"],  True,  "drop-flow", "drop-flow",   "reject"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "is_ips", "midstream", "reassembly", "tables"), SETTINGS)
def test_which_policy_counts(given, is_ips, midstream, reassembly, tables):
    settings = engine_settings(load(None, given), is_ips)
    assert settings.midstream_policy == midstream
    assert settings.reassembly_memcap_policy == reassembly
    assert settings.flow_memcap_policy == settings.defrag_memcap_policy == tables
