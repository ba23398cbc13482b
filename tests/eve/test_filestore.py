"""The store of files on disk: what is kept, under which name, and what no traffic and no disk can do to it."""

import hashlib
import json
import stat
from pathlib import Path

import pytest
from eve_event import START_NS, tcp_flow

from vids.engine.event import FileBytes, FileDropped, FileFacts, FileInfo
from vids.engine.proto.digest import SHA256, Digests
from vids.engine.proto.file import CLOSED, File
from vids.errors import OutputError
from vids.eve.filestore import UNFINISHED, FileStore
from vids.eve.header import Options

DATA = b"some bytes of a file"
NAME = hashlib.sha256(DATA).hexdigest()


class Complaints(list):
    def __call__(self, message):
        self.append(message)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files" / "store"


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def store(folder, complaints):
    made = FileStore(folder, Options(), complaints)
    yield made
    made.close()


def info(data=DATA, handle=1, is_stored=True, name=b"/a/b.exe", number=7):
    file = File(name, False, 1000)
    file.digests = Digests(SHA256)
    file.add(data)
    file.close(CLOSED)
    file.number = number if is_stored else 0
    event = FileInfo(FileFacts(file, 0), handle)
    event.timestamp_ns = START_NS
    event.flow = tcp_flow()
    event.set_flow_side(event.flow, False)
    return event


def in_pieces(data=DATA, handle=1, size=3):
    return [FileBytes(handle, data[at : at + size]) for at in range(0, len(data), size)]


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("max_open", [0, 1, 5])
@pytest.mark.parametrize("batch", [1, 2, 100])
def test_files_lie_under_their_digest(folder, complaints, max_open, batch):
    store = FileStore(folder, Options(), complaints, max_open)
    other = bytes(reversed(DATA))
    events = [event for pair in zip(in_pieces(), in_pieces(other, 2), strict=True) for event in pair]
    events += [info(), info(other, 2)]
    for at in range(0, len(events), batch):
        store.write(events[at : at + batch])
    store.close()
    digest = hashlib.sha256(other).hexdigest()
    assert files_of(folder) == {f"{NAME[:2]}/{NAME}": DATA, f"{digest[:2]}/{digest}": other}
    assert list((folder / UNFINISHED).iterdir()) == []
    assert complaints == []


def test_a_stored_file_is_no_program_and_not_for_everybody(store, folder):
    store.write([*in_pieces(), info()])
    mode = stat.S_IMODE((folder / NAME[:2] / NAME).stat().st_mode)
    assert mode & 0o137 == 0


FORGOTTEN = [
    ("not wanted in the end", [*in_pieces(), info(is_stored=False)]),
    ("dropped", [*in_pieces(), FileDropped(1)]),
    ("dropped before it was written", [FileDropped(1)]),
    ("never ended", in_pieces()),
]


@pytest.mark.parametrize("events", [case[1] for case in FORGOTTEN], ids=[case[0] for case in FORGOTTEN])
@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_not_to_be_kept_leaves_nothing(store, folder, events, at_once):
    for batch in [events] if at_once else [[event] for event in events]:
        store.write(batch)
    store.close()
    assert files_of(folder) == {}


def test_the_same_file_twice_is_there_once(store, folder):
    store.write([*in_pieces(), info(), *in_pieces(handle=2), info(handle=2)])
    assert files_of(folder) == {f"{NAME[:2]}/{NAME}": DATA}


HOSTILE = [b"../../../etc/cron.d/x", b"/etc/passwd", b"a\0b", b"..", b"", b"n" * 65_536, b"\xff\xfe/\n", b"ab\n\x1b[2J"]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_of_the_wire_reaches_the_disk(folder, complaints, name):
    store = FileStore(folder, Options(), complaints, with_info=True)
    store.write([*in_pieces(), info(name=name)])
    store.close()
    second = START_NS // 1_000_000_000
    assert set(files_of(folder)) == {f"{NAME[:2]}/{NAME}", f"{NAME[:2]}/{NAME}.{second}.7.json"}
    assert [path.name for path in folder.parent.iterdir()] == ["store"]


def test_each_occurrence_can_leave_its_record(folder, complaints):
    store = FileStore(folder, Options(), complaints, with_info=True)
    store.write([*in_pieces(), info(), *in_pieces(handle=2), info(handle=2, number=8)])
    store.close()
    records = [json.loads(data) for path, data in files_of(folder).items() if path.endswith(".json")]
    assert sorted(record["fileinfo"]["file_id"] for record in records) == [7, 8]
    assert all(record["fileinfo"]["sha256"] == NAME and record["fileinfo"]["stored"] for record in records)


def test_a_file_that_cannot_be_written_is_said_once_and_not_called_stored(store, folder, complaints):
    for path in (folder / UNFINISHED).iterdir():
        path.rmdir()
    told = [info(), info(handle=2)]
    store.write([*in_pieces(), told[0]])
    store.write(in_pieces(handle=2))
    store.write([*in_pieces(handle=2), told[1]])
    assert [event.facts.is_stored for event in told] == [False, False]
    assert len(complaints) == 1
    assert "not stored" in complaints[0]
    assert store.counters()["file_store.fs_errors"] == 2
    assert files_of(folder) == {}


def test_a_file_whose_place_is_taken_is_not_called_stored(store, folder, complaints):
    (folder / NAME[:2]).write_bytes(b"in the way")
    told = info()
    store.write([*in_pieces(), told])
    assert (told.facts.is_stored, len(complaints)) == (False, 1)


def n_open():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("max_open", [0, 3])
def test_descriptors_are_bounded(folder, complaints, max_open):
    store = FileStore(folder, Options(), complaints, max_open)
    before = n_open()
    for _ in range(2):
        for handle in range(1, 50):
            store.write([FileBytes(handle, b"x")])
            assert n_open() <= before + max_open
    store.close()
    assert n_open() == before
    assert (store.counters()["file_store.open_files_max_hit"] > 0) is (max_open > 0)


def test_a_folder_that_cannot_be_made_is_an_error_with_its_name(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"file/store: files cannot be stored.*file-store\.dir"):
        FileStore(tmp_path / "file" / "store", Options(), print)
