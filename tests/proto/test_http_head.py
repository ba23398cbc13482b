"""Fields of messages, as servers and browsers read them, however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.proto.http.head_reader import KEPT, MAX_FIELD, MAX_REPEATS, RESPONSE_EVENTS, HeadReader

# name, bytes behind the first line, fields (name, value), events without their side, what is left
BOTH = [
    ("plain", b"A: b\r\nC:d\r\n\r\nrest", [(b"A", b"b"), (b"C", b"d")], [], b"rest"),
    ("empty", b"\r\nrest", [], [], b"rest"),
    ("bare LF", b"A: b\nC: d\n\nrest", [(b"A", b"b"), (b"C", b"d")], [], b"rest"),
    ("mixed ends", b"A: b\r\nC: d\n\r\nrest", [(b"A", b"b"), (b"C", b"d")], [], b"rest"),
    ("blanks around", b"A: \t b \t\r\n\r\n", [(b"A", b"b")], [], b""),
    ("no value", b"A:\r\n\r\n", [(b"A", b"")], [], b""),
    ("folded", b"A: b\r\n c\r\n\td\r\n\r\n", [(b"A", b"b c\td")], [], b""),
    ("folded from the start", b"A:\r\n b\r\n\r\n", [(b"A", b"b")], [], b""),
    ("one blank and LF", b"A: b\r\n \nC: d\r\n\r\n", [(b"A", b"b")], [], b"C: d\r\n\r\n"),
    ("one blank and LF LF", b"A: b\n\t\n\nC", [(b"A", b"b")], [], b"C"),
    ("one blank and CR LF", b"A: b\r\n \r\nC: d\r\n\r\n", [(b"A", b"b"), (b"C", b"d")], [], b""),
    ("two blanks and LF", b"A: b\r\n  \nC: d\r\n\r\n", [(b"A", b"b"), (b"C", b"d")], [], b""),
    ("folded by NUL", b"A: b\r\n\0c\r\n\r\n", [(b"A", b"b\0c")], [], b""),
    ("NUL in value", b"A: b\0c\r\n\r\n", [(b"A", b"b\0c")], [], b""),
    ("NUL in name", b"A\0: b\r\n\r\n", [(b"A\0", b"b")], ["not a token"], b""),
    ("no colon", b"A\r\nB: c\r\n\r\n", [(b"", b"A"), (b"B", b"c")], ["no colon"], b""),
    ("no name", b": a\r\n\r\n", [(b"", b"a")], ["no colon"], b""),
    ("blank behind name", b"A : b\r\n\r\n", [(b"A", b"b")], ["blank"], b""),
    ("blank before the first", b" A: b\r\n\r\n", [(b"A", b"b")], ["folding"], b""),
    ("odd name", b"A(b: c\r\n\r\n", [(b"A(b", b"c")], ["not a token"], b""),
    ("repeated", b"A: b\r\na: c\r\nA: d\r\n\r\n", [(b"A", b"b, c, d")], ["repeated"], b""),
    ("same length", b"Content-Length: 5\r\nContent-length: 05\r\n\r\n", [(b"Content-Length", b"5")], ["repeated"], b""),
    ("other length", b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", [(b"Content-Length", b"5")],
     ["repeated", "two lengths"], b""),
    ("colons in value", b"A: b:c: d\r\n\r\n", [(b"A", b"b:c: d")], [], b""),
]  # fmt: skip
REQUESTS = [
    ("CR in value", b"A: b\rC: d\r\n\r\n", [(b"A", b"b\rC: d")], [], b""),
    ("fold that looks like a field", b"A: b\r\n C: d\r\n\r\n", [(b"A", b"b C: d")], [], b""),
    ("LF CR before the end", b"A: b\n\r\r\nrest", [(b"A", b"b")], ["line ends"], b"rest"),
]  # fmt: skip
RESPONSES = [
    ("CR ends a line", b"A: b\rC: d\r\r\nrest", [(b"A", b"b"), (b"C", b"d")], [], b"rest"),
    ("CR ends all", b"A: b\rC: d\r\rrest", [(b"A", b"b"), (b"C", b"d")], [], b"rest"),
    ("LF CR ends a line", b"A: b\n\rC: d\n\r\nrest", [(b"A", b"b"), (b"C", b"d")], [], b"rest"),
    ("fold that is a field", b"A: b\r\n C: d\r\n\r\n", [(b"A", b"b"), (b"C", b"d")], [], b""),
    ("fold that is none", b"A: b\r\n c d: e\r\n\r\n", [(b"A", b"b c d: e")], [], b""),
    ("CR and blanks", b"A: b\r\n\r \r\nC: d\r\n\r\n", [(b"A", b"b"), (b"C", b"d")], ["line ends"], b""),
    ("CR and blanks at the end", b"A: b\r\n\r\t\r\n\r\nrest", [(b"A", b"b")], [], b"\t\r\n\r\nrest"),
    ("LF CR CR LF", b"A: b\n\r\r\n\r\nrest", [(b"A", b"b")], ["line ends"], b"rest"),
    ("CR before the first", b"\rA: b\r\n\r\n", [(b"", b""), (b"A", b"b")], ["no colon"], b""),
]  # fmt: skip
WORDS = ["no colon", "not a token", "blank", "folding", "repeated", "two lengths", "too many", "too long", "line ends"]
CASES = [(f"{side}: {case[0]}", side == "response", *case[1:]) for side, cases in (
    ("request", BOTH + REQUESTS), ("response", BOTH + RESPONSES),
) for case in cases]  # fmt: skip


def read(is_response: bool, pieces: list[bytes], most: int = 100) -> tuple[object, ...]:
    """Return fields, oddities, what is left and the raw head."""
    reader = HeadReader(is_response, most)
    for n, piece in enumerate(pieces):
        end = reader.feed(piece, 0)
        if end >= 0:
            fields = [(f.name, f.value) for f in reader.head.fields]
            left = reader.behind + piece[end:] + b"".join(pieces[n + 1 :])
            return fields, sorted(WORDS[o] for o in reader.oddities), left, reader.head.raw
    reader.close()
    return [(f.name, f.value) for f in reader.head.fields], sorted(WORDS[o] for o in reader.oddities), None, b""


@pytest.mark.parametrize(
    ("is_response", "data", "fields", "events", "left"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_head(is_response: bool, data: bytes, fields: object, events: list[str], left: bytes) -> None:
    expected = (fields, sorted(events), left, data[: len(data) - len(left)])
    assert read(is_response, [data]) == expected
    for cut in range(1, len(data)):
        assert read(is_response, [data[:cut], data[cut:]]) == expected, cut
    assert read(is_response, [data[n : n + 1] for n in range(len(data))]) == expected


def test_every_oddity_has_its_event() -> None:
    assert len(WORDS) == len(RESPONSE_EVENTS)


NAME = st.text(alphabet="ABCdef-", min_size=1, max_size=8).map(str.encode)
VALUE = st.text(alphabet='abc :;,=\t"', max_size=20).map(str.encode)


@given(
    st.lists(st.tuples(NAME, VALUE), max_size=8), st.booleans(), st.integers(0, 60), st.sampled_from([b"\n", b"\r\n"])
)
def test_regular_heads_read_as_they_were_written(fields, is_response, cut, end) -> None:
    """Also those that the way for ordinary heads is not for: with bare line feeds, or in two pieces."""
    data = b"".join(name + b":" + value + end for name, value in fields) + end + b"rest"
    expected: dict[bytes, list[bytes]] = {}
    for name, value in fields:
        expected.setdefault(name.lower(), []).append(value.strip(b" \t"))
    found, _, left, _ = read(is_response, [data[:cut], data[cut:]])
    assert left == b"rest"
    assert [value for _, value in found] == [b", ".join(values) for values in expected.values()]


@given(st.text(alphabet="AB: \t\r\n\0", max_size=24).map(str.encode), st.booleans(), st.integers(0, 24))
def test_the_cut_is_invisible(data: bytes, is_response: bool, cut: int) -> None:
    assert read(is_response, [data[:cut], data[cut:]]) == read(is_response, [data])


def test_limits() -> None:
    """Each leaves its event, and the fields that follow are read."""
    many = b"".join(b"N%d: x\r\n" % n for n in range(20))
    fields, events, _, _ = read(False, [many + b"\r\n"], most=5)
    assert (len(fields), events) == (5, ["too many"])
    repeated = b"A: b\r\n" * (3 * MAX_REPEATS) + b"B: c\r\n\r\n"
    fields, events, _, _ = read(True, [repeated])
    assert fields[0][1].count(b"b") == MAX_REPEATS + 2
    assert (fields[1], events) == ((b"B", b"c"), ["repeated"])


@pytest.mark.parametrize("is_response", [False, True])
def test_a_field_that_is_too_long(is_response: bool) -> None:
    data = b"A: " + b"b" * (2 * MAX_FIELD) + b"\r\nC: d\r\n\r\nrest"
    expected = ([(b"A", b"b" * (KEPT - 3)), (b"C", b"d")], ["too long"], b"rest")
    assert read(is_response, [data])[:3] == expected
    assert read(is_response, [data[n : n + 1000] for n in range(0, len(data), 1000)])[:3] == expected
