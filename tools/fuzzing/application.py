"""A target for each application protocol of vids/engine/proto/table.py, by its name: what two sides say to each other.

Input: a byte for the transport and the server's port; then pieces, each with a byte for the side and what happens (it
says something, bytes are missing, it says no more), a length in two bytes, and as many bytes. Seeds are what the cases
of the protocol's own fields say.
Holds: in a stream, the same comes out however it is cut; what was final does not change; records are JSON, events
those that the protocol names; no transaction lives on when both sides have ended; the same again gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Final

from fuzzing.reader import Reader
from fuzzing.target import Target, demand
from vids.engine.packet.packet import TCP
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.field import Field, NumberField
from vids.engine.proto.listener import Listener
from vids.engine.proto.protocol import Protocol
from vids.engine.proto.table import BY_NAME
from vids.engine.proto.transaction import TO_CLIENT, TO_SERVER, Transaction
from vids.engine.settings import Settings

CLIENT_PORT: Final = 40_000
SERVER_PORTS: Final = (40_001, 53, 5353, 80, 443, 22, 25, 445)  # the first is no protocol's own: what is said must tell
SAYS, MISSES, ENDS = 0, 2, 3  # what happens, in bits 1 and 2 of a control byte; 1 is SAYS too
FEW: Final = 64  # bytes: a piece of so many is cut at each, a longer one into such
Piece = tuple[bool, int, bytes]  # to_server, what happens, what is said


class Ear:
    """The caller that the engine is to a dialogue: takes what is new after each piece, and forgets."""

    def __init__(self, protocol: Protocol, over: int, port: int) -> None:
        settings = Settings()
        listener = Listener(settings)
        spoken = listener.over_tcp if over == TCP else listener.over_udp
        self.protocol = next(each for each in spoken if each.name == protocol.name)  # as it is over this transport
        self.dialogue = Dialogue(settings, [self.protocol], over, CLIENT_PORT, port)
        self.transactions: dict[int, Transaction] = {}
        self.recorded: list[int] = []
        self.final: dict[tuple[int, str, bool], object] = {}

    def hear(self, piece: Piece) -> None:
        """Let one piece happen."""
        to_server, what, data = piece
        dialogue = self.dialogue
        if dialogue.is_over or dialogue.wants_change():
            return
        if what == MISSES:
            dialogue.gap(len(data), to_server)
        elif what == ENDS:
            dialogue.close(to_server, bool(data))
        else:
            dialogue.feed(data, to_server)
        self._take()

    def _take(self) -> None:
        conversation = self.dialogue.conversation
        if conversation is None:
            return
        for tx in [*conversation.transactions, *conversation.news, *conversation.records]:
            demand(self.transactions.setdefault(tx.number, tx) is tx, "two transactions of one number")
        for tx in conversation.news:
            tx.has_request_news = tx.has_response_news = tx.has_more_request = tx.has_more_response = False
            self._look(tx)
        self.recorded += [tx.number for tx in conversation.records]
        conversation.news.clear()
        conversation.records.clear()
        conversation.ended_files.clear()
        conversation.forget()

    def _look(self, tx: Transaction) -> None:
        for field in self.protocol.fields:
            for to_server in sides(field):
                if field.is_final(tx.progress(to_server)):
                    value = field.read(tx, to_server)
                    before = self.final.setdefault((tx.number, field.name, to_server), value)
                    demand(before == value, f"{field.name} changed once it was final")

    def seen(self) -> dict[str, object]:
        """Return all that rules and records could know, once it was found in order."""
        dialogue = self.dialogue
        conversation = dialogue.conversation
        if conversation is not None and not conversation.is_over and not conversation.next_protocol:
            demand(not conversation.transactions, "transactions live on when both sides have ended")
        demand(len(set(self.recorded)) == len(self.recorded), "two records of one transaction")
        return {
            "transactions": [self._seen(tx) for _, tx in sorted(self.transactions.items())],
            "recorded": self.recorded,
            "names": (dialogue.name, dialogue.name_to_server, dialogue.name_to_client, dialogue.events),
        }

    def _seen(self, tx: Transaction) -> list[object]:
        demand(set(tx.events) <= set(self.protocol.events), f"one of the events {tx.events} is in no table")
        record = tx.record()
        json.dumps(record, ensure_ascii=False).encode("utf-8")
        values = {field.name: [field.read(tx, side) for side in sides(field)] for field in fields_of(self.protocol)}
        files = [(f.name, f.to_server, f.state, f.size, bytes(f.data)) for f in tx.files]
        return [tx.number, tx.request_progress, tx.response_progress, tx.events, record, values, files]


def is_found_otherwise(first: Ear, second: Ear) -> bool:
    """Return whether the protocol was found in one of them alone."""
    return first.dialogue.name != second.dialogue.name


def always(_first: Ear, _second: Ear) -> bool:
    """Return True."""
    return True


OPEN: Final[dict[str, Callable[[Ear, Ear], bool]]] = {
    # Where pieces are known to make a difference, and must not: a line goes when its causes do.
    # A probe says YES to a beginning, and NO to the same with something malformed behind it; what else is in the piece
    # decides whether a line without version is a request of HTTP/0.9, and whether what follows one, or a request
    # without body, is the next request.
    "http": always,
    # A probe says YES to a beginning, as above.
    "dns": is_found_otherwise,
}


def fields_of(protocol: Protocol) -> list[Field | NumberField]:
    """Return all that rules can ask about."""
    return [*protocol.fields, *protocol.numbers]


def sides(field: Field | NumberField) -> list[bool]:
    """Return the sides that a field is read from."""
    return [to_server for to_server, bit in ((True, TO_SERVER), (False, TO_CLIENT)) if field.sides & bit]


def listen(protocol: Protocol, over: int, port: int, pieces: list[Piece]) -> Ear:
    """Return the ear after all pieces, and the end of both sides."""
    ear = Ear(protocol, over, port)
    for piece in [*pieces, (True, ENDS, b""), (False, ENDS, b"")]:
        ear.hear(piece)
    return ear


def cut(pieces: list[Piece]) -> list[Piece]:
    """Return the same, said in many more pieces."""
    made: list[Piece] = []
    for to_server, what, data in pieces:
        size = 1 if len(data) <= FEW else FEW
        if what in {MISSES, ENDS}:
            made.append((to_server, what, data))
        else:
            made += [(to_server, what, data[at : at + size]) for at in range(0, len(data), size)]
    return made


def pieces_of(reader: Reader) -> list[Piece]:
    """Return what happens by an input; nothing is said in nothing, nor after an end."""
    made: list[Piece] = []
    ended: set[bool] = set()
    while not reader.is_over():
        control, length = reader.number(), reader.number(2)
        to_server, what = bool(control & 1), control >> 1 & 3
        data = reader.take(length)
        if to_server in ended or (what != ENDS and not data):
            continue
        if what == ENDS:
            ended.add(to_server)
        made.append((to_server, what, data))
    return made


def check(protocol: Protocol, data: bytes) -> None:
    """Listen to an input twice; in a stream the second time in other pieces."""
    reader = Reader(data)
    way = reader.number()
    over = protocol.transports[(way & 1) % len(protocol.transports)]
    port = SERVER_PORTS[way >> 1 & 7]
    pieces = pieces_of(reader)
    first = listen(protocol, over, port, pieces)
    second = listen(protocol, over, port, cut(pieces) if over == TCP else pieces)
    one, other = first.seen(), second.seen()
    is_open = OPEN.get(protocol.name)
    if is_open is not None and is_open(first, second):
        return
    for name, value in one.items():
        demand(value == other[name], f"{name}, said in other pieces: {value} became {other[name]}")


def seeds(protocol: Protocol) -> list[bytes]:
    """Return what the cases of the protocol's fields say, over each transport, and to different ports."""
    made = []
    cases = dict.fromkeys(case[:2] for field in fields_of(protocol) for case in field.cases)
    for number, (request, response) in enumerate(cases):
        turns = b"".join(
            bytes((side,)) + len(data).to_bytes(2, "big") + data for side, data in ((1, request), (0, response)) if data
        )
        made += [bytes((transport,)) + turns for transport in range(len(protocol.transports))]
        made.append(bytes(((number & 7) << 1,)) + turns + turns)
        made.append(bytes(((number & 7) << 1 | 1,)) + turns)
    return made or [b"\0"]


def target(name: str) -> Target:
    """Return the target of a protocol."""
    protocol = BY_NAME[name]
    return Target(partial(check, protocol), partial(seeds, protocol), max_length=4000)
