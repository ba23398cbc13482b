"""The record of a file: which fields, in which order, whatever its name."""

import json

import pytest
from eve_event import START_NS, alert, tcp_flow

from vids.engine.event import FileFacts, FileInfo
from vids.engine.proto.digest import MD5, SHA1, SHA256, Digests
from vids.engine.proto.file import CLOSED, File
from vids.eve.alert import alert_record
from vids.eve.fileinfo import file_record, fileinfo_record
from vids.eve.header import Options
from vids.eve.record import make_record

NAMED = File(b"/a.gif", False, 10)


def facts(name=b"/a.gif", wanted=0, state=CLOSED, size=3, **given):
    file = File(name, False, 10)
    if wanted:
        file.digests = Digests(wanted)
    file.add(b"abc"[:size])
    file.close(state)
    for field, value in given.items():
        assert hasattr(file, field)
        setattr(file, field, value)
    return FileFacts(file, 4)


EMPTY_TAIL = {"gaps": False, "state": "CLOSED", "stored": False, "size": 3, "tx_id": 4}
RECORDS = [
    ("plain", facts(), {"filename": "/a.gif", **EMPTY_TAIL}),
    ("no name", facts(b""), EMPTY_TAIL),
    ("a part", facts(start=5, end=7), {"filename": "/a.gif", **EMPTY_TAIL, "start": 5, "end": 7}),
    ("stored", facts(sids=[3, 1], number=9),
     {"filename": "/a.gif", "sid": [3, 1], **EMPTY_TAIL, "stored": True, "file_id": 9}),
    ("being stored", facts(is_wanted=True, moved=[]), {"filename": "/a.gif", **EMPTY_TAIL, "storing": True}),
    ("no UTF-8", facts(b"\xff\x00a"), {"filename": "\\xff\x00a", **EMPTY_TAIL}),
    ("UTF-8", facts("ü".encode()), {"filename": "ü", **EMPTY_TAIL}),
    ("MD5", facts(wanted=MD5), {"filename": "/a.gif", "md5": "900150983cd24fb0d6963f7d28e17f72", **EMPTY_TAIL}),
    ("SHA-1", facts(wanted=SHA1),
     {"filename": "/a.gif", "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d", **EMPTY_TAIL}),
]  # fmt: skip


@pytest.mark.parametrize(("known", "record"), [case[1:] for case in RECORDS], ids=[case[0] for case in RECORDS])
def test_what_is_said_of_a_file(known, record):
    assert file_record(known) == record
    json.dumps(file_record(known)).encode()


def test_the_order_is_that_of_the_reference_engine():
    known = facts(wanted=MD5 | SHA1 | SHA256, sids=[1], number=2, start=0, end=2, _kind="ASCII text")
    assert list(file_record(known)) == [
        "filename", "sid", "magic", "gaps", "state", "md5", "sha1", "sha256", "stored", "file_id", "size", "start",
        "end", "tx_id",
    ]  # fmt: skip


def event(is_silent=False):
    made = FileInfo(facts(), 0)
    made.timestamp_ns, made.number = START_NS, 7
    made.flow = tcp_flow()
    made.set_flow_side(made.flow, False)
    made.app_names = ("http", "", "", "")
    made.application = ("http", {"status": 200})
    made.is_silent = is_silent
    return made


def test_the_record_has_the_side_of_the_file_and_its_transaction():
    record = fileinfo_record(event(), Options())
    assert [record[name] for name in ("event_type", "src_port", "dest_port", "app_proto")] == [
        "fileinfo",
        80,
        1025,
        "http",
    ]
    assert record["http"] == {"status": 200}
    assert list(record)[-3:] == ["http", "app_proto", "fileinfo"]
    assert "tx_id" not in record


def test_no_record_of_what_nobody_wants_to_know():
    assert fileinfo_record(event(is_silent=True), Options()) is None
    assert make_record(event(), {"alert"}, Options()) is None


def test_an_alert_has_the_files_of_its_transaction():
    told = alert(tcp_flow())
    told.files = [facts(), facts(b"/b")]
    assert [file["filename"] for file in alert_record(told, Options())["files"]] == ["/a.gif", "/b"]
    assert "files" not in alert_record(alert(tcp_flow()), Options())
