"""`vids config`: what can be set, and what is."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from vids.cli.table import plain
from vids.config import Config, load, rows

file_option = click.option(
    "-c", "--config", "config_file", type=click.Path(path_type=Path), metavar="FILE", help="Settings, in TOML."
)
set_option = click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="One setting, over the file's. Repeatable."
)


def load_config(
    file: Path | None, assignments: tuple[str, ...], flags: Mapping[str, tuple[object, str]] | None = None
) -> Config:
    """Return the configuration; say on standard error what was set without effect."""
    loaded = load(file, assignments, flags)
    for note in loaded.notes:
        click.echo(f"vids: note: {note}", err=True)
    return loaded


@click.group()
def config() -> None:
    """See the settings."""


@config.command()
@file_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="JSON lines, as in a pipe.")
def show(config_file: Path | None, assignments: tuple[str, ...], as_json: bool) -> None:
    """Show every setting: its value, where that came from, its unit and its meaning."""
    loaded = load_config(config_file, assignments)
    if as_json or not sys.stdout.isatty():
        for setting, value, origin in rows(loaded):
            row = {"name": setting.name, "value": value, "origin": origin, "unit": setting.unit}
            click.echo(msgspec.json.encode(row | {"default": setting.default, "meaning": setting.meaning}))
        return
    table = Table("setting", "value", "from", "unit", "meaning", box=None, pad_edge=False, header_style="bold")
    for setting, value, origin in rows(loaded):
        shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        style = None if origin == "default" else "bold"
        cells = (setting.name, shown, origin, setting.unit, setting.meaning)
        table.add_row(*(plain(cell) for cell in cells), style=style)
    Console().print(table)
