"""Lines: one valid UTF-8 JSON object for each wanted event, whatever it holds; and the places they go to."""

import errno
import io
import json
import os
import sys
from pathlib import Path

import pytest
from eve_event import alert, anomaly, drop, flow_end, icmp_flow, tcp_flow, verdict
from hypothesis import given
from hypothesis import strategies as st

from vids.config import AlertMetadata, AlertOutput, AnomalyKinds, AnomalyOutput, EveLog, EveTypes, RuleOutput
from vids.engine.event import (
    Alert,
    Anomaly,
    Drop,
    Event,
    FileBytes,
    FileDropped,
    FileInfo,
    FlowEnd,
    Rewritten,
    TaggedPacket,
    TransactionRecord,
)
from vids.engine.rule.rule import Rule
from vids.errors import OutputError
from vids.eve.header import Options
from vids.eve.record import EVENT_TYPES, RECORDS
from vids.eve.sink import FileSink, StdoutSink
from vids.eve.writer import EveWriter

EVERYTHING = Options(
    EveLog(
        types=EveTypes(
            AlertOutput(True, True, True, 1 << 20, True, True, AlertMetadata(True, RuleOutput(True, True, True))),
            AnomalyOutput(True, AnomalyKinds(True, True, True)),
        )
    )
)


class Lines:
    """A sink that keeps its lines."""

    def __init__(self):
        self.lines = []

    def msg(self, message):
        self.lines.append(message)

    def close(self):
        self.lines.append(None)


def written(*events, options=EVERYTHING, types=EVENT_TYPES):
    sink = Lines()
    EveWriter(sink, options, types).write(events)
    return sink.lines


TYPES = [
    # wanted                     written of an alert, an anomaly and a flow
    (EVENT_TYPES,                ["alert", "anomaly", "flow"]),
    ({"alert"},                  ["alert"]),
    ({"flow", "anomaly"},        ["anomaly", "flow"]),
    ({"stats"},                  []),
]  # fmt: skip


@pytest.mark.parametrize(("types", "wanted"), TYPES)
def test_only_wanted_types_are_written(types, wanted):
    events = (alert(tcp_flow()), anomaly("decode", "ipv4.trunc_pkt"), flow_end(icmp_flow()))
    assert [json.loads(line)["event_type"] for line in written(*events, types=types)] == wanted


@pytest.mark.parametrize(("types", "n_lines"), [(EVENT_TYPES, 1), ({"alert"}, 0)])
def test_stats_are_a_type_too(types, n_lines):
    sink = Lines()
    EveWriter(sink, EVERYTHING, types).write_stats({"event_type": "stats"})
    assert sink.lines == [b'{"event_type":"stats"}'] * n_lines


def test_every_event_of_the_engine_has_its_record():
    made_elsewhere = {TransactionRecord}  # by its protocol, under a name of its own
    for_others = {FileBytes, FileDropped, Rewritten}  # the store of files, whoever sends packets on
    assert set(RECORDS) | made_elsewhere | for_others == set(Event.__subclasses__())
    assert set(RECORDS) == {Alert, Anomaly, Drop, FileInfo, FlowEnd, TaggedPacket}


LONE_SURROGATE = st.characters(categories=["Cs"])
ANY_TEXT = st.text(st.characters(exclude_categories=[]) | LONE_SURROGATE, max_size=20)
ADDRESS = st.sampled_from((0, 4, 16)).flatmap(lambda n: st.binary(min_size=n, max_size=n))
INT64 = st.integers(-(1 << 63), (1 << 63) - 1)


@st.composite
def any_alert(draw):
    rule = Rule()
    rule.msg, rule.category, rule.text = draw(ANY_TEXT), draw(ANY_TEXT), draw(ANY_TEXT)
    rule.metadata = draw(st.dictionaries(ANY_TEXT, st.lists(ANY_TEXT, max_size=2), max_size=3))
    rule.references = draw(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=2))
    rule.target = draw(st.sampled_from(("", "src_ip", "dest_ip")))
    event = alert(draw(st.sampled_from((None, tcp_flow(), icmp_flow()))), of=rule)
    event.timestamp_ns = draw(INT64)
    event.source, event.destination = draw(ADDRESS), draw(ADDRESS)
    event.source_port = draw(st.integers(-1, 65535))
    event.protocol, event.ip_version = draw(st.integers(-1, 255)), draw(st.sampled_from((0, 4, 6)))
    event.payload, event.packet = draw(st.binary()), draw(st.binary())
    event.flowbits = draw(st.lists(ANY_TEXT, max_size=2))
    event.verdict = draw(st.sampled_from((None, verdict("alert"), verdict("pass"), verdict("drop", "cs"))))
    return event


@given(st.binary(max_size=48), st.binary(max_size=24), st.integers(-1, 255), st.booleans())
def test_any_drop_is_one_line_of_valid_json(header, transport, protocol, is_of_rule):
    event = drop("flow drop", alert(tcp_flow()) if is_of_rule else None, tcp_flow())
    event.header, event.transport, event.protocol = header, transport, protocol
    (line,) = written(event)
    assert json.loads(line)["drop"]["reason"] == "flow drop"


@given(any_alert())
def test_any_alert_is_one_line_of_valid_json(event):
    (line,) = written(event)
    assert b"\n" not in line
    record = json.loads(line.decode("utf-8"))
    assert record["event_type"] == "alert"
    assert written(event) == [line]


@given(ANY_TEXT, st.sampled_from(("decode", "stream", "applayer")))
def test_any_anomaly_is_one_line_of_valid_json(name, kind):
    (line,) = written(anomaly(kind, name, tcp_flow()))
    assert json.loads(line.decode("utf-8"))["anomaly"]["type"] == kind


def test_a_file_is_begun_anew(tmp_path):
    path = tmp_path / "eve.json"
    path.write_text("old\n")
    sink = FileSink(path)
    sink.msg(b"{}")
    sink.msg(b"[]")
    sink.close()
    assert path.read_bytes() == b"{}\n[]\n"


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for path, message in (
        (tmp_path / "none" / "eve.json", "no such file or directory; make its folder first"),
        (tmp_path / "file" / "eve.json", "not a directory; make its folder first"),
        (tmp_path, "is a directory; name a file in it"),
    ):
        with pytest.raises(OutputError) as error:
            FileSink(path)
        assert str(error.value) == f"{path}: cannot write: {message}"


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_is_found_when_the_buffer_is_written():
    sink = FileSink(FULL)
    sink.msg(b"{}")
    with pytest.raises(OutputError, match="no space left on device; make room"):
        sink.close()
    sink = FileSink(FULL)
    with pytest.raises(OutputError, match="no space left on device; make room"):
        for _ in range(10):
            sink.msg(bytes(100_000))
    with pytest.raises(OutputError):
        sink.close()


class BrokenFile(io.RawIOBase):
    def __init__(self, number):
        self.number = number

    def writable(self):
        return True

    def write(self, data):
        raise OSError(self.number, os.strerror(self.number))


BROKEN = [(errno.EPIPE, BrokenPipeError), (errno.ENOSPC, OutputError), (errno.EIO, OutputError)]


@pytest.mark.parametrize(("number", "error"), BROKEN)
def test_standard_output_that_breaks(monkeypatch, number, error):
    class Out:
        buffer = BrokenFile(number)

    monkeypatch.setattr(sys, "stdout", Out())
    with pytest.raises(error):
        StdoutSink().msg(b"{}")
