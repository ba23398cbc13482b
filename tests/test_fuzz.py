"""What fuzzing found stays found: every input that once failed is checked again. And the targets can fail."""

import sys
from pathlib import Path

import pytest

import vids.engine.engine
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.field import Field
from vids.engine.proto.protocol import MAYBE, NO, YES, Protocol
from vids.engine.proto.table import BY_NAME
from vids.engine.proto.transaction import COMPLETE, TO_SERVER, Transaction

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))  # after everything else: vids itself comes from where it came

from fuzzing import at_random, guided  # noqa: E402
from fuzzing.table import ROOMS, load, names  # noqa: E402
from fuzzing.target import FaultError, Target  # noqa: E402

FINDINGS = [
    # target   input, in hexadecimal
    # bytes of streams were still counted when the engine was closed
    ("engine", "010001 002900 450000290001400040060000 0a0000010a000002 0400005000000001000000015010ffff00000000 61"),
    # behind the depth the mark of a stream's end stayed in the queue, and with it the tail in memory
    ("stream", "0600000008 92000000000000fa0000 18000000000098000000 11000006000000000000 91"),
]


@pytest.mark.parametrize(("name", "data"), FINDINGS, ids=[f"{name}-{data[:10]}" for name, data in FINDINGS])
def test_what_was_found_is_in_order(name, data):
    load(name).check(bytes.fromhex(data))


@pytest.mark.parametrize("name", ROOMS)
def test_targets_take_any_bytes(name):
    """None, few, and what their seeds begin and end with."""
    target = load(name)
    seeds = target.seeds()
    assert len(seeds) > 20
    assert all(len(seed) <= target.max_length for seed in seeds)
    for data in (b"", b"\0", b"\xff" * 99, *seeds[::25], *(seed[: len(seed) // 2] for seed in seeds[::25])):
        target.check(data)


FAULTS = [
    # target      what is broken                                     how
    ("decode",    "vids.engine.packet.counters.Counters.count_events", lambda self, names: None),
    ("defrag",    "vids.engine.packet.datagram.Datagram.data",       lambda self: self.pieces[-1].data),
    ("stream",    "vids.engine.flow.stream.Stream.release",          lambda self: None),
    ("threshold", "vids.engine.detect.threshold.renew",              lambda threshold, entry, now_ns: None),
    ("rules",     "vids.engine.rule.ruleset.RuleSet._is_newest",     lambda self, path, text, rule: False),
    ("engine",    "vids.engine.flow.table.FlowTable.release_ended",  lambda self: None),
]  # fmt: skip


def test_every_target_has_its_fault():
    assert [name for name, _, _ in FAULTS] == list(ROOMS)


@pytest.mark.parametrize(("name", "broken", "how"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_a_target_sees_a_fault(monkeypatch, name, broken, how):
    if not vids.engine.engine.__file__.endswith(".py"):
        pytest.skip("compiled code cannot be broken")
    target = load(name)
    seeds = target.seeds()
    monkeypatch.setattr(broken, how)
    with pytest.raises(FaultError):
        for seed in seeds:
            target.check(seed)


class Line(Transaction):
    """What one side said up to the end of a line."""

    def __init__(self, number, text):
        super().__init__(number)
        self.text = text
        self.request_progress = self.response_progress = COMPLETE

    def record(self):
        return {"text": self.text.decode("latin-1")}


class Lines(Conversation):
    """A conversation of lines, each a transaction."""

    def __init__(self, settings):
        super().__init__(settings)
        self.rest = {True: b"", False: b""}

    def feed(self, data, to_server):
        *lines, self.rest[to_server] = (self.rest[to_server] + data).split(b"\n")
        for line in lines:
            self.begin(Line(self.n_transactions, line))
            self.changed(self.transactions[-1], to_server)
            self.due(self.transactions[-1])

    def gap(self, length, to_server):
        self.rest[to_server] = b""

    def close(self, to_server, is_truncated):
        self.rest[to_server] = b""


class Toy(Protocol):
    name = "toy"
    fields = (Field("toy.line", "A line.", TO_SERVER, COMPLETE, lambda tx, to_server: [tx.text], "",
                    cases=((b"TOY\nhello\n", b"TOY\n", ()), (b"TOY" + b"x" * 2000 + b"\n", b"", ()))),)  # fmt: skip

    def probe(self, data, to_server, source_port, destination_port):
        return NO if not b"TOY".startswith(data[:3]) else MAYBE if len(data) < 3 else YES

    def converse(self, settings):
        return Lines(settings)


@pytest.fixture
def toy(monkeypatch):
    if not vids.engine.engine.__file__.endswith(".py"):
        pytest.skip("compiled code takes no other table")
    monkeypatch.setattr("vids.engine.proto.listener.PROTOCOLS", (Toy(),))
    monkeypatch.setitem(BY_NAME, "toy", Toy())
    return load("toy")


def test_a_protocol_of_the_table_is_a_target(toy):
    assert names()[-1] == "toy"
    assert len(toy.seeds()) == 6
    for data in (b"", b"\xff" * 99, *toy.seeds()):
        toy.check(data)


def keep_few(opening, data):
    opening.data = (opening.data + data)[:1024]


def ask_twice(conversation, transaction):
    conversation.records += [transaction, transaction]


APPLICATION_FAULTS = [
    # name             what is broken                                         how
    ("lost bytes",     "vids.engine.proto.dialogue.Opening.add",              keep_few),
    ("kept for ever",  "vids.engine.proto.conversation.Conversation.forget",  lambda self: None),
    ("recorded twice", "vids.engine.proto.conversation.Conversation.due",     ask_twice),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "how"), [f[1:] for f in APPLICATION_FAULTS], ids=[f[0] for f in APPLICATION_FAULTS])
def test_the_target_of_a_protocol_sees_a_fault(monkeypatch, toy, broken, how):
    monkeypatch.setattr(broken, how)
    with pytest.raises(FaultError):
        for seed in toy.seeds():
            toy.check(seed)


def test_a_fault_is_kept_with_its_input(monkeypatch, tmp_path):
    def check(data):
        if b"worm" in data:
            raise FaultError("a worm")

    monkeypatch.setattr(at_random, "load", lambda name: Target(check, lambda: [b"wo", b"rm", b"worm!"], 9))
    outcome = at_random.fuzz("toy", 60, 1, tmp_path)
    assert "a worm" in outcome.text
    assert b"worm" in outcome.crash.read_bytes()
    assert outcome.crash.parent == tmp_path


def test_what_takes_too_long_is_a_fault(monkeypatch, tmp_path):
    monkeypatch.setattr("fuzzing.target.SLOW_S", 0.01)
    monkeypatch.setattr(at_random, "load", lambda name: Target(lambda data: sum(range(10**6)), lambda: [b"x"], 9))
    assert "one input took" in at_random.fuzz("toy", 60, 1, tmp_path).text


def test_all_is_well_without_faults(monkeypatch, tmp_path):
    monkeypatch.setattr(at_random, "load", lambda name: Target(len, lambda: [b"x"], 9))
    outcome = at_random.fuzz("toy", 0.05, 1, tmp_path)
    assert outcome.crash is None
    assert not list(tmp_path.iterdir())


LOG = """\
#64	pulse  cov: 20 ft: 30 corp: 5/613b exec/s: 10 rss: 58Mb
#140	INITED cov: 251 ft: 3920 corp: 95/15935b exec/s: 4 rss: 58Mb
#167	NEW    cov: 260 ft: 4017 corp: 100/15Kb lim: 629 exec/s: 1 rss: 58Mb L: 122/629 MS: 1 CrossOver-
#210	DONE   cov: 260 ft: 4017 corp: 101/16Kb lim: 629 exec/s: 1 rss: 58Mb
"""


def test_figures_of_a_guided_run():
    assert guided.figures(LOG, 7) == "210 inputs, coverage 251 to 260, 101 kept (16Kb), seed 7"
