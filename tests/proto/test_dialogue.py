"""The protocol of a flow is found by what is said first; its parser hears all of it, in whatever pieces it came."""

import pytest

from vids.engine.packet.packet import TCP, UDP
from vids.engine.proto import dialogue
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.dialogue import FAILED, MAX_START, MISMATCH, ONE_SIDED, Dialogue
from vids.engine.proto.protocol import MAYBE, NO, YES, Protocol
from vids.engine.settings import Settings

if not dialogue.__file__.endswith(".py"):
    pytest.skip("a protocol that a test makes up cannot inherit from compiled classes", allow_module_level=True)

GREETING = b"TOY "
LONG = GREETING + bytes(3 * MAX_START)


class Heard(Conversation):
    """Keeps what it hears: bytes, and how many are missing."""

    def __init__(self, settings):
        super().__init__(settings)
        self.heard = []

    def feed(self, data, to_server):
        self.heard.append((to_server, data))

    def gap(self, length, to_server):
        self.heard.append((to_server, length))

    def close(self, to_server, is_truncated):
        pass


class Toy(Protocol):
    name = "toy"
    greeting = GREETING

    def probe(self, data, to_server, source_port, destination_port):
        begun = data[: len(self.greeting)]
        return NO if not self.greeting.startswith(begun) else MAYBE if begun != self.greeting else YES

    def converse(self, settings):
        return Heard(settings)


class Game(Toy):
    name = "game"
    greeting = b"TAG!"


def heard(pieces, over=TCP):
    """Return the dialogue, what its parser heard of each side in one, and how many bytes of each it missed."""
    dialogue = Dialogue(Settings(), [Toy()], over, 1024, 80)
    for to_server, data in pieces:
        dialogue.feed(data, to_server)
    conversation = dialogue.conversation
    told = conversation.heard if conversation is not None else []
    said = [b"".join(what for to, what in told if to is side and isinstance(what, bytes)) for side in (True, False)]
    missed = [sum(what for to, what in told if to is side and isinstance(what, int)) for side in (True, False)]
    return dialogue, said, missed


PIECES = [
    # name                         how what the client says is cut
    ("whole",                      [LONG]),
    ("greeting apart",             [GREETING, LONG[4:]]),
    ("within the greeting",        [LONG[:2], LONG[2:]]),
    ("byte by byte",               [LONG[at : at + 1] for at in range(len(LONG))]),
    ("at what is kept",            [LONG[:MAX_START], LONG[MAX_START:]]),
]  # fmt: skip


@pytest.mark.parametrize("pieces", [case[1] for case in PIECES], ids=[case[0] for case in PIECES])
def test_the_parser_hears_all(pieces):
    dialogue, said, missed = heard([(True, piece) for piece in pieces])
    assert dialogue.name == "toy"
    assert said == [LONG, b""]
    assert missed == [0, 0]


def test_a_datagram_is_heard_whole():
    assert heard([(True, LONG)], UDP)[1:] == ([LONG, b""], [0, 0])


def test_of_what_nothing_knows_only_the_beginning_is_kept():
    """Until the other side tells: what was not kept is missing then."""
    junk = bytes(MAX_START + 100)
    dialogue, _, _ = heard([(True, junk), (True, junk)])
    assert len(dialogue.request.data) == MAX_START
    assert dialogue.name_to_server == FAILED
    _, said, missed = heard([(True, junk), (True, junk), (False, LONG)])
    assert said == [bytes(MAX_START), LONG]
    assert missed == [2 * len(junk) - MAX_START, 0]


ANSWERS = [
    # name            what the server says     its protocol   events
    ("the same",      b"TOY hello",            "toy",         []),
    ("cut short",     b"TO",                   "toy",         []),
    ("another",       b"TAG! hello",           "game",        [MISMATCH]),
    ("none",          b"hello",                FAILED,        [ONE_SIDED]),
    ("neither",       b"TAG hello",            FAILED,        [ONE_SIDED]),
    ("another's cut", b"TAG",                  FAILED,        [ONE_SIDED]),
    ("nothing",       b"",                     "",            []),
]  # fmt: skip


SIZES = pytest.mark.parametrize("size", [99, 1, 2, 3])  # of the pieces in which it says so


def talk(pieces):
    """Return the dialogue of a toy and a game after all pieces, and the end of both sides."""
    dialogue = Dialogue(Settings(), [Toy(), Game()], TCP, 1024, 80)
    for to_server, data in pieces:
        dialogue.feed(data, to_server)
    dialogue.close(True, False)
    dialogue.close(False, False)
    return dialogue


def cut(data, size):
    return [(False, data[at : at + size]) for at in range(0, len(data), size)]


@SIZES
@pytest.mark.parametrize(("said", "name", "events"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS])
def test_the_other_side_is_compared(said, name, events, size):
    """By all that it says first, not by its first piece."""
    dialogue = talk([(True, GREETING), *cut(said, size)])
    assert (dialogue.name, dialogue.name_to_server, dialogue.name_to_client) == ("toy", "toy", name)
    assert dialogue.events == events


@SIZES
@pytest.mark.parametrize("said", [b"hello", b"TAG hello", b"TOX"])
def test_the_other_side_is_compared_when_it_spoke_first(said, size):
    dialogue = talk([*cut(said, size), (True, GREETING)])
    assert (dialogue.name, dialogue.name_to_server, dialogue.name_to_client) == ("toy", "toy", FAILED)
    assert dialogue.events == [ONE_SIDED]
