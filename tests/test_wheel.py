"""A wheel is whole: installed elsewhere, vids finds its rules and tables without the source tree."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("vids", "rules", "pyproject.toml", "setup.py", "README.md", "LICENSE")
NEEDS_SETUPTOOLS = 77  # what pyproject.toml asks for
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def missing():
    """Return what is missing to build a wheel without a network, or nothing."""
    for module in ("pip", "setuptools"):
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed here"
    found = version("setuptools")
    if int(found.partition(".")[0]) < NEEDS_SETUPTOOLS:
        return f"setuptools {found} is older than {NEEDS_SETUPTOOLS}"
    return ""


def run(*command, cwd, **environment):
    """Run a command; fail with what it said."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIDS_EXPECT")}
    environment = {**clean, **environment}
    done = subprocess.run([*map(str, command)], check=False, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with vids installed from its wheel, made of a copy of the sources: a build leaves files behind."""
    if reason := missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("wheel")
    sources = folder / "sources"
    sources.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        else:
            shutil.copy(ROOT / name, sources)
    pip = (sys.executable, "-m", "pip")
    built = ("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", folder, sources)
    run(*pip, *built, cwd=folder, VIDS_COMPILE="0", **OFFLINE)
    shutil.rmtree(sources)
    (wheel,) = folder.glob("vids-*.whl")
    run(*pip, "install", "--no-deps", "--no-compile", "--target", folder / "site", wheel, cwd=folder, **OFFLINE)
    return folder / "site"


def test_vids_comes_from_the_wheel(installed, tmp_path):
    code = "import vids, vids.rulefiles as r; print(vids.__file__); print(r.shipped_rules())"
    lines = run(sys.executable, "-P", "-c", code, cwd=tmp_path, PYTHONPATH=str(installed)).stdout.splitlines()
    assert list(map(Path, lines)) == [installed / "vids" / "__init__.py", installed / "vids" / "rules"]


def test_it_replays(installed, tmp_path):
    """The shipped rules fire, with the text of their classtype and the URL of their reference."""
    shutil.copy(ROOT / "pcaps" / "slammer.pcap", tmp_path)
    command = [installed / "bin" / "vids", "replay", "--eve", "-", "--events", "alert", "slammer.pcap"]
    settings = ["--set", "outputs.eve-log.types.alert.metadata.rule.reference=true"]
    done = run(*command, *settings, cwd=tmp_path, PYTHONPATH=str(installed))
    alerts = [json.loads(line)["alert"] for line in done.stdout.splitlines()]
    assert [alert["signature_id"] for alert in alerts] == [1000001] * 3
    assert alerts[0]["category"] == "A Network Trojan was detected"
    assert alerts[0]["references"][0].startswith("http")
    assert done.stderr == ""


def test_its_command(installed, tmp_path):
    said = run(installed / "bin" / "vids", "--version", cwd=tmp_path, PYTHONPATH=str(installed)).stdout
    assert re.fullmatch(r"vids \d+\.\d+\S* \(interpreted\)\n", said)


def test_it_holds_every_file(installed):
    """The modules, rules and tables of the source tree: not one less, and no tests or tools."""
    own = {path.relative_to(ROOT) for path in (ROOT / "vids").rglob("*") if path.suffix in (".py", ".config", ".typed")}
    own |= {Path("vids", "rules", path.name) for path in (ROOT / "rules").glob("*.rules")}
    found = {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()}
    assert {path for path in found if path.parts[0] == "vids"} == own
    assert {path.parts[0] for path in found} == {"vids", "bin", f"vids-{version_of(installed)}.dist-info"}


def version_of(installed):
    (info,) = installed.glob("vids-*.dist-info")
    return info.name.removeprefix("vids-").removesuffix(".dist-info")
