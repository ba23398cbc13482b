"""engine: a capture, from its first frame to its EVE, under the shipped rules and some more.

Input: three bytes of settings and link type; then frames, each with its length in two bytes and its time in one.
Holds: events have known names; every record is JSON with its kind and time; when all is over nothing is held; the
same again gives the same.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from fuzzing import corpus
from fuzzing.decode import LINK_TYPES
from fuzzing.reader import Reader
from fuzzing.target import Target, demand, demand_known
from vids.config import Config
from vids.engine.batch import batch_of
from vids.engine.engine import Engine
from vids.engine.event import Anomaly
from vids.engine.flow.names import EVENTS as STREAM_EVENTS
from vids.engine.packet.names import EVENTS as DECODE_EVENTS
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings
from vids.eve.header import Options
from vids.eve.writer import EveWriter
from vids.rulefiles import shipped_classtypes, shipped_references

MORE: Final = rb"""
alert tcp any any -> any any (msg:"lines"; flow:established; content:"|0d 0a|"; flowbits:set,line; sid:1;)
alert tcp any any -> any any (msg:"lines, then"; flowbits:isset,line; content:"e"; pcre:"/[a-f][0-9]{2}/R"; sid:2;)
alert udp any any -> any any (byte_jump:1,0,from_beginning; isdataat:!4,relative; xbits:set,x,track ip_src; sid:3;)
alert pkthdr any any -> any any (decode-event:ipv4.trunc_pkt; sid:4;)
alert tcp any any -> any any (stream-event:est_packet_out_of_window; tag:session,3,packets; sid:5;)
drop ip any any -> any any (fragbits:M; threshold:type both,track by_both,count 2,seconds 9; sid:6;)
reject icmp any any -> any any (itype:>10; sid:7;)
pass tcp any any -> any 25 (content:"pass"; nocase; sid:8;)
alert tcp any any -> any any (base64_decode:relative; base64_data; content:"a"; bsize:>3; sid:9;)
alert ip any any -> any any (entropy:value > 7; sid:10;)
"""
STEPS_NS: Final = (0, 1_000_000, 10**9, 100 * 10**9, -5 * 10**9, -(10**15), 4 * 10**18, 5)
START_NS: Final = 1_700_000_000_000_000_000
POLICIES: Final = (
    "ignore", "pass-packet", "pass-flow", "bypass", "drop-packet", "drop-flow", "reject", "ignore",
)  # fmt: skip
EMPTY: Final = ("flow.active", "flow.memuse", "tcp.active_sessions", "tcp.reassembly_memuse")


class Lines:
    """A sink that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def msg(self, message: bytes) -> None:
        """Take a line."""
        self.lines.append(message)

    def close(self) -> None:
        """Do nothing: all lines are there."""


@cache
def ruleset() -> RuleSet:
    """Return the rules."""
    groups = Config().vars
    made = RuleSet(dict(groups.address_groups), dict(groups.port_groups), shipped_classtypes(), shipped_references())
    made.add("fuzz.rules", b"\n".join([*corpus.rules(), MORE]).decode())
    made.order()
    demand(not made.failed and not made.waiting, "the rules are not in order")
    return made


def settings_of(flags: int, limits: int) -> Settings:
    """Return the settings that an input asks for."""
    settings = Settings()
    settings.mpm_algorithm = "ac"
    settings.wants_anomalies = True
    settings.midstream = bool(flags & 1)
    settings.verify_checksums = bool(flags & 2)
    settings.is_ips = bool(flags & 4)
    settings.is_inline = bool(flags & 8)
    settings.async_oneside = bool(flags & 16)
    policy = POLICIES[flags >> 5]
    settings.midstream_policy = settings.reassembly_memcap_policy = policy
    settings.flow_memcap_policy = policy if policy not in {"pass-flow", "bypass", "drop-flow"} else "ignore"
    settings.defrag_memcap_policy = settings.flow_memcap_policy
    settings.max_flows = (200_000, 1, 2, 4)[limits & 3]
    settings.stream_memcap = (1 << 24, 2000)[limits >> 2 & 1]
    settings.defrag_max_datagrams = (100, 1)[limits >> 3 & 1]
    settings.stream_chunk = (2560, 64)[limits >> 4 & 1]
    settings.alert_max = (15, 1)[limits >> 5 & 1]
    return settings


def run(data: bytes) -> tuple[list[bytes], dict[str, int]]:
    """Return the EVE lines of an input, and its counters."""
    reader = Reader(data)
    engine = Engine(ruleset(), settings_of(reader.number(), reader.number()))
    link_type = LINK_TYPES[reader.number() % len(LINK_TYPES)]
    sink = Lines()
    writer = EveWriter(sink, Options(Config().outputs.eve_log, engine_references(), ruleset().names))
    now_ns = START_NS
    while not reader.is_over():
        length = reader.number(2)
        now_ns += STEPS_NS[reader.number() % len(STEPS_NS)]
        now_ns = max(min(now_ns, 2**62), 0)
        events = engine.feed(batch_of([(now_ns, reader.take(length))], link_type))
        check_events(events)
        writer.write(events)
    events = engine.close()
    check_events(events)
    writer.write(events)
    counters = engine.counters()
    check_counters(counters)
    return sink.lines, counters


def engine_references() -> dict[str, str]:
    """Return the systems that rules refer to."""
    return ruleset().reference_systems


def check_events(events: list[Any]) -> None:
    """Find a known name for all that is odd."""
    for event in events:
        if isinstance(event, Anomaly):
            known = {"decode": DECODE_EVENTS, "stream": STREAM_EVENTS}.get(event.kind)
            if known is not None:
                demand_known([event.name], known)


def check_counters(counters: dict[str, int]) -> None:
    """Find nothing held when all is over."""
    demand(min(counters.values()) >= 0, "negative counter")
    for name in EMPTY:
        demand(counters[name] == 0, f"{name} is {counters[name]} when all is over")


def check(data: bytes) -> None:
    """Run an input twice; read its records."""
    lines, counters = run(data)
    demand((lines, counters) == run(data), "the same capture gave something else")
    for line in lines:
        record = json.loads(line)
        demand("timestamp" in record and "event_type" in record, "a record without its time or kind")


def seeds() -> list[bytes]:
    """Return the shipped captures, under different settings."""
    made = []
    for number, frames in enumerate(corpus.captures()):
        records = b"".join(len(frame).to_bytes(2, "big") + b"\1" + frame for frame in frames if len(frame) < 1000)
        made.append(bytes((0, 0, 0)) + records)
        made.append(bytes((number * 37 & 0xFF, number * 11 & 0xFF, 0)) + records)
    return [each[:4000] for each in made]


TARGET: Final = Target(check, seeds, max_length=4000)
