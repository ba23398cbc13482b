"""`vids config show`."""

import json

from vids.config import SETTINGS


def shown(out):
    return {row["name"]: row for row in map(json.loads, out.splitlines())}


def test_every_setting_with_its_value_and_origin(folder):
    (folder.path / "vids.toml").write_text("[stream]\nmidstream = true\n")
    code, out, err = folder.run("config", "show", "-c", "vids.toml", "--set", "vars.port-groups.MINE=8080")
    assert (code, err) == (0, [])
    rows = shown(out)
    assert set(rows) == {*SETTINGS, "vars.port-groups.MINE"}
    assert rows["stream.midstream"] == {
        "name": "stream.midstream",
        "value": True,
        "origin": "vids.toml:2",
        "unit": "yes, no",
        "default": False,
        "meaning": SETTINGS["stream.midstream"].meaning,
    }
    assert (rows["vars.port-groups.MINE"]["value"], rows["vars.port-groups.MINE"]["origin"]) == ("8080", "--set")
    assert {row["origin"] for row in rows.values()} == {"default", "vids.toml:2", "--set"}


def test_json_is_the_same_as_in_a_pipe(folder):
    assert folder.run("config", "show", "--json") == folder.run("config", "show")


def test_on_a_terminal_it_is_a_table(folder, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "220")
    code, out, _ = folder.run("config", "show", "--set", "stream.midstream=yes")
    assert code == 0
    (line,) = [line for line in out.decode().splitlines() if "stream.midstream " in line]
    assert "yes" in line
    assert "--set" in line


def test_a_mistake(folder):
    code, out, err = folder.run("config", "show", "--set", "stream.midstreem=yes")
    assert (code, out) == (3, b"")
    assert err == [
        "vids: --set stream.midstreem=yes: no setting is called stream.midstreem; did you mean stream.midstream?"
    ]


def test_what_has_no_effect_is_noted(folder):
    code, _, err = folder.run("config", "show", "--set", "flow.hash-size=1")
    assert code == 0
    assert err == ["vids: note: --set flow.hash-size=1: flow.hash-size has no effect: tables grow as they are needed"]
