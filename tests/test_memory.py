"""Memory stays flat: whatever passes by in hours of packet time, what is held is bounded, and what is left out counted.

Frames are built with struct, and what an engine holds is counted in the interpreter's memory blocks, which is quick
and the same compiled and interpreted.
"""

import gc
import struct
import sys

import pytest
from engine_run import IGNORE_CHECKSUMS, Bench, load

from vids.engine.batch import batch_of
from vids.engine.event import FlowEnd
from vids.engine.packet.packet import ACK, RST, SYN

START_NS = 1_767_225_600 * 10**9
PART = 1_000  # flows in a batch
N_SOURCES = 2_000  # a source comes back with another port
RULES = r"""
alert tcp any any -> any any (msg:"VIDS test: every SYN"; tcp.flags:S; \
    threshold:type limit,track by_src,count 1,seconds 60; sid:1;)
alert udp any any -> any any (msg:"VIDS test: every datagram"; content:"x"; flowbits:set,vids.seen; \
    threshold:type both,track by_both,count 2,seconds 60; sid:2;)
alert tcp any any -> any any (msg:"VIDS test: a stream"; content:"never"; content:"found"; distance:0; sid:3;)
"""
ETHERNET = bytes(12) + b"\x08\x00"


def ip(number, to_server, protocol, transport):
    """Return a frame between the host and port of flow `number` and one server."""
    host, server = 0x0A000000 + number % N_SOURCES, 0xC0000201
    ends = (host, server) if to_server else (server, host)
    head = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(transport), 1, 0, 64, protocol, 0, *ends)
    return ETHERNET + head + transport


def tcp(number, flags, sequence, acknowledged=0, payload=b"", to_server=True):
    port = 1024 + number // N_SOURCES
    ports = (port, 80) if to_server else (80, port)
    head = struct.pack(">HHIIBBHHH", *ports, sequence, acknowledged, 0x50, flags, 8192, 0, 0)
    return ip(number, to_server, 6, head + payload)


def one_packet(number):
    """An unanswered SYN, or a datagram: half and half."""
    if number % 2:
        return [tcp(number, SYN, number)]
    return [ip(number, True, 17, struct.pack(">HHHH", 1024 + number // N_SOURCES, 53, 9, 0) + b"x")]


def hole(number):
    """A connection of which a byte in the middle never comes."""
    return [
        tcp(number, SYN, 100),
        tcp(number, SYN | ACK, 900, 101, to_server=False),
        tcp(number, ACK, 101, 901),
        tcp(number, ACK, 101, 901, b"never"),
        tcp(number, ACK, 107, 901, bytes(1000)),
    ]


def reset(number):
    """A whole connection, closed by a reset."""
    return [
        *hole(number)[:4],
        tcp(number, ACK, 901, 106, to_server=False),
        tcp(number, RST | ACK, 106, 901),
    ]


NEW = "flow.end.state.new"
MEMCAP_DROP = "tcp.segment_memcap_drop"
CASES = [
    # name             flow         flows   gap in s  settings                             active  what is counted
    ("hours",          one_packet,  60_000, 0.25,     (),                                  250,    NEW),
    ("flood",          one_packet,  30_000, 0.0001,   ("flow.max-flows=1000",),            1000,   "flow.get_used"),
    ("holes",          hole,        6_000,  0.5,      ("stream.reassembly.memcap=1mib",),  1210,   MEMCAP_DROP),
    ("flood of holes", hole,        6_000,  0.0001,   ("flow.max-flows=500",),             500,    "flow.get_used"),
    ("resets",         reset,       6_000,  0.1,      (),                                  610,    "tcp.rst"),
]  # fmt: skip


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "test.rules"
    path.write_text(RULES)
    return load([path])


@pytest.mark.parametrize(
    ("flow", "n_flows", "gap_s", "settings", "most", "counted"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_many_flows(ruleset, flow, n_flows, gap_s, settings, most, counted):
    bench = Bench(ruleset, IGNORE_CHECKSUMS, *settings)
    bench.settings.wants_anomalies = False
    engine = bench.engine()
    blocks, n_ended = [], 0
    for first in range(0, n_flows, PART):
        frames = [
            (START_NS + int((first + number) * gap_s * 10**9) + step, frame)
            for number in range(PART)
            for step, frame in enumerate(flow(first + number))
        ]
        n_ended += sum(isinstance(event, FlowEnd) for event in engine.feed(batch_of(frames)))
        counters = engine.counters()
        assert counters["flow.active"] == counters["flow.total"] - n_ended <= most
        assert counters["tcp.reassembly_memuse"] <= bench.settings.stream_memcap
        if first + PART in (n_flows // 2, n_flows):
            gc.collect()
            blocks.append(sys.getallocatedblocks())
    assert counters["flow.total"] == n_flows
    assert counters[counted] > 0
    half, whole = blocks
    assert whole - half < n_flows / 10, "something is kept of flows that are gone"


def test_nothing_is_held_when_the_engine_is_closed(ruleset):
    engine = Bench(ruleset, IGNORE_CHECKSUMS).engine()
    engine.feed(batch_of([(START_NS + step, frame) for step, frame in enumerate(hole(0))]))
    assert engine.counters()["tcp.reassembly_memuse"] > 1000
    engine.close()
    counters = engine.counters()
    held = ("tcp.reassembly_memuse", "tcp.active_sessions", "flow.active", "flow.memuse", "defrag.memuse")
    assert [counters[name] for name in held] == [0] * len(held)
