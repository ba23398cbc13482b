"""Exit codes, and one line for every mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import vids.cli.replay
from vids.cli.main import build, exit_code
from vids.engine import engine
from vids.errors import CaptureError, ConfigError, OutputError, RulesError, VidsError
from vids.version import __version__

ROOT = Path(__file__).resolve().parents[2]

USAGE = [
    # arguments                                   what the one line says
    ([],                                          "vids: no command (vids --help)"),
    (["fly"],                                     "vids: No such command 'fly'"),
    (["--fly"],                                   "vids: No such option"),
    (["replay"],                                  "vids replay: Missing argument 'CAPTURE...'"),
    (["replay", "--fly", "x"],                    "vids replay: No such option"),
    (["replay", "--workers", "2", "x"],           "vids replay: Invalid value for '--workers': only 1 worker"),
    (["replay", "--workers", "0", "x"],           "vids replay: Invalid value for '--workers': only 1 worker"),
    (["replay", "--events", "alert,netflow", "x"],
     "called 'netflow': use alert, anomaly, drop, fileinfo, flow, packet, dns"),
    (["replay", "--events", "", "x"],             "no event type is called ''"),
    (["replay", "--checksums", "maybe", "x"],     "vids replay: Invalid value for '--checksums'"),
    (["replay", "--eve", "-", "--table", "x"],    "--eve - and --table both want standard output"),
    (["config"],                                  "vids config: Missing command"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), USAGE, ids=[" ".join(case[0]) for case in USAGE])
def test_wrong_usage_is_one_line_and_exit_2(folder, arguments, message):
    code, out, err = folder.run(*arguments)
    assert code == 2
    assert out == b""
    assert len(err) == 1
    assert message in err[0]


ERRORS = [
    (ConfigError("vids.toml:3: wrong"), 3),
    (RulesError("x.rules: wrong"), 3),
    (CaptureError("x.pcap: wrong"), 4),
    (OutputError("eve.json: wrong"), 2),
    (VidsError("two\nlines \x1b[31m\u202e"), 2),
]


@pytest.mark.parametrize(("error", "wanted"), ERRORS, ids=[type(case[0]).__name__ for case in ERRORS])
def test_an_operator_s_mistake_is_one_line_with_its_exit_code(folder, monkeypatch, error, wanted):
    def fail(*_):
        raise error

    monkeypatch.setattr(vids.cli.replay, "run", fail)
    code, _, err = folder.replay("--table", folder.capture)
    assert code == wanted
    assert len(err) == 1
    assert err[0].startswith("vids: ")
    assert err[0].isprintable()


def test_a_bug_of_ours_is_exit_70_and_a_traceback_only_on_demand(folder, monkeypatch):
    def fail(*_):
        raise ValueError("no such thing")

    monkeypatch.setattr(vids.cli.replay, "run", fail)
    monkeypatch.delenv("VIDS_DEBUG", raising=False)
    code, _, err = folder.replay("--table", folder.capture)
    assert code == 70
    assert len(err) == 1
    assert "a bug of vids (ValueError: no such thing)" in err[0]
    monkeypatch.setenv("VIDS_DEBUG", "1")
    code, _, err = folder.replay("--table", folder.capture)
    assert code == 70
    assert "Traceback" in err[0]


def test_version_says_which_engine_runs(folder):
    code, out, err = folder.run("--version")
    assert (code, err) == (0, [])
    assert out.decode() == f"vids {__version__} ({build()})\n"
    assert build() == ("interpreted" if engine.__file__.endswith(".py") else "compiled")


HELP = ["--help", "-h", "replay --help", "config show -h", "rules check -h", "keywords -h"]


@pytest.mark.parametrize("arguments", HELP)
def test_help(folder, arguments):
    code, out, err = folder.run(*arguments.split())
    assert (code, err) == (0, [])
    assert out.startswith(b"Usage: vids")


def vids_process(*arguments, **options):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    return subprocess.Popen([sys.executable, "-m", "vids", *map(str, arguments)], env=environment, **options)


def test_a_reader_that_goes_away_is_no_error(folder):
    captures = [folder.capture] * 2000  # more than a pipe holds
    process = vids_process(
        "replay", "-r", folder.rules, *captures, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder.path
    )
    assert process.stdout.readline().startswith(b"{")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_as_a_module(folder):
    process = vids_process("--version", stdout=subprocess.PIPE, cwd=folder.path)
    assert process.communicate()[0].startswith(b"vids ")
    assert process.returncode == 0


def test_exit_code_takes_the_arguments_without_the_program():
    assert exit_code(["--version"]) == 0
