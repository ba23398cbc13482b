"""Rules files on disk: found, read, and handed to the engine's RuleSet; and the tables that rules refer to."""

from __future__ import annotations

import glob
import sys
from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path

from vids.engine.rule.classification import Classtype, classtypes, reference_systems
from vids.engine.rule.ruleset import RuleSet
from vids.errors import RulesError

STDIN = "-"
PATTERN = "*.rules"
HERE = Path(__file__).parent
SHIPPED = (HERE / "rules", HERE.parent / "rules")  # installed, and in the source tree


def load(
    paths: Collection[Path | str],
    address_groups: Mapping[str, str],
    port_groups: Mapping[str, str],
    threshold_file: str = "",
) -> RuleSet:
    """Return the rules of files, folders, patterns and `-`, in order; of none, the shipped ones.

    The groups are what $NAME stands for; the threshold file, if any, says which rules alert how often. Raises
    RulesError where something cannot be read.
    """
    tables = shipped_classtypes(), shipped_references()
    ruleset = RuleSet(dict(address_groups), dict(port_groups), *tables)
    for path in paths or [shipped_rules()]:
        for file in find_rules(str(path)):
            ruleset.add("<stdin>" if file == STDIN else file, read_rules(file))
    if threshold_file:
        ruleset.limit(threshold_file, read_rules(threshold_file))
    ruleset.order()
    return ruleset


def shipped_rules() -> Path:
    """Return the folder of the rules that come with vids. Raises RulesError where it is gone."""
    for folder in SHIPPED:
        if folder.is_dir():
            return folder
    raise RulesError("the rules that come with vids are not installed (name others with --rules)")


def find_rules(path: str) -> list[str]:
    """Return the files that a path names, in order. Raises RulesError where there are none."""
    if path == STDIN or Path(path).is_file():
        return [path]
    if Path(path).is_dir():
        found = sorted(str(file) for file in Path(path).rglob(PATTERN) if file.is_file())
        if not found:
            raise RulesError(f"{path}: no rules in this folder (their files are named {PATTERN})")
        return found
    if glob.has_magic(path):
        found = sorted(file for file in glob.glob(path, recursive=True) if Path(file).is_file())  # noqa: PTH207  absolute too
        if not found:
            raise RulesError(f"{path}: no file fits this pattern")
        return found
    if Path(path).exists():
        return [path]  # a pipe or a device: read it as it is
    raise RulesError(f"{path}: no such file or folder (rules are given as a file, a folder, a pattern or -)")


def read_rules(path: str) -> str:
    """Return the text of one file; bytes that are no UTF-8 survive. Raises RulesError."""
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
    except OSError as error:
        raise RulesError(f"{path}: cannot be read: {error.strerror} (check its name and permissions)") from error
    return data.decode("utf-8", "surrogateescape")


def shipped_classtypes() -> dict[str, Classtype]:
    """Return the classtypes that come with vids."""
    return classtypes(_shipped("classification.config"))


def shipped_references() -> dict[str, str]:
    """Return the reference systems that come with vids."""
    return reference_systems(_shipped("reference.config"))


def _shipped(name: str) -> str:
    return files("vids").joinpath("data", name).read_text(encoding="utf-8")
