"""Files: what is kept of them, their digests, when rules look, what goes to the store."""

import hashlib
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.proto.conversation import Conversation
from vids.engine.proto.digest import DIGESTS, MAGIC, MD5, SHA1, SHA256, STORED
from vids.engine.proto.file import CLOSED, FAILED, MAGIC_BYTES, MAX_NAME, OPEN, TRUNCATED, File, Magic
from vids.engine.proto.filefield import FILE_FIELDS
from vids.engine.proto.files import MAX_FILES, Files
from vids.engine.proto.transaction import Transaction
from vids.engine.settings import Settings

LIMIT = 10
FIELDS = {field.name: field for field in FILE_FIELDS}
GAP = 5


class FirstByte(Magic):
    """Tells files apart by how they begin and how much of that was shown."""

    def kind(self, data: bytes) -> str:
        return f"{data[:2]!r} of {len(data)}"


def files(needs: int = 0, stores: bool = False, stores_all: bool = False) -> Files:
    settings = Settings()
    settings.file_needs = needs
    settings.stores_files, settings.stores_all_files = stores, stores_all
    made = Files(settings)
    made.magic = FirstByte()
    return made


def talk(needs: int = 0, stores: bool = False, stores_all: bool = False) -> tuple[Conversation, Transaction]:
    conversation = Conversation(Settings())
    conversation.files = files(needs, stores, stores_all)
    transaction = Transaction(0)
    conversation.begin(transaction)
    return conversation, transaction


def given_pieces(file: File, pieces: tuple[bytes | int, ...]) -> None:
    for piece in pieces:
        if isinstance(piece, int):
            file.gap(piece)
        else:
            file.add(piece)


ENDS = [
    # what comes                  ends       data             size  state
    ((b"abc", b"def"),            CLOSED,    b"abcdef",       6,    CLOSED),
    ((b"abc",),                   TRUNCATED, b"abc",          3,    TRUNCATED),
    ((b"abc",),                   FAILED,    b"abc",          3,    FAILED),
    ((),                          CLOSED,    b"",             0,    CLOSED),
    ((b"0123456789abc", b"d"),    CLOSED,    b"0123456789",   14,   CLOSED),
    ((b"ab", GAP, b"cd"),         CLOSED,    b"ab",           9,    TRUNCATED),
    ((GAP, b"cd"),                TRUNCATED, b"",             7,    TRUNCATED),
]  # fmt: skip


@pytest.mark.parametrize(("pieces", "end", "data", "size", "state"), ENDS)
def test_what_is_kept(pieces, end, data, size, state):
    file = File(b"name", False, LIMIT)
    given_pieces(file, pieces)
    assert file.state == OPEN
    file.close(end)
    assert (bytes(file.data), file.size, file.state) == (data, size, state)
    given_pieces(file, (b"more", 3))
    file.close(CLOSED)
    assert (bytes(file.data), file.size, file.state) == (data, size, state)


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_digests_are_those_of_hashlib_however_the_file_is_cut(data, cuts):
    file = files(MD5 | SHA1 | SHA256).open(b"", False, LIMIT, [])
    cuts = sorted({0, len(data), *(cut for cut in cuts if cut <= len(data))})
    for begin, end in pairwise(cuts):
        file.add(data[begin:end])
    file.close(CLOSED)
    for name, which in DIGESTS.items():
        assert file.digest(which) == hashlib.new(name, data).digest()


@pytest.mark.parametrize("name", DIGESTS)
def test_only_the_digests_that_are_asked_for_are_made(name):
    file = files(DIGESTS[name]).open(b"", False, LIMIT, [])
    file.add(b"x")
    file.close(CLOSED)
    assert [other for other, which in DIGESTS.items() if file.digest(which)] == [name]


def test_a_file_with_missing_bytes_has_no_digest_that_lists_could_hold():
    file = files(MD5 | SHA1 | SHA256).open(b"", False, LIMIT, [])
    given_pieces(file, (b"ab", GAP, b"cd"))
    file.close(CLOSED)
    assert not any(file.digest(which) for which in DIGESTS.values())
    assert file.digests.md5 == file.digests.sha1 == b""
    assert file.digests.sha256 == hashlib.sha256(b"abcd").digest()  # names it in the store


KINDS = [
    # bytes so far                     has ended  kind
    (b"",                              True,      ""),
    (b"ab",                            False,     ""),
    (b"ab",                            True,      "b'ab' of 2"),
    (b"a" * MAGIC_BYTES,               False,     f"b'aa' of {MAGIC_BYTES}"),
    (b"a" * (MAGIC_BYTES + 100),       True,      f"b'aa' of {MAGIC_BYTES}"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "has_ended", "kind"), KINDS, ids=range(len(KINDS)))
@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_the_kind_is_told_once_and_by_the_beginning_alone(data, has_ended, kind, step):
    file = files(MAGIC).open(b"", False, 2 * MAGIC_BYTES, [])
    seen = {file.kind()}
    for at in range(0, len(data), step):
        file.add(data[at : at + step])
        seen.add(file.kind())
    if has_ended:
        file.close(CLOSED)
    assert file.kind() == kind
    assert seen <= {"", kind}


def test_nobody_is_asked_for_a_kind_that_nobody_wants():
    file = files().open(b"", False, LIMIT, [])
    file.add(b"abc")
    file.close(CLOSED)
    assert file.kind() == ""


@pytest.mark.parametrize("step", [1, 100, 1460, 5000, 1 << 20])
def test_however_slowly_a_file_grows_rules_look_into_it_twice_over_at_most(step):
    conversation, transaction = talk()
    limit = 100_000
    file = conversation.open_file(transaction, b"slow", False, limit)
    looked = 0
    for _ in range(0, 300_000, step):
        file.add(b"x" * step)
        transaction.has_more_response = False
        conversation.grown(transaction, file)
        looked += len(file.data) * transaction.has_more_response
    assert len(file.data) == limit
    assert not file.is_due(), "the whole beginning was looked into"
    assert limit <= looked <= 3 * limit


def test_the_name_is_cut_where_it_is_too_long():
    shared = files()
    assert len(shared.open(b"n" * (MAX_NAME + 1), True, LIMIT, []).name) == MAX_NAME
    assert shared.counters()["app_layer.file.name_cut"] == 1


def test_a_transaction_with_too_many_files_is_counted():
    conversation, transaction = talk()
    opened = [conversation.open_file(transaction, b"f", True, LIMIT) for _ in range(MAX_FILES + 2)]
    opened[-1].add(b"abc")
    conversation.end_file(transaction, opened[-1], CLOSED)
    assert len(transaction.files) == MAX_FILES
    assert (opened[-1].size, opened[-1].state) == (0, FAILED)
    assert conversation.ended_files == []
    assert conversation.files.counters()["app_layer.file.refused"] == 2


def test_the_end_of_a_file_lets_rules_look_and_is_told_once():
    conversation, transaction = talk()
    file = conversation.open_file(transaction, b"f", True, LIMIT)
    conversation.unlook()
    transaction.has_more_request = False
    conversation.end_file(transaction, file, CLOSED)
    conversation.end_file(transaction, file, TRUNCATED)
    assert (transaction.has_more_request, transaction.has_more_response) == (True, False)
    assert conversation.news == [transaction]
    assert conversation.ended_files == [(transaction, file)]
    assert file.state == CLOSED


def test_fields_are_those_of_the_files_of_a_side():
    conversation, transaction = talk(MAGIC)
    for name, to_server, data in ((b"a", True, b"AAA"), (b"b", False, b"BBB"), (b"", True, b"CCC"), (b"d", True, b"")):
        file = conversation.open_file(transaction, name, to_server, LIMIT)
        file.add(data)
        conversation.end_file(transaction, file, CLOSED)
    assert FIELDS["file.data"].read(transaction, True) == [b"AAA", b"CCC"]
    assert FIELDS["file.data"].read(transaction, False) == [b"BBB"]
    assert FIELDS["file.name"].read(transaction, True) == [b"a", b"d"]
    assert FIELDS["file.magic"].read(transaction, True) == [b"b'AA' of 3", b"b'CC' of 3"]


def collected(file: File, pieces: list[bytes], stop: int = -1) -> bytes:
    """Return what would be stored when a rule wants the file after `stop` pieces, or at its end."""
    told = b""
    for number, piece in enumerate(pieces):
        if number == stop:
            file.want(1)
        file.add(piece)
        if file.more:
            told += file.take()
    file.close(CLOSED)
    file.want(1)
    return told + (file.take() if file.more or not file.is_handed_out else b"")


@given(st.lists(st.binary(max_size=9), max_size=9), st.integers(-1, 9))
def test_the_store_gets_every_byte_once(pieces, stop):
    file = files(STORED, stores=True).open(b"f", True, LIMIT, [])
    assert collected(file, pieces, stop) == b"".join(pieces)


@given(st.lists(st.one_of(st.binary(max_size=9), st.integers(1, 9)), max_size=9))
def test_the_store_gets_what_was_seen_of_a_file_with_gaps(pieces):
    file = files(stores=True, stores_all=True).open(b"f", True, LIMIT, [])
    told = b""
    for piece in pieces:
        given_pieces(file, (piece,))
        told += file.take() if file.more else b""
    told += file.take() if file.more or not file.is_handed_out else b""
    assert told == b"".join(piece for piece in pieces if isinstance(piece, bytes))


def test_without_a_store_no_file_keeps_bytes_for_it():
    conversation, transaction = talk(STORED)
    file = conversation.open_file(transaction, b"f", True, LIMIT)
    file.want(1)
    file.add(b"x" * 100)
    assert (file.is_wanted, file.more, conversation.moved_files, file.sids) == (False, [], [], [])


@pytest.mark.parametrize("stores_all", [False, True])
def test_ten_gigabytes_take_no_more_memory_than_the_limit(stores_all):
    conversation, transaction = talk(MAGIC, stores=stores_all, stores_all=stores_all)
    limit, piece, n_pieces = 100_000, bytes(1 << 20), 10 << 10
    if stores_all:
        n_pieces = 256  # each is hashed
    tracemalloc.start()
    file = conversation.open_file(transaction, b"huge", False, limit)
    for _ in range(n_pieces):
        file.add(piece)
        if file.more:
            file.take()
            conversation.moved_files.clear()
        conversation.grown(transaction, file)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.size == n_pieces << 20
    assert held < 2 * limit + 4096
    assert peak < 3 << 20
