"""Uploads: each part with a file name is a file, however the upload is cut."""

import pytest

from vids.engine.proto.file import CLOSED, TRUNCATED
from vids.engine.proto.http.conversation import HttpConversation
from vids.engine.proto.http.form import GENERIC_ERROR, INVALID_HEADER, MAX_FILES, NO_DATA, Form
from vids.engine.proto.http.parameter import content_range, parameter
from vids.engine.proto.http.transaction import HttpTransaction
from vids.engine.settings import Settings

FILE = b'Content-Disposition: form-data; name="f"; filename="%b"\r\nContent-Type: x/y\r\n\r\n'
FIELD = b'Content-Disposition: form-data; name="v"\r\n\r\nvalue'


def part(name: bytes, data: bytes) -> bytes:
    return b"--xx\r\n" + FILE % name + data + b"\r\n"


CASES = [
    # name              body                                          files (name, bytes, state)         events
    ("one file",        part(b"a", b"abc") + b"--xx--\r\n",           [(b"a", b"abc", CLOSED)],          []),
    ("two and a value", part(b"a", b"1") + b"--xx\r\n" + FIELD + b"\r\n" + part(b"b", b"2\r\n") + b"--xx--",
                                                         [(b"a", b"1", CLOSED), (b"b", b"2\r\n", CLOSED)], []),
    ("like a boundary", part(b"a", b"--x\r\n--xy\r\n--") + b"--xx--", [(b"a", b"--x\r\n--xy\r\n--", CLOSED)], []),
    ("preamble",        b"text\r\n" + part(b"a", b"1") + b"--xx--tail", [(b"a", b"1", CLOSED)],          []),
    ("no end",          part(b"a", b"abc")[:-1],                      [(b"a", b"abc\r", TRUNCATED)],     []),
    ("no line end",     b"--xx\r\n" + FILE % b"a" + b"abc--xx--",     [(b"a", b"abc", CLOSED)],          []),
    ("no bytes",        part(b"a", b"") + b"--xx--",                  [(b"a", b"", CLOSED)],             [NO_DATA]),
    ("no file",         b"--xx\r\n" + FIELD + b"\r\n--xx--",          [],                                []),
    ("no fields",       b"--xx\r\n\r\nvalue\r\n--xx--",               [],                                []),
    ("empty name",      part(b"", b"abc") + b"--xx--",                [(b"", b"abc", CLOSED)],           []),
    ("no colon",        b"--xx\r\nFoo\r\n" + FILE % b"a" + b"b\r\n--xx--", [(b"a", b"b", CLOSED)],
     [INVALID_HEADER]),
    ("bare name",       b"--xx\r\ncontent-disposition: form-data; FileName=a.b; x\r\n\r\nc\r\n--xx--",
                                                                      [(b"a.b", b"c", CLOSED)],          []),
    ("fields cut",      b"--xx\r\nContent-Dispo",                     [],
     [GENERIC_ERROR]),
    ("nothing",         b"",                                          [],                                []),
]  # fmt: skip


def upload(pieces: list[bytes], limit: int = 1 << 20) -> tuple[object, ...]:
    talk = HttpConversation(Settings())
    tx = HttpTransaction(0)
    form = Form(b"xx", limit)
    for piece in pieces:
        form.feed(talk, tx, piece)
    form.close(talk, tx, False)
    return [(f.name, bytes(f.data), f.state) for f in tx.files], tx.events


@pytest.mark.parametrize(("body", "files", "events"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_form(body: bytes, files: object, events: list[str]) -> None:
    assert upload([body]) == (files, events)
    for cut in range(1, len(body)):
        assert upload([body[:cut], body[cut:]]) == (files, events), cut
    assert upload([body[n : n + 1] for n in range(len(body))]) == (files, events)


def test_a_form_holds_no_more_than_it_must() -> None:
    """A file of any length goes through; fields that never end are given up; files are counted."""
    talk, tx = HttpConversation(Settings()), HttpTransaction(0)
    form = Form(b"xx", 100)
    form.feed(talk, tx, b"--xx\r\n" + FILE % b"a")
    for _ in range(100):
        form.feed(talk, tx, b"--x" * 1000)
        assert len(form._pending) < 10
    assert (tx.files[0].size > 299_000, len(tx.files[0].data)) == (True, 100)
    form = Form(b"xx", 100)
    form.feed(talk, tx, b"--xx\r\n")
    for _ in range(100):
        form.feed(talk, tx, b"A: b\r\n" * 100)
        assert len(form._pending) < 10_000
    assert tx.events == [INVALID_HEADER]
    files, events = upload([part(b"a", b"1") * (MAX_FILES + 5)])
    assert (len(files), events) == (MAX_FILES, [GENERIC_ERROR])


PARAMETERS = [
    (b'attachment; filename="a b.txt"', b"a b.txt"),
    (b"attachment; FileName=a.txt; x=y", b"a.txt"),
    (b'attachment; filename="a;b\\";c"', b'a;b\\";c'),
    (b"filename=a", b"a"),
    (b'x="filename=no"; filename=yes', b"yes"),
    (b"attachment; filename=", None),
    (b"attachment; filenam=a", None),
    (b'attachment; filename="a', b"a"),
    (b"", None),
]


@pytest.mark.parametrize(("value", "name"), PARAMETERS)
def test_parameter(value: bytes, name: bytes | None) -> None:
    assert parameter(value, b"filename=") == name


RANGES = [
    (b"bytes 0-4/10", (0, 4, 10, True)),
    (b" Bytes  5-9/10 ", (5, 9, 10, True)),
    (b"bytes 5-9/*", (5, 9, -1, True)),
    (b"bytes */10", (-1, -1, 10, False)),
    (b"bytes 9-5/10", (9, 5, 10, False)),
    (b"bytes 5-10/10", (5, 10, 10, False)),
    (b"bytes 5", None),
    (b"lines 5-9/10", None),
    (b"bytes 99999999999999999999-5/10", None),
]


@pytest.mark.parametrize(("value", "expected"), RANGES)
def test_content_range(value: bytes, expected: tuple[int, int, int, bool] | None) -> None:
    found = content_range(value)
    assert (None if found is None else (found.start, found.end, found.size, found.is_part())) == expected
