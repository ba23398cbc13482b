"""`vids keywords`: the rule language, from the registry."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from vids.cli.table import plain
from vids.engine.rule.application import APPLICATION as OF_TRANSACTIONS
from vids.engine.rule.application import NumberKeyword, StickyField
from vids.engine.rule.keyword import APPLICATION, BUFFER, FLOW, HEADER, META, PAYLOAD, STATE, TRANSFORM, Keyword
from vids.engine.rule.language import REGISTRY, WAITING
from vids.engine.rule.text import nearest

GROUPS = {
    META: "What a rule is called and who cares",
    PAYLOAD: "Payload",
    HEADER: "Packet headers",
    FLOW: "Flows",
    STATE: "State, rates and actions",
    BUFFER: "Buffers",
    APPLICATION: "Transactions of application protocols",
    TRANSFORM: "Transforms",
}


@dataclass(frozen=True)
class Entry:
    """One keyword as it is shown."""

    name: str
    aliases: tuple[str, ...]
    group: str
    syntax: str
    meaning: str
    source: str
    works: bool
    cases: tuple[tuple[str, str, bool], ...] = ()  # (value, what it looks at, holds)
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def first_sentence(self) -> str:
        """Return the meaning in one line."""
        return " ".join(self.meaning.split("\n\n")[0].split())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON lines, as in a pipe.")
@click.option("--markdown", is_flag=True, help="The page docs/keywords.md.")
@click.argument("name", required=False)
def keywords(name: str | None, as_json: bool, markdown: bool) -> None:
    """List the keywords of rules, or explain one: what it means, how it is written, what it matches."""
    if name is not None:
        found = lookup(name)
        click.echo(msgspec.json.encode(found) if as_json else explain(found))
    elif markdown:
        click.echo(page(), nl=False)
    elif as_json or not sys.stdout.isatty():
        for entry in entries():
            click.echo(msgspec.json.encode(entry))
    else:
        Console().print(overview())


def entries() -> list[Entry]:
    """Return all keywords by group and name."""
    found = [_working(name) for name, keyword in REGISTRY.items() if keyword.name == name]
    found += [_of_transactions(name) for name, keyword in OF_TRANSACTIONS.items() if keyword.name == name]
    found += [_waiting(name) for name, pending in WAITING.items() if pending.name == name]
    order = list(GROUPS)
    return sorted(found, key=lambda entry: (order.index(entry.group), entry.name))


def lookup(name: str) -> Entry:
    """Return one keyword by any of its names. Raises click.UsageError for a name that is none."""
    name = name.lower()
    if name in REGISTRY:
        return _working(REGISTRY[name].name)
    if name in OF_TRANSACTIONS:
        return _of_transactions(OF_TRANSACTIONS[name].name)
    if name in WAITING:
        return _waiting(WAITING[name].name)
    raise click.UsageError(f"no keyword is called {name!r}{nearest(name, [*REGISTRY, *OF_TRANSACTIONS, *WAITING])}")


def documentation(keyword: type[Keyword]) -> str:
    """Return the docstring of a keyword's class, from its source: a compiled class has none."""
    return _docstrings(keyword.__module__).get(keyword.__name__, "")


def explain(entry: Entry) -> str:
    """Return the documentation of one keyword for a person."""
    lines = [entry.syntax, "", entry.meaning, ""]
    if not entry.works:
        lines += ["Not matched yet: a rule with it loads, waits, and never fires.", ""]
    if entry.cases:
        lines.append("Cases:")
        lines += [
            f"  {entry.name}{f':{value}' if value else ''};  {sees}  -> {'match' if holds else 'no match'}"
            for value, sees, holds in entry.cases
        ]
        lines.append("")
    if entry.aliases:
        lines.append(f"Other names: {', '.join(entry.aliases)}")
    lines.append(f"Source: {entry.source}")
    return "\n".join(lines)


def overview() -> Table:
    """Return the table of all keywords."""
    table = Table("keyword", "group", "works", "meaning", box=None, pad_edge=False, header_style="bold")
    for entry in entries():
        cells = (entry.name, entry.group, "yes" if entry.works else "waits", entry.first_sentence)
        table.add_row(*(plain(cell) for cell in cells))
    return table


def page() -> str:
    """Return the documentation of all keywords as Markdown."""
    every = entries()
    n_working = sum(entry.works for entry in every)
    lines = [
        "# Keywords",
        "",
        "<!-- made by `vids keywords --markdown`; change the keyword's class, not this page -->",
        "",
        f"{n_working} keywords work. {len(every) - n_working} more are known by name: a rule with one of them loads,",
        "is counted as waiting, and never fires. `vids keywords NAME` explains one with examples.",
    ]
    for group, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| keyword | written | works | meaning |", "|---|---|---|---|"]
        lines += [
            f"| {' '.join(f'`{name}`' for name in (entry.name, *entry.aliases))} | {_code(entry.syntax)} |"
            f" {'yes' if entry.works else 'waits'} | {_cell(entry.first_sentence)} |"
            for entry in every
            if entry.group == group
        ]
    return "\n".join(lines) + "\n"


@cache
def _docstrings(module: str) -> dict[str, str]:
    """Return the docstrings of a module's classes by name. The source stands beside what is compiled of it."""
    place = Path(str(sys.modules[module].__file__)).with_name(module.rpartition(".")[2] + ".py")
    tree = ast.parse(place.read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {node.name: ast.get_docstring(node) or "" for node in classes}


def _working(name: str) -> Entry:
    keyword = REGISTRY[name]
    cases = tuple((value, _sees(sees), holds) for value, sees, holds in keyword.cases)
    meaning = documentation(keyword)
    return Entry(
        name, keyword.aliases, keyword.group, keyword.syntax, meaning, keyword.source, True, cases, keyword.errors
    )


def _of_transactions(name: str) -> Entry:
    keyword = OF_TRANSACTIONS[name]
    shown: list[tuple[str, str, bool]] = []
    if isinstance(keyword, StickyField):
        shown = [("", _exchange(*case), bool(case[2])) for case in keyword.field.cases]
    elif isinstance(keyword, NumberKeyword):
        shown = [("", _exchange(*case), bool(case[2])) for case in keyword.number.cases]
    return Entry(
        name, keyword.aliases, keyword.group, keyword.syntax, keyword.meaning, keyword.source, True, tuple(shown)
    )


def _exchange(request: bytes, response: bytes, values: tuple[object, ...]) -> str:
    sides = [f"{side} {data!r}" for side, data in (("request", request), ("response", response)) if data]
    return f"{' '.join(sides)} gives {', '.join(repr(value) for value in values) or 'nothing'}"


def _waiting(name: str) -> Entry:
    pending = WAITING[name]
    meaning = pending.meaning[0].upper() + pending.meaning[1:] + "."
    return Entry(name, pending.aliases, pending.group, pending.syntax, meaning, pending.source, False)


def _sees(sees: dict[str, object]) -> str:
    return ", ".join(f"{field}={value!r}" for field, value in sees.items()) or "-"


def _code(text: str) -> str:
    return f"`` {_cell(text)} ``" if "`" in text else f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
