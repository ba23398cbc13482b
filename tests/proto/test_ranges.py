"""Files that come in parts: whole again whatever the order, bounded, aged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.digest import STORED
from vids.engine.proto.file import CLOSED, TRUNCATED
from vids.engine.proto.files import Files
from vids.engine.proto.ranges import MAX_PIECES
from vids.engine.proto.transaction import Transaction
from vids.engine.settings import Settings

SECOND = 1_000_000_000
KEY = b"host /file"
DATA = bytes(range(256)) * 4


class Server:
    """Sends parts of one file, each in a transaction of a new flow."""

    def __init__(self, data: bytes = DATA, memcap: int = 1 << 20, stores_all: bool = False) -> None:
        settings = Settings()
        settings.range_memcap, settings.range_timeout_s = memcap, 60
        settings.stores_files = settings.stores_all_files = stores_all
        self.files = Files(settings)
        self.data = data
        self.whole = []

    def send(
        self, start: int, end: int, step: int = 100, total: int = -1, key: bytes = b"host /file", cut: int = 0
    ) -> list:
        """Send bytes `start` to `end`; return the files that ended."""
        conversation = Conversation(Settings())
        conversation.files = self.files
        transaction = Transaction(0)
        conversation.begin(transaction)
        file = conversation.open_file(transaction, b"file", False, 1 << 16)
        conversation.part_of(file, key, start, end, len(self.data) if total < 0 else total)
        for at in range(start, end + 1 - cut, step):
            file.add(self.data[at : min(at + step, end + 1 - cut)])
        conversation.end_file(transaction, file, TRUNCATED if cut else CLOSED)
        ended = [file for _, file in conversation.ended_files]
        assert transaction.files == ended
        self.whole += ended[1:]
        return ended


ORDERS = [
    ("in order",       [(0, 499), (500, 1023)]),
    ("backwards",      [(500, 1023), (0, 499)]),
    ("overlapping",    [(0, 600), (300, 1023)]),
    ("inside",         [(100, 900), (200, 300), (900, 1023), (0, 99)]),
    ("thirds",         [(700, 1023), (0, 300), (301, 699)]),
    ("twice",          [(0, 499), (0, 499), (500, 1023)]),
    ("last byte",      [(0, 1022), (1023, 1023)]),
]  # fmt: skip


@pytest.mark.parametrize("parts", [c[1] for c in ORDERS], ids=[c[0] for c in ORDERS])
@pytest.mark.parametrize("step", [1, 33, 2000])
def test_parts_become_whole_with_the_last_one(parts, step):
    server = Server()
    for start, end in parts:
        assert not server.whole
        ended = server.send(start, end, step)
        assert (ended[0].start, ended[0].end, ended[0].size) == (start, end, end - start + 1)
    (whole,) = server.whole
    assert (bytes(whole.data), whole.size, whole.state) == (DATA, len(DATA), CLOSED)
    assert (whole.start, whole.end) == (-1, -1)
    assert server.files.ranges.held == 0
    assert not server.files.ranges.wholes


@given(st.permutations(list(range(8))), st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 300)), max_size=5))
def test_any_order_and_any_further_parts_make_the_same_whole(order, further):
    server = Server()
    for start, length in further:
        server.send(start, min(start + length, 1022))
    for number in order:
        server.send(number * 128, number * 128 + 127)
    assert server.whole
    assert bytes(server.whole[0].data) == DATA


NOT_PARTS = [
    # start, end, total
    (0, 1023, 1024),  # all of it
    (5, 4, 1024),
    (0, 1024, 1024),
    (-1, 10, 1024),
    (0, 0, 0),
]


@pytest.mark.parametrize(("start", "end", "total"), NOT_PARTS)
def test_what_is_no_part_begins_no_whole(start, end, total):
    server = Server()
    assert len(server.send(start, end, total=total)) == 1
    assert not server.files.ranges.wholes


def test_a_part_that_ended_early_leaves_a_hole_that_another_fills():
    server = Server()
    server.send(0, 499, cut=100)
    server.send(500, 1023)
    assert not server.whole
    server.send(350, 520)
    assert bytes(server.whole[0].data) == DATA


def test_files_of_other_keys_and_sizes_do_not_mix():
    server = Server()
    server.send(0, 499)
    server.send(500, 1023, key=b"host /other")
    assert not server.whole
    server.send(500, 1022, total=1023)  # it has changed since
    assert not server.whole
    server.send(0, 499, total=1023)
    assert len(server.whole) == 1


def test_a_part_that_is_longer_than_it_said_adds_nothing_to_the_whole():
    server = Server()
    server.send(0, 499)
    conversation, transaction = Conversation(Settings()), Transaction(0)
    conversation.files = server.files
    file = conversation.open_file(transaction, b"file", False, 1 << 16)
    conversation.part_of(file, KEY, 500, 1023, 1024)
    file.add(DATA[500:] + b"more")
    conversation.end_file(transaction, file, CLOSED)
    assert transaction.files[1].size == len(DATA)


def test_a_file_without_a_part_for_a_minute_is_given_up():
    server = Server()
    server.send(0, 499)
    server.files.ranges.now_ns += 61 * SECOND
    server.send(500, 1023)
    assert not server.whole
    assert len(server.files.ranges.wholes) == 1


@pytest.mark.parametrize("stores_all", [False, True])
def test_memory_for_parts_is_bounded(stores_all):
    data = bytes(100_000)
    server = Server(data, memcap=500_000, stores_all=stores_all)
    for number in range(100):
        server.send(50_000, 99_999, 1460, key=b"key %d" % number)
        assert server.files.ranges.held <= 500_000
    assert server.files.counters()["app_layer.file.range_memcap"] > 80
    assert sum(whole.held for whole in server.files.ranges.wholes.values()) == server.files.ranges.held


def test_pieces_of_one_file_are_bounded():
    server = Server()
    for at in range(1023, 0, -2):
        server.send(at, at)
    assert len(server.files.ranges.wholes[KEY].starts) == 512
    server = Server(bytes(10_000))
    for at in range(9_999, 0, -2):
        server.send(at, at)
    assert len(server.files.ranges.wholes[KEY].starts) == MAX_PIECES
    assert server.files.counters()["app_layer.file.range_pieces"] == 5_000 - MAX_PIECES


def test_the_bytes_of_a_whole_that_goes_to_the_store_are_dropped_with_it():
    server = Server(bytes(300_000), memcap=150_000, stores_all=True)
    server.files.needs |= STORED
    server.send(0, 99_999, 1460)
    whole = server.files.ranges.wholes[KEY].file
    assert whole.more, "more than its beginning waits"
    whole.take()
    server.send(150_000, 250_000, 1460)
    assert server.files.ranges.dropped == [whole]
