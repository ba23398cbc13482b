"""What rules refer to outside of their files, read by the configuration's names."""

import pytest

from vids import rulefiles
from vids.config import load as load_config
from vids.config import rows
from vids.errors import ConfigError
from vids.library import Libmagic, Library, MaxMind, suffixes


def library(*assignments):
    return Library(load_config(None, assignments))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "categories").write_text("# number, name, what\n1,Bad,Bad hosts\n2,Good,Good hosts\n")
    (tmp_path / "some.list").write_text("10.0.0.1,1,50\n10.0.0.0/24,2,20\n")
    (tmp_path / "more.list").write_text("\n2001:db8::/32,1,127\n")
    return tmp_path


def settings(folder, files="[some.list, more.list]"):
    return (f"reputation-categories-file={folder}/categories", f"default-reputation-path={folder}",
            f"reputation-files={files}")  # fmt: skip


def test_reputations_of_several_files(folder):
    found = library(*settings(folder)).resources.reputations
    assert found.categories == {"Bad": 1, "Good": 2}
    assert found.score(bytes([10, 0, 0, 1]), 1) == 50
    assert found.score(bytes([10, 0, 0, 9]), 2) == 20
    assert found.score(bytes.fromhex("20010db8") + bytes(12), 1) == 127


WRONG = [
    # line                    place and message
    ("10.0.0.1,1",            "bad.list:1: expected ADDRESS"),
    ("10.0.0.1,1,128",        "score 0 to 127"),
    ("10.0.0.1,61,1",         "expected ADDRESS"),
    ("ten,1,1",               "expected ADDRESS"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_a_wrong_line_is_told_by_its_place(folder, line, message):
    (folder / "bad.list").write_text(line + "\n")
    with pytest.raises(ConfigError, match=message):
        library(*settings(folder, "bad.list"))


def test_reputations_need_their_categories(folder):
    with pytest.raises(ConfigError, match="reputation-categories-file"):
        library("reputation-files=a.list")
    with pytest.raises(ConfigError, match="cannot be read"):
        library("reputation-categories-file=/nowhere/at/all", "reputation-files=a.list")


def rules(tmp_path, options, *assignments):
    place = tmp_path / "test.rules"
    place.write_text(f"alert ip any any -> any any ({options} sid:1;)\n")
    return rulefiles.load([place], {}, {}, "", library(*assignments))


def test_without_files_rules_wait(tmp_path):
    for options, reason in (("iprep:src,Bad,>,1;", "iprep (no reputation-files)"),
                            ("geoip:src,US;", "geoip (no geoip-database)")):  # fmt: skip
        ruleset = rules(tmp_path, options)
        assert [rule.waiting for rule in ruleset.waiting] == [[reason]]


def test_with_files_rules_work(folder):
    assert rules(folder, "iprep:src,Bad,>,1;", *settings(folder)).loaded == 1
    (problem,) = rules(folder, "iprep:src,Worse,>,1;", *settings(folder)).problems
    assert "'Worse' is not in reputation-categories-file" in problem.message


class Reader:
    """A database of three networks, as the reader of MaxMind's format answers."""

    def get(self, address):
        if address.version == 6:
            raise ValueError("a database of IPv4")
        return {"10.0.0.1": {"country": {"iso_code": "NL"}}, "10.0.0.2": {"registered_country": {"iso_code": "DE"}},
                "10.0.0.3": {"city": {}}}.get(str(address))  # fmt: skip


def test_countries():
    database = MaxMind(Reader())
    assert [database.country(bytes([10, 0, 0, n])) for n in (1, 2, 3, 4)] == ["NL", "DE", "", ""]
    assert database.country(bytes(16)) == ""


GEOIP = [
    # option            10.0.0.1 (NL) to 10.0.0.2 (DE)
    ("NL",              True),
    ("src,NL",          True),
    ("dst,NL",          False),
    ("both,NL,DE",      True),
    ("both,NL",         False),
    ("any,US",          False),
    ("src,!US",         True),
    ("src,!NL",         False),
    ("dst,us,de",       True),
]  # fmt: skip


@pytest.mark.parametrize(("option", "holds"), GEOIP)
def test_geoip(option, holds):
    from vids.engine.rule.keywords.geoip import Geoip
    from vids.engine.rule.view import View

    geoip = Geoip.parse(option)
    geoip.countries = MaxMind(Reader())
    view = View()
    view.packet.ip_version, view.packet.address_at = 4, 0
    view.packet.data = bytes([10, 0, 0, 1, 10, 0, 0, 2])
    assert geoip.match(view) is holds


def test_a_database_that_is_none(tmp_path):
    pytest.importorskip("maxminddb")
    (tmp_path / "x.mmdb").write_bytes(b"nothing of the kind")
    for name in ("x.mmdb", "gone.mmdb"):
        with pytest.raises(ConfigError, match="geoip-database"):
            library(f"geoip-database={tmp_path / name}")


def test_public_suffixes(tmp_path):
    pytest.importorskip("publicsuffixlist")
    assert [suffixes().suffix(name) for name in ("www.bbc.co.uk", "suricata.io")] == ["co.uk", "io"]
    assert rules(tmp_path, 'ip.src; domain; content:"a";').loaded == 1


def sets(tmp_path, rules, *assignments):
    """Return the data sets once rules were read and the sets filled."""
    path = tmp_path / "test.rules"
    path.write_text("".join(f"alert ip any any -> any any (ip.src; dataset:{rule};)\n" for rule in rules))
    made = library(f"default-data-dir={tmp_path / 'data'}", *assignments)
    ruleset = rulefiles.load([path], {}, {}, "", made)
    return made, ruleset


def test_data_sets_of_the_configuration(tmp_path):
    (tmp_path / "seen.lst").write_text("10.0.0.1\n")
    made, ruleset = sets(
        tmp_path,
        ["isset,seen; sid:1", "isset,seen,type ipv4; sid:2", "isset,seen,type string; sid:3", "set,kept; sid:4"],
        "datasets.seen.type=ipv4",
        f"datasets.seen.load={tmp_path / 'seen.lst'}",
        "datasets.seen.memcap=2mb",
        "datasets.kept.type=ip",
        f"datasets.kept.state={tmp_path / 'elsewhere.lst'}",
        "datasets.rules.allow-write=no",  # a rule's set could not be kept, and not there
    )
    assert ruleset.loaded == 3
    assert "holds ipv4, not string" in ruleset.problems[0].message
    seen = made.resources.datasets.by_name["seen"]
    assert seen.has(bytes([10, 0, 0, 1]))
    assert seen.memcap == 2 << 20
    made.resources.datasets.by_name["kept"].add(bytes([10, 0, 0, 7]))
    made.keep()
    assert (tmp_path / "elsewhere.lst").read_text() == "10.0.0.7\n"


@pytest.mark.parametrize(("assignments", "message"), [
    (["datasets.a.load=/gone.lst"], "datasets.a: /gone.lst: cannot be read"),
    (["datasets.a.state=x", "datasets.a.save=y"], "datasets.a: state is load and save in one"),
    (["datasets.a.type=numbers"], "expected one of string, md5"),
    (["datasets.a.memcap=1kb"], "expected 1048576"),
    (["datasets.a.lod=x"], "no setting is called datasets.a.lod"),
])  # fmt: skip
def test_data_sets_of_the_configuration_that_are_wrong(tmp_path, assignments, message):
    with pytest.raises(ConfigError, match=message):
        sets(tmp_path, [], *assignments)


def test_declared_data_sets_are_shown():
    config = load_config(None, ["datasets.a.type=ip"])
    shown = {setting.name: (value, origin) for setting, value, origin in rows(config)}
    assert shown["datasets.a.type"] == ("ip", "--set")
    assert shown["datasets.a.load"] == ("", "default")


def test_libmagic_names_kinds_as_rules_do():
    magic = library().resources.magic
    if magic is None:
        pytest.skip("libmagic or python-magic is not installed")
    assert "GIF image data" in magic.kind(b"GIF89a" + bytes(20))
    assert isinstance(magic.kind(bytes(4096)), str)


class Broken:
    def from_buffer(self, data):
        raise RuntimeError("it lost its mind")


def test_a_libmagic_that_fails_knows_no_kind():
    assert Libmagic(Broken()).kind(b"abc") == ""


def test_the_kind_of_every_file_needs_libmagic(monkeypatch):
    monkeypatch.setattr("vids.library.magic", lambda: None)
    with pytest.raises(ConfigError, match="libmagic"):
        library("outputs.eve-log.types.files.force-magic=yes")
