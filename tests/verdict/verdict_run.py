"""Frames through the engine under some rules; what it says of each, as short words."""

import socket
import struct

from vids.engine.batch import batch_of
from vids.engine.engine import Engine
from vids.engine.event import Alert, Drop, FlowEnd
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
SECOND = 1_000_000_000
START_NS = 1_700_000_000 * SECOND


def ip(payload, protocol, source=CLIENT, destination=SERVER, options=b""):
    """Return an Ethernet frame of an IPv4 packet."""
    header = 20 + len(options)
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    head = struct.pack(">BBHHHBBH", 0x40 | header >> 2, 0, header + len(payload), 1, 0, 64, protocol, 0)
    return bytes(12) + b"\x08\x00" + head + ends + options + payload


def udp(payload=b"abc", source=CLIENT, destination=SERVER, ports=(1000, 53)):
    return ip(struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload, 17, source, destination)


def icmp(kind=8):
    return ip(struct.pack(">BBHHH", kind, 0, 0, 1, 1) + b"ping", 1)


def tcp(flags, seq=0, ack=0, payload=b"", to_client=False):
    ports, ends = ((80, 1000), (SERVER, CLIENT)) if to_client else ((1000, 80), (CLIENT, SERVER))
    return ip(struct.pack(">HHIIBBHHH", *ports, seq, ack, 0x50, flags, 8192, 0, 0) + payload, 6, *ends)


def connection(*requests):
    """Return the frames of a connection in which the client sends these, each acknowledged: 3 + 2 * n + 3 frames."""
    found = [tcp(0x02, 99), tcp(0x12, 499, 100, to_client=True), tcp(0x10, 100, 500)]
    seq = 100
    for request in requests:
        found.append(tcp(0x18, seq, 500, request))
        seq += len(request)
        found.append(tcp(0x10, 500, seq, to_client=True))
    fin = [tcp(0x11, seq, 500), tcp(0x11, 500, seq + 1, to_client=True), tcp(0x10, seq + 1, 501)]
    return found + fin


class Run:
    """What an engine said of some frames, a second apart unless `times` (in seconds) says otherwise."""

    def __init__(self, frames, rules, thresholds="", times=None, **settings):
        ruleset = RuleSet({"HOME_NET": "10.0.0.0/8"}, {}, {}, {})
        ruleset.add("test.rules", rules)
        ruleset.limit("threshold.config", thresholds)
        ruleset.order()
        assert not ruleset.problems, str(ruleset.problems[0])
        made = Settings()
        made.verify_checksums = False
        for name, value in settings.items():
            assert hasattr(made, name), name
            setattr(made, name, value)
        engine = Engine(ruleset, made)
        times = times or range(len(frames))
        stamped = [(START_NS + round(time * SECOND), frame) for time, frame in zip(times, frames, strict=True)]
        self.events = engine.feed(batch_of(stamped)) + engine.close()
        self.counters = engine.counters()
        self.alerts = [e for e in self.events if isinstance(e, Alert)]
        self.drops = [e for e in self.events if isinstance(e, Drop)]
        self.flows = [e.flow for e in self.events if isinstance(e, FlowEnd)]

    def told(self):
        """Return `packet:sid` of each alert; ! is blocked, and what is not the verdict `alert` follows."""
        found = []
        for alert in self.alerts:
            verdict = "" if alert.verdict.action == "alert" else " " + alert.verdict.action
            found.append(f"{alert.number}:{alert.rule.sid}{'!' if alert.is_blocked else ''}{verdict}")
        return found

    def dropped(self):
        """Return `packet:reason` of each drop, with the sid of the rule that asked for it."""
        return [
            f"{drop.number}:{drop.verdict.reason}" + (f" {drop.alert.rule.sid}" if drop.alert is not None else "")
            for drop in self.drops
        ]

    def counted(self, *prefixes):
        """Return the counters with these prefixes that are not 0, without the prefix."""
        return {
            name.removeprefix(prefix): n
            for name, n in self.counters.items()
            for prefix in prefixes
            if n and name.startswith(prefix)
        }


def flow_action(flow):
    """Return what EVE says of a flow."""
    return "drop" if flow.is_dropped else "pass" if flow.is_passed else ""
