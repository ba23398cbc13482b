"""The schema of records: every record is of it, and no record with a field that it does not know."""

import json
from pathlib import Path

import fastjsonschema
import pytest
from engine_run import IGNORE_CHECKSUMS, Bench, batches_of, load
from eve_schema import validate

from vids.engine.proto.table import PROTOCOLS
from vids.eve.record import EVENT_TYPES
from vids.eve.schema import schema
from vids.eve.shape import Ref, schema_of
from vids.eve.stats import Load, Replay, stats_record

ROOT = Path(__file__).resolve().parent.parent.parent
ALERT = "outputs.eve-log.types.alert."
TOLD = (
    "payload",
    "payload-printable",
    "payload-length",
    "packet",
    "verdict",
    "metadata.rule.raw",
    "metadata.rule.reference",
)
EVERYTHING = [f"{ALERT}{name}=yes" for name in TOLD]
EVERYTHING.append("outputs.eve-log.types.files.force-hash=[md5,sha1,sha256]")

SHAPES = [
    # shape                         holds for                           and not for
    (str,                           ["", "a"],                          [1, None, []]),
    (int,                           [0, -1, 1 << 60],                   ["1", 1.5, True]),
    (float,                         [0.5, 1],                           ["1", True]),
    (bool,                          [True],                             [1, "yes"]),
    (object,                        [1, "a", {"a": []}],                []),
    ([int],                         [[], [1, 2]],                       [1, ["a"]]),
    ({"b", "a"},                    ["a", "b"],                         ["c", 1]),
    ((int, str),                    [1, "a"],                           [True, []]),
    ({"a": int, "b?": str},         [{"a": 1}, {"a": 1, "b": "x"}],     [{}, {"b": "x"}, {"a": 1, "c": 1}, {"a": "1"}]),
    ({"a": int, "*": str},          [{"a": 1, "z": "x"}],               [{"a": 1, "z": 2}, {"z": "x"}]),
    ({},                            [{}],                               [{"a": 1}]),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "held", "refused"), SHAPES, ids=[str(case[0]) for case in SHAPES])
def test_shapes(shape, held, refused):
    check = fastjsonschema.compile(schema_of(shape))
    for value in held:
        check(value)
    for value in refused:
        with pytest.raises(fastjsonschema.JsonSchemaValueException):
            check(value)


def test_a_shape_is_found_by_its_name():
    assert schema_of([Ref("x")]) == {"type": "array", "items": {"$ref": "#/$defs/x"}}


def test_every_record_has_its_schema():
    assert set(schema()["properties"]["event_type"]["enum"]) == set(EVENT_TYPES)
    assert [protocol.name for protocol in PROTOCOLS if protocol.record_type and not protocol.record_shape] == []


@pytest.fixture(scope="module")
def rules():
    return load([ROOT / "rules"])


@pytest.mark.parametrize("path", sorted((ROOT / "pcaps").glob("*.pcap")), ids=lambda path: path.stem)
def test_shipped_captures(rules, path):
    records = [json.loads(line) for line in Bench(rules, IGNORE_CHECKSUMS, *EVERYTHING).eve(batches_of(path))]
    assert records
    for record in records:
        validate(record)


def test_stats():
    counters = {"decoder.pkts": 1, "decoder.event.ipv4.trunc_pkt": 2, "detect.alert": 3}
    validate(stats_record(0, counters, Load(1, 2, 3, 0.5), Replay(1, 2, 0.25)))
    validate(stats_record(0, {}, Load(1, 2, 3, 0.0)))


BEGIN = {"timestamp": "2023-11-14T22:13:20.250000+0000", "pkt_src": "wire/pcap"}
GOOD = BEGIN | {"event_type": "anomaly", "anomaly": {"type": "decode", "event": "decoder.x"}}
BAD = [
    ("a field that nobody knows", GOOD | {"colour": "red"}),
    ("one inside", GOOD | {"anomaly": GOOD["anomaly"] | {"colour": "red"}}),
    ("another type", GOOD | {"pcap_cnt": "1"}),
    ("something missing", BEGIN | {"event_type": "anomaly"}),
    ("another record's", GOOD | {"event_type": "alert"}),
    ("no such record", GOOD | {"event_type": "colour"}),
    ("no type at all", BEGIN),
    ("no time", GOOD | {"timestamp": "yesterday"}),
]


def test_a_good_record_is_good():
    validate(GOOD)


@pytest.mark.parametrize("record", [case[1] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_record_is_refused(record):
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validate(record)
