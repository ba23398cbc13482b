"""`vids rules`: what is wrong with rules, before they are used."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from vids import rulefiles
from vids.cli.config import file_option, load_config, set_option
from vids.engine.rule.ruleset import Problem, RuleSet
from vids.errors import RulesError
from vids.eve.text import visible


@click.group()
def rules() -> None:
    """Work with rules."""


@rules.command()
@file_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="JSON lines: one a problem, then the summary.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
def check(config_file: Path | None, assignments: tuple[str, ...], as_json: bool, paths: tuple[Path, ...]) -> int:
    """Report every problem of rules (files, folders, patterns, - for standard input) by its place.

    Exit 3 where a rule, or a line of the threshold file, is left out because of an error; a warning does not fail.
    """
    config = load_config(config_file, assignments)
    groups = config.vars
    ruleset = rulefiles.load(paths, groups.address_groups, groups.port_groups, config.threshold_file)
    for problem in ruleset.problems:
        click.echo(msgspec.json.encode(as_record(problem)) if as_json else as_line(problem))
    click.echo(msgspec.json.encode(summary(ruleset)) if as_json else summary_line(ruleset), err=not as_json)
    return RulesError.exit_code if ruleset.n_errors() else 0


def as_line(problem: Problem) -> str:
    """Return a problem for a person; what rules hold is shown without control characters."""
    return visible(f"{problem}{' [warning]' if problem.severity == 'warning' else ''}")


def as_record(problem: Problem) -> dict[str, object]:
    """Return a problem for a program."""
    return {
        "path": visible(problem.path),
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "keyword": visible(problem.keyword),
        "message": visible(problem.message),
    }


def summary(ruleset: RuleSet) -> dict[str, int]:
    """Return how many rules came to what."""
    return {
        "usable": len(ruleset.rules),
        "waiting": len(ruleset.waiting),
        "unmet": len(ruleset.unmet),
        "failed": ruleset.failed,
        "errors": ruleset.n_errors(),
        "warnings": len(ruleset.problems) - ruleset.n_errors(),
    }


def summary_line(ruleset: RuleSet) -> str:
    """Return the same in one line for a person."""
    counts = summary(ruleset)
    total = counts["usable"] + counts["waiting"] + counts["unmet"] + counts["failed"]
    unmet = f", {counts['unmet']:,} for another engine" if counts["unmet"] else ""
    return (
        f"{total:,} rules: {counts['usable']:,} usable, {counts['waiting']:,} waiting for keywords that do not work"
        f" yet{unmet}, {counts['failed']:,} failed; {counts['errors']:,} errors, {counts['warnings']:,} warnings"
    )
