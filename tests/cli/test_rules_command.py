"""`vids rules check` and `vids keywords`: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from vids.cli.keywords import entries, keywords, page
from vids.cli.rules import rules
from vids.engine.rule.application import APPLICATION
from vids.engine.rule.language import REGISTRY, WAITING

GOOD = "alert tcp any any -> any any (sid:1;)\n"
WAITS = 'alert modbus any any -> any any (content:"a"; sid:2;)\n'
WARNS = "alert tcp any any -> any any (classtype:new; sid:3;)\n"
BAD = "alert tcp any any -> any any (ttl:300; flwo:x; sid:4;)\n"

RUNS = [
    # rules          exit   lines                                         usable, waiting, failed
    (GOOD,           0,     [],                                           (1, 0, 0)),
    (WAITS,          0,     [],                                           (0, 1, 0)),
    (WARNS,          0,     ["1:31: classtype: "],                        (1, 0, 0)),
    (GOOD + BAD,     3,     ["2:31: ttl: ", "2:40: flwo: "],              (1, 0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "lines", "counts"), RUNS)
def test_check(tmp_path: Path, text: str, code: int, lines: list[str], counts: tuple[int, int, int]) -> None:
    path = tmp_path / "x.rules"
    path.write_text(text)
    result = CliRunner().invoke(rules, ["check", str(path)], standalone_mode=False)
    assert result.return_value == code
    printed = result.stdout.splitlines()
    assert len(printed) == len(lines)
    assert all(line.startswith(f"{path}:{start}") for line, start in zip(printed, lines, strict=True))
    result = CliRunner().invoke(rules, ["check", "--json", str(path)], standalone_mode=False)
    *problems, summary = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(problems) == len(lines)
    assert (summary["usable"], summary["waiting"], summary["failed"]) == counts


def test_check_reads_standard_input_and_settings() -> None:
    text = "alert tcp $OURS any -> any any (sid:1;)\n"
    result = CliRunner().invoke(rules, ["check", "-"], input=text, standalone_mode=False)
    assert result.return_value == 3
    assert "<stdin>:1:11: variable $OURS is not defined (set vars.address-groups.OURS)" in result.stdout
    arguments = ["check", "--set", "vars.address-groups.OURS=10.0.0.0/8", "-"]
    assert CliRunner().invoke(rules, arguments, input=text, standalone_mode=False).return_value == 0


def test_check_shows_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "x.rules"
    path.write_bytes(b"alert tcp any any -> any any (\x1b[2J\xff:x; sid:1;)\n")
    for flags in ([], ["--json"]):
        result = CliRunner().invoke(rules, ["check", *flags, str(path)], standalone_mode=False)
        assert result.exception is None
        assert "\x1b" not in result.stdout


def test_every_keyword_is_listed_once() -> None:
    listed = [name for entry in entries() for name in (entry.name, *entry.aliases)]
    assert sorted(listed) == sorted([*REGISTRY, *APPLICATION, *WAITING])
    assert all(entry.meaning and entry.syntax and entry.source for entry in entries())


def test_page_names_every_keyword() -> None:
    text = page()
    assert all(f"`{name}`" in text for name in [*REGISTRY, *APPLICATION, *WAITING])


EXPLAINED = [
    ("ttl", "hop limit"),
    ("FLAGS", "tcp.flags:"),
    ("http_uri", "http.uri"),
    ("file_data", "file.data["),
    ("dns.opcode", "request"),
    ("modbus", "waits"),
]


@pytest.mark.parametrize(("name", "part"), EXPLAINED)
def test_explain(name: str, part: str) -> None:
    assert part in CliRunner().invoke(keywords, [name]).stdout


def test_unknown_keyword() -> None:
    result = CliRunner().invoke(keywords, ["flwo"])
    assert result.exit_code == 2
    assert "did you mean flow?" in result.stderr


def test_json_lines() -> None:
    lines = [json.loads(line) for line in CliRunner().invoke(keywords, ["--json"]).stdout.splitlines()]
    assert {line["name"] for line in lines if line["works"]} == {
        keyword.name for keyword in [*REGISTRY.values(), *APPLICATION.values()]
    }
