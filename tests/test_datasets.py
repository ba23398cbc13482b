"""The files of data sets: read, told when wrong, written only where rules may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids import rulefiles
from vids.datasets import SetError, SetFiles, fill, value_bytes, value_text
from vids.engine.rule.dataset import KINDS, LENGTHS, DataSet, DataSets
from vids.engine.rule.resource import Resources
from vids.errors import OutputError


def values_of(kind, text, **fields):
    values = DataSet("x", kind)
    for name, value in fields.items():
        setattr(values, name, value)
    fill(values, text)
    return values


def value(kind):
    length = LENGTHS.get(kind)
    return st.binary(max_size=20) if length is None else st.binary(min_size=length, max_size=length)


@given(st.data(), st.sampled_from(KINDS))
def test_what_was_written_is_read(data, kind):
    each = data.draw(value(kind))
    text = value_text(each, kind)
    read = value_bytes(text, kind)
    values = DataSet("x", kind)
    values.add(each)
    assert values.has(read)


LINES = [
    # kind      text                                       held                       what is odd
    ("string",  "YWJj\n\n# remark\nZA==\n",                [b"abc", b"d"],            ""),
    ("string",  "YWJj\nabc d\n",                           [b"abc"],                  "line 2: 'abc d' is not base64"),
    ("md5",     "00112233445566778899aabbccddeeff\n0011",  [bytes.fromhex("00112233445566778899aabbccddeeff")],
                                                                                      "line 2: '0011' is no md5"),
    ("ipv4",    "10.0.0.1\n::1\nx\n",                      [bytes([10, 0, 0, 1])],    "no IPv4 address; 1 more"),
    ("ip",      "10.0.0.1\n::ffff:10.0.0.2\n::1\n",        [bytes([10, 0, 0, n]) for n in (1, 2)] + [bytes(15) + b"\1"],
                                                                                      ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "held", "odd"), LINES)
def test_lines(kind, text, held, odd):
    values = values_of(kind, text)
    assert len(values) == len(held)
    assert all(values.has(each) for each in held)
    assert odd in values.oddity
    assert bool(odd) == bool(values.oddity)


def test_reputations_stand_behind_a_comma():
    values = values_of("ip", "10.0.0.1,200\n10.0.0.2\n10.0.0.3,x\n", has_reputation=True)
    assert [values.reputation(bytes([10, 0, 0, n])) for n in (1, 2, 3)] == [200, -1, -1]
    assert "expected a value and its reputation, got '10.0.0.2'; 1 more lines are wrong" in values.oddity


JSON = [
    # format    text                                              array_key  removes  value     context
    ("json",    '[{"h": "a", "n": 1}, {"m": 2}]',                 "",        False,   b"a",     b'{"h":"a","n":1}'),
    ("json",    '{"x": {"y": [{"h": "a", "n": 1}]}}',             "x.y",     False,   b"a",     b'{"h":"a","n":1}'),
    ("ndjson",  '{"h": "a", "n": 1}\n\n{"h": "b"}\n',             "",        True,    b"a",     b'{"n":1}'),
]  # fmt: skip


@pytest.mark.parametrize(("form", "text", "array", "removes", "value", "context"), JSON)
def test_json(form, text, array, removes, value, context):
    values = values_of("string", text, format=form, value_key="h", array_key=array, removes_key=removes)
    assert values.context(value) == context
    assert values.context(b"zz") == b""


@pytest.mark.parametrize("text", ["{", "[1", '{"a": 1}', "3", "null"])
def test_json_that_is_none(text):
    with pytest.raises(SetError, match="its file"):
        values_of("string", text, format="json", value_key="h")


def test_a_file_that_does_not_fit():
    values = DataSet("x", "ipv4")
    values.memcap = 300
    with pytest.raises(SetError, match="does not fit into memcap 300"):
        fill(values, "10.0.0.1\n10.0.0.2\n10.0.0.3\n")


class Shelf:
    """A library of data sets alone."""

    def __init__(self, folder, **allowed):
        self.resources = Resources()
        self.files = SetFiles(folder, **allowed)

    def fill(self):
        self.files.fill(self.resources.datasets)


def load(tmp_path, options, **allowed):
    rules = tmp_path / "rules" / "test.rules"
    rules.parent.mkdir(exist_ok=True)
    rules.write_text(f"alert ip any any -> any any (ip.src; dataset:{options}; sid:1;)\n")
    shelf = Shelf(tmp_path / "data", **allowed)
    return shelf, rulefiles.load([rules], {}, {}, "", shelf)


def test_load_is_beside_the_rules(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bad.lst").write_text("10.0.0.1\nnobody\n")
    shelf, ruleset = load(tmp_path, "isset,bad,type ip,load bad.lst")
    assert ruleset.loaded == 1
    assert shelf.resources.datasets.by_name["bad"].has(bytes([10, 0, 0, 1]))
    (warning,) = ruleset.problems
    assert str(warning).endswith("test.rules:1:38: dataset: set bad: line 2: 'nobody' does not appear to be an IPv4 or"
                                 " IPv6 address")  # fmt: skip
    assert warning.severity == "warning"


REFUSED = [
    # options                                     allowed                       problem
    ("isset,a,type ip,load gone.lst",             {},                           "cannot be read"),
    ("set,a,type ip,save a.lst",                  {"allows_write": False},      "allow-write is off"),
    ("set,a,type ip,state ../a.lst",              {},                           "only files below default-data-dir"),
    ("set,a,type ip,save /tmp/a.lst",             {},                           "only files below default-data-dir"),
    ("set,a,type ip,save precious",               {},                           "it is not overwritten"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "allowed", "problem"), REFUSED)
def test_a_rule_whose_set_is_refused_is_left_out(tmp_path, options, allowed, problem):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "precious").write_text("a letter\n")
    _, ruleset = load(tmp_path, options, **allowed)
    assert (ruleset.loaded, ruleset.failed) == (0, 1)
    assert problem in ruleset.problems[0].message
    assert (tmp_path / "data" / "precious").read_text() == "a letter\n"


def test_state_is_kept_and_found_again(tmp_path):
    shelf, ruleset = load(tmp_path, "set,seen,type ip,state seen.lst")
    assert not ruleset.problems
    shelf.resources.datasets.by_name["seen"].add(bytes([10, 0, 0, 7]))
    shelf.files.keep(shelf.resources.datasets)
    assert (tmp_path / "data" / "seen.lst").read_text() == "10.0.0.7\n"
    shelf, _ = load(tmp_path, "set,seen,type ip,state seen.lst")
    assert shelf.resources.datasets.by_name["seen"].has(bytes([10, 0, 0, 7]))
    shelf.files.keep(shelf.resources.datasets)  # nothing new: nothing written


def test_what_cannot_be_kept_is_told(tmp_path):
    (tmp_path / "data").write_text("a file")
    shelf, _ = load(tmp_path, "set,seen,type ip,save seen.lst")
    shelf.resources.datasets.by_name["seen"].add(bytes([10, 0, 0, 7]))
    with pytest.raises(OutputError, match="set seen is not kept"):
        shelf.files.keep(shelf.resources.datasets)


def hashes(folder, text, kind="md5"):
    (folder / "some.list").write_text(text)
    sets = DataSets()
    values, _ = sets.declare("filemd5:some.list", kind)
    values.format, values.load, values.rule_path = "hashes", "some.list", str(folder / "test.rules")
    SetFiles(folder).fill(sets)
    return values


def test_a_hash_list_has_one_digest_a_line_and_whatever_behind_it(tmp_path):
    text = "# comment\n00112233445566778899aabbccddeeff\nFFEEDDCCBBAA99887766554433221100  evil.exe\n\n"
    values = hashes(tmp_path, text)
    assert sorted(value.hex() for value in values.values()) == [
        "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100",
    ]  # fmt: skip
    assert (values.fault, values.oddity) == ("", "")


@pytest.mark.parametrize("line", ["0011", "evil.exe", "z" * 32, "00" * 20])
def test_a_line_that_is_no_digest_is_noted(tmp_path, line):
    values = hashes(tmp_path, f"{line}\n{'00' * 16}\n")
    assert values.oddity.startswith("line 1:")
    assert len(values) == 1


def test_sha1_lists_hold_sha1(tmp_path):
    assert [value.hex() for value in hashes(tmp_path, "aa" * 20, "sha1").values()] == ["aa" * 20]
