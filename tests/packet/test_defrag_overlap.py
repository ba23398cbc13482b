"""Overlap policies: published results, and an owner for each byte as the oracle of the pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.packet.datagram import OVERLAP, REFUSED, Datagram
from vids.engine.packet.overlap import BSD, BSD_RIGHT, FIRST, LAST, LINUX, POLICIES, SOLARIS, WINDOWS

UNIT = 8
ALL = (FIRST, LAST, BSD, BSD_RIGHT, LINUX, WINDOWS, SOLARIS)


def data_of(text: str) -> bytes:
    """A letter for each unit of 8 bytes."""
    return b"".join(letter.encode() * UNIT for letter in text)


def text_of(datagram: Datagram) -> str:
    data = datagram.data()
    return "".join(chr(data[at]) for at in range(0, len(data), UNIT))


def assemble(policy: int, *fragments: tuple[int, str]) -> Datagram:
    """Fragments of (offset in units, text); the last in the list is the last of the datagram."""
    datagram = Datagram(policy, 0)
    for number, (begin, text) in enumerate(fragments, 1):
        datagram.add(begin * UNIT, data_of(text), b"header" if begin == 0 else b"", number == len(fragments))
    return datagram


# The sequence of Shankar and Paxson, in the order in which Novak's figure sends it.
SEQUENCE = [(0, "111"), (4, "22"), (6, "333"), (1, "4444"), (6, "555"), (9, "666")]
PUBLISHED = [
    # policy    what the host makes of it
    (FIRST,     "111422333666"),
    (LAST,      "144442555666"),
    (BSD,       "111442333666"),
    (BSD_RIGHT, "144422555666"),
    (LINUX,     "111442555666"),
    (WINDOWS,   "111422333666"),
    (SOLARIS,   "111422333666"),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "text"), PUBLISHED)
def test_the_published_sequence(policy, text):
    assert text_of(assemble(policy, *SEQUENCE)) == text


PAIRS = [
    # how the second lies to the first first       second       first last bsd  right linux windows solaris
    ("begins before, ends inside",       (2, "11"),  (1, "22"),  "-211 -221 -221 -211 -221 -211 -211"),
    ("begins inside, ends behind",       (1, "11"),  (2, "22"),  "-112 -122 -112 -122 -112 -112 -112"),
    ("begins before, ends behind",       (2, "1"),   (1, "222"), "-212 -222 -222 -212 -222 -222 -222"),
    ("begins before, ends alike",        (2, "1"),   (1, "22"),  "-21  -22  -22  -21  -22  -21  -22"),
    ("begins alike, ends behind",        (1, "1"),   (1, "22"),  "-12  -22  -12  -22  -22  -12  -12"),
    ("begins alike, ends alike",         (1, "11"),  (1, "22"),  "-11  -22  -11  -22  -22  -11  -11"),
    ("begins alike, ends inside",        (1, "11"),  (1, "2"),   "-11  -21  -11  -21  -21  -11  -11"),
    ("begins inside, ends inside",       (1, "111"), (2, "2"),   "-111 -121 -111 -121 -111 -111 -111"),
    ("begins inside, ends alike",        (1, "11"),  (2, "2"),   "-11  -12  -11  -12  -11  -11  -11"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "texts"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS])
def test_two_fragments(first, second, texts):
    for policy, text in zip(ALL, texts.split(), strict=True):
        datagram = assemble(policy, first, second, (0, "-"), (len(text), "$"))
        assert text_of(datagram) == text + "$", policy
        assert datagram.is_complete()
        assert datagram.header() == b"header"


def naive(policy: int, fragments: list[tuple[int, str]]) -> dict[int, str]:
    """Keep an owner for each unit. A newcomer takes a unit from the run of its owner that the unit is in, or not."""
    owner: dict[int, int] = {}
    for number, (begin, text) in enumerate(fragments):
        end = begin + len(text)
        taken = []
        for unit in range(begin, end):
            if unit in owner:
                low = high = unit
                while owner.get(low - 1) == owner[unit]:
                    low -= 1
                while owner.get(high + 1) == owner[unit]:
                    high += 1
                is_kept = {
                    FIRST: True,
                    LAST: False,
                    BSD: low <= begin,
                    BSD_RIGHT: fragments[owner[unit]][0] > begin,
                    LINUX: low < begin,
                    WINDOWS: low <= begin or high + 1 >= end,
                    SOLARIS: low <= begin or high + 1 > end,
                }[policy]
                if is_kept:
                    continue
            taken.append(unit)
        owner.update(dict.fromkeys(taken, number))
    return {unit: fragments[number][1][unit - fragments[number][0]] for unit, number in owner.items()}


FRAGMENTS = st.lists(st.tuples(st.integers(0, 11), st.integers(1, 6)), min_size=1, max_size=9)


@given(st.sampled_from(ALL), FRAGMENTS)
def test_pieces_are_what_each_byte_says(policy, places):
    fragments = [(begin, chr(ord("A") + number) * length) for number, (begin, length) in enumerate(places)]
    datagram = Datagram(policy, 0)
    for number, (begin, text) in enumerate(fragments, 1):
        before = naive(policy, fragments[: number - 1])
        outcome = datagram.add(begin * UNIT, data_of(text), b"", False)
        assert (outcome == OVERLAP) == any(unit in before for unit in range(begin, begin + len(text)))
        expected = naive(policy, fragments[:number])
        found = {
            unit: chr(piece.data[unit * UNIT - piece.begin])
            for piece in datagram.pieces
            for unit in range(piece.begin // UNIT, piece.end // UNIT)
        }
        assert found == expected
        assert datagram.n_bytes == len(expected) * UNIT
        assert [piece.begin for piece in datagram.pieces] == sorted(piece.begin for piece in datagram.pieces)
        assert all(len(piece.data) == piece.end - piece.begin for piece in datagram.pieces)


@given(st.sampled_from(ALL), st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=4))
def test_order_and_repetition_do_not_matter_without_conflict(policy, order, again):
    text = "ABCDEF"
    datagram = Datagram(policy, 0)
    for unit in [*order[:3], *again, *order[3:]]:
        datagram.add(unit * UNIT, data_of(text[unit]), b"", unit == 5)
    assert datagram.is_complete()
    assert text_of(datagram) == text


@pytest.mark.parametrize("policy", ALL)
def test_the_first_last_fragment_says_where_the_end_is(policy):
    datagram = Datagram(policy, 0)
    assert datagram.add(8, data_of("BX"), b"", True) == 0
    assert datagram.length == 24
    assert datagram.add(24, data_of("E"), b"", False) == REFUSED
    assert datagram.add(16, data_of("EF"), b"", False) == REFUSED | OVERLAP
    assert datagram.add(8, data_of("B"), b"", True) == REFUSED | OVERLAP
    assert not datagram.is_complete()
    assert datagram.add(0, data_of("A"), b"h", False) == 0
    assert datagram.is_complete()
    assert text_of(datagram) == "ABX"


@pytest.mark.parametrize("policy", ALL)
def test_a_last_fragment_in_front_of_others_is_not_the_end(policy):
    datagram = Datagram(policy, 0)
    datagram.add(16, data_of("C"), b"", False)
    assert datagram.add(8, data_of("B"), b"", True) == (REFUSED if policy == LINUX else 0)
    assert datagram.add(0, data_of("A"), b"h", False) == 0
    assert not datagram.is_complete()
    datagram.add(8, data_of("B"), b"", False)
    assert datagram.add(24, data_of("D"), b"", True) == 0
    assert datagram.is_complete()
    assert text_of(datagram) == "ABCD"


def test_memory_is_counted_both_ways():
    datagram = Datagram(LAST, 0)
    empty = datagram.memory
    datagram.add(8, data_of("A"), b"", False)
    one = datagram.memory - empty
    for _ in range(50):
        datagram.add(8, data_of("B"), b"", False)
        assert datagram.memory - empty == one
    datagram.add(0, data_of("CCC"), bytes(20), False)
    assert datagram.memory - empty == one + 2 * UNIT + 20


def test_every_policy_is_known():
    assert set(POLICIES.values()) == set(ALL)
