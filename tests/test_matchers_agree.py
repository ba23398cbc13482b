"""The fast matchers and the naive one, end to end: the same alerts at the same packets."""

from pathlib import Path

import pytest
from engine_run import IGNORE_CHECKSUMS, Bench, alerts_of, batches_of, load
from golden_capture import VICTIM, WORM, Timed
from golden_case import PCAPS

from vids.engine.batch import batch_of
from vids.engine.detect.hs import IS_AVAILABLE
from vids.engine.rule.rule import TO_SERVER

ROOT = Path(__file__).resolve().parent.parent
MIDSTREAM = "stream.midstream=true"
NAIVE_BYTES = 60_000  # longer captures take the large ruleset too long: the naive matcher tries each pattern
FAST = [
    "ac",
    pytest.param("hs", marks=pytest.mark.skipif(not IS_AVAILABLE, reason="hyperscan is not installed here")),
]
EVERY = 3  # of its rules, one in so many gets traffic of its own
fast = pytest.mark.parametrize("algorithm", FAST)


class Oracle:
    """A ruleset, and what the naive matcher says of captures, asked for once."""

    def __init__(self, ruleset):
        self.ruleset = ruleset
        self._known = {}

    def alerts(self, algorithm, captures):
        """Return the alerts of one engine that meets all captures, by capture; the last ones are of its end."""
        engine = Bench(self.ruleset, f"mpm-algo={algorithm}", MIDSTREAM, IGNORE_CHECKSUMS).engine()
        alerts = {name: [alerts_of(engine.feed(batch)) for batch in batches] for name, batches in captures.items()}
        return {**alerts, "end": [alerts_of(engine.close())]}

    def check(self, algorithm, captures):
        """Fail where a fast matcher alerts otherwise than the naive one; return all alerts."""
        key = frozenset(captures)
        if key not in self._known:
            self._known[key] = self.alerts("naive", captures)
        assert self.alerts(algorithm, captures) == self._known[key]
        return [alert for batches in self._known[key].values() for alerts in batches for alert in alerts]


@pytest.fixture(scope="module")
def shipped():
    return Oracle(load([ROOT / "rules"]))


@pytest.fixture(scope="module")
def public(public_rules):
    return Oracle(public_rules)


def captures(paths, limit=1 << 30):
    """Return the captures that are not too large, each by name."""
    return {str(path): batches_of(path) for path in sorted(paths) if path.stat().st_size < limit}


def satisfying(rule):
    """Return a payload that holds all contents of a rule, each as far on as it asks for."""
    return b"".join(held(rule).values()) + b" end"


def held(rule):
    """Return for each buffer of a rule bytes that hold its contents, each as far on as it asks for."""
    found = {}
    for inspection in rule.inspections:
        data = found.get(inspection.buffer, b"")
        for content in inspection.contents():
            if not content.is_negated:
                data = data.ljust(max(content.offset, 0)) + b" " * max(content.distance, 0) + content.pattern
        found[inspection.buffer] = data
    return found


def request_for(rule):
    """Return a request that holds what a rule looks for in the usual buffers of one."""
    data = held(rule)
    target = b"/" + data.get("http.uri", b"").replace(b" ", b"_").lstrip(b"/")
    fields = [
        b"Host: " + data.get("http.host", b"www.example.org"),
        b"User-Agent: " + data.get("http.user_agent", b"vids"),
    ]
    body = data.get("http.request_body", b"")
    fields += [data.get("http.header", b"X: 1").strip(b"\r\n"), b"Content-Length: %d" % len(body)]
    line = b"%s %s HTTP/1.1" % (data.get("http.method", b"GET").strip() or b"GET", target)
    return b"\r\n".join([line, *fields, b"", body])


def requests_for(rules):
    """Return a session with a request for each rule."""
    tape = Timed()
    for rule in rules:
        port = next((low for low, _ in rule.destination_ports.ranges()), 80)
        session = tape.session(WORM, VICTIM, port)
        session.send(request_for(rule))
        session.reply(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    return [batch_of(tape.timed())]


def traffic_for(rules):
    """Return traffic that holds what rules look for: a datagram or both ways of a session for each."""
    tape = Timed()
    for rule in rules:
        data = satisfying(rule)
        ports = [80, 40000, *(low for low, _ in rule.destination_ports.ranges())]
        port = next(port for port in reversed(ports) if port == 80 or rule.destination_ports.contains(port))
        if rule.protocol == "udp":
            tape.udp(WORM, 1000 + rule.number % 50_000, VICTIM, port, data)
        elif rule.protocol.startswith("tcp"):
            session = tape.session(WORM, VICTIM, port)
            session.send(data, cuts=(len(data) // 2,))
            session.reply(data)
    return [batch_of(tape.timed())]


@fast
def test_shipped_rules_on_their_captures(shipped, algorithm):
    assert len(shipped.check(algorithm, captures(PCAPS.glob("*.pcap")))) > 50


@fast
def test_shipped_rules_on_worms(shipped, shared, algorithm):
    assert len(shipped.check(algorithm, captures((shared / "captures" / "worms").glob("*.pcap")))) > 20


@fast
def test_public_rules(public, shared, algorithm):
    """One engine for each matcher: to make one takes longer than most captures do."""
    assert len(public.check(algorithm, captures((shared / "captures").rglob("*.pcap*"), NAIVE_BYTES))) > 50


@fast
def test_public_rules_on_what_they_look_for(public, algorithm):
    some = [rule for rule in public.ruleset.rules if not rule.is_transactional][::EVERY]
    alerts = public.check(algorithm, {"made": traffic_for(some)})
    fired = {sid for _, sid in alerts} & {rule.sid for rule in some}
    assert len(fired) > len(some) // 4


@fast
def test_public_rules_on_requests_that_hold_what_they_look_for(public, algorithm):
    some = [rule for rule in public.ruleset.rules if rule.is_transactional and "http" in rule.app_protocols]
    some = [rule for rule in some if rule.sides & TO_SERVER][:: 10 * EVERY]
    alerts = public.check(algorithm, {"requests": requests_for(some)})
    fired = {sid for _, sid in alerts} & {rule.sid for rule in some}
    assert len(fired) > len(some) // 8
