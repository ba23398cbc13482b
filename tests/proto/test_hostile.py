"""Whatever is said, in whatever pieces: no protocol raises, makes up events, or holds more than it says.

The bytes are mutations of what the cases of the protocol's own fields say, so that they come far.
"""

from __future__ import annotations

import json
from itertools import islice

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from splitting import Ear, held_bytes

from vids.engine.packet.packet import TCP
from vids.engine.proto.protocol import MAYBE, NO, YES, Protocol
from vids.engine.proto.table import PROTOCOLS
from vids.engine.settings import Settings

HELD = 256 << 10  # bytes that one conversation may hold, whatever it hears, with default settings ...
HELD_OF = {  # ... but where a protocol says why it takes more
    "http": 4 << 20,  # 512 requests may wait for their response, each with its fields and the beginning of its body
}
PIECE = 1448  # bytes of a segment
LONG = 1_000  # blocks until such a one is as large as it gets
DATAGRAMS = 500  # of one flow
SAYINGS = 3  # of each protocol, from which streams are made that never end

FILLERS = (b"\0", b"\xff", b"A", b"\r\n", b"A: b\r\n", b"\0\1\0\0")
SPOKEN = [(p.over(transport, Settings()), transport) for p in PROTOCOLS for transport in p.transports]
IDS = [f"{protocol.name}/{'tcp' if transport == TCP else 'udp'}" for protocol, transport in SPOKEN]
EACH = pytest.mark.parametrize(("protocol", "transport"), SPOKEN, ids=IDS)


def said(protocol: Protocol) -> list[tuple[bytes, bytes]]:
    """Return what both sides say in the cases of a protocol's fields."""
    pairs = [case[:2] for field in (*protocol.fields, *protocol.numbers) for case in field.cases]
    return list(dict.fromkeys(pairs)) or [(b"", b"")]


def mutants(protocol: Protocol) -> st.SearchStrategy[bytes]:
    """Return a strategy for parts of sayings, strung together, with bytes changed and noise between."""
    corpus = [data for pair in said(protocol) for data in pair if data] or [b""]
    part = st.builds(lambda data, a, b: data[a : a + b], st.sampled_from(corpus), st.just(0), st.integers(0, 4000))
    tail = st.builds(lambda data, a: data[a % (len(data) + 1) :], st.sampled_from(corpus), st.integers(0, 4000))
    noise = st.binary(max_size=12) | st.builds(lambda data, n: data * n, st.sampled_from(FILLERS), st.integers(0, 700))
    whole = st.lists(part | tail | noise, max_size=4).map(b"".join)
    return st.builds(changed, whole, st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=3))


def changed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    out = bytearray(data)
    for at, value in changes:
        if out:
            out[at % len(out)] = value
    return bytes(out)


# What happens next: bytes, a gap, an end (of the rest of the stream), each on a side
def happenings(protocol: Protocol) -> st.SearchStrategy[list[tuple[str, bool, object]]]:
    side = st.booleans()
    feeds = st.tuples(st.just("feed"), side, mutants(protocol))
    gaps = st.tuples(st.just("gap"), side, st.integers(1, 1 << 31))
    ends = st.tuples(st.just("end"), side, st.booleans())
    return st.lists(st.one_of(feeds, feeds, feeds, feeds, gaps, ends), max_size=8)


@EACH
def test_nothing_raises(protocol: Protocol, transport: int) -> None:
    """Whatever happens, records are JSON in UTF-8, and events those that the protocol names."""

    @examples(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(happenings(protocol))
    def check(happenings: list[tuple[str, bool, object]]) -> None:
        ear = Ear(protocol)
        ended = set()
        for what, to_server, value in happenings:
            if to_server in ended:
                continue
            if what == "feed":
                ear.hear(value, to_server)
            elif what == "gap":
                ear.miss(value, to_server)
            else:
                ended.add(to_server)
                ear.end(to_server, value)
        for to_server in {True, False} - ended:
            ear.end(to_server)
        seen = ear.seen()
        assert len(set(ear.recorded)) == len(ear.recorded)
        for tx in seen["transactions"]:
            json.dumps(tx["record"], ensure_ascii=False).encode("utf-8")
            assert set(tx["events"]) <= set(protocol.events)

    check()


@EACH
def test_no_probe_raises(protocol: Protocol, transport: int) -> None:
    port = st.sampled_from([0, 22, 25, 53, 80, 443, 5353, 40000, 65535])

    @examples(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mutants(protocol), st.booleans(), port, port)
    def check(data: bytes, to_server: bool, source_port: int, destination_port: int) -> None:
        assert protocol.probe(data, to_server, source_port, destination_port) in (NO, MAYBE, YES)

    check()


def endless(protocol: Protocol) -> list[tuple[bytes, bytes]]:
    """Return beginnings, each with what is then said for ever: the same again, or nothing that makes sense."""
    sayings = [data for pair in said(protocol) for data in pair if data]
    streams = []
    for n in range(min(SAYINGS, len(sayings))):
        data = sayings[n * len(sayings) // SAYINGS]
        filler = FILLERS[n * len(FILLERS) // SAYINGS]
        streams += [(b"", data), (data[: len(data) // 2], filler), (data, FILLERS[-n])]
    return streams


@pytest.mark.parametrize("to_server", [True, False], ids=["to_server", "to_client"])
@EACH
def test_a_stream_that_never_ends(protocol: Protocol, transport: int, to_server: bool) -> None:
    limit = HELD_OF.get(protocol.name, HELD)
    is_stream = transport == TCP
    for beginning, rest in endless(protocol):
        ear = Forgetful(protocol)
        ear.hear(beginning, to_server)
        block = rest * (PIECE // len(rest) + 1) if is_stream else rest
        n_blocks = (2 * HELD // len(block) if limit == HELD else LONG) if is_stream else DATAGRAMS
        before = limit  # bytes that were held when two thirds were said
        for n in range(n_blocks):
            ear.hear(block, to_server)
            if ear.conversation.is_over:
                break
            if n % 64 == 63:
                assert held_bytes(ear.conversation) <= limit, (beginning[:40], rest[:40], n)
            if n == 2 * n_blocks // 3:
                before = held_bytes(ear.conversation)
        held = held_bytes(ear.conversation)
        assert held <= limit, (beginning[:40], rest[:40])
        assert limit == HELD or held <= before + before // 8 + (64 << 10), "it grows on"


class Forgetful(Ear):
    """An ear that keeps nothing of what it took: the stream is long."""

    def take(self) -> None:
        conversation = self.conversation
        for tx in conversation.news:
            tx.has_request_news = tx.has_response_news = tx.has_more_request = tx.has_more_response = False
        conversation.news.clear()
        conversation.records.clear()
        conversation.ended_files.clear()
        conversation.forget()


@pytest.mark.parametrize("protocol", [p for p, transport in SPOKEN if transport == TCP], ids=lambda p: p.name)
def test_a_gap_anywhere(protocol: Protocol) -> None:
    """Bytes that are missing at any place cost transactions, not the conversation: both sides come to their end."""
    for request, response in islice(said(protocol), 40):
        for data, to_server in ((request, True), (response, False)):
            for at in range(0, len(data) + 1, max(1, len(data) // 24)):
                ear = Ear(protocol)
                ear.hear(data[:at], to_server)
                ear.miss(100, to_server)
                ear.hear(data[at:] + data, to_server)
                ear.end(True)
                ear.end(False)
                ear.seen()
                assert not ear.conversation.transactions, "transactions that live when both sides have ended"
