"""Make the pages of docs/ that come from the code anew: python tools/make_docs.py [--check].

With --check nothing is written: the pages that are not what the code says are named, and the exit code is 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final, get_args

from vids.cli.keywords import page as keywords_page
from vids.config import IGNORED, SETTINGS
from vids.engine.limits import LIMITS, Limit
from vids.eve.schema import schema
from vids.setting import Setting
from vids.setting_dataset import FIELDS as DECLARED_FIELDS

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
FACTORS: Final = ((1 << 20, "MiB"), (1 << 10, "KiB"))


def limits_page() -> str:
    """Return docs/limits.md."""
    lines = [
        "# Limits",
        "",
        "<!-- made by `python tools/make_docs.py` from vids/engine/limits.py -->",
        "",
        "Every table of the engine is bounded, so that no traffic makes it grow without end. When a bound is reached,",
        "the engine goes on with what is most useful, counts it, and says so: the counter stands in EVE's `stats`",
        "record, and `vids replay` names it on standard error when it is done. Bounds in small letters are settings",
        "([settings.md](settings.md)), those in capitals are constants of the file named.",
        "",
        "| bound | default | of what | counter | what happens | kept in |",
        "|---|---:|---|---|---|---|",
    ]
    lines += [
        f"| `{limit.bound}` | {value(limit)} | {limit.unit} | `{limit.counter}` | {limit.effect} | `{file(limit)}` |"
        for limit in LIMITS
    ]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Return docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "<!-- made by `python tools/make_docs.py` from vids/config.py -->",
        "",
        "Settings are given in a TOML file (`-c FILE`) or one by one (`--set NAME=VALUE`). Their names are the",
        "reference engine's. `vids config show` prints those in force, with where each came from.",
        "",
        "| setting | default | unit | meaning |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{s.name}` | {default(s)} | {unit(s)} | {cell(s.meaning)} |" for s in SETTINGS.values()]
    lines += [
        "",
        "`vars.address-groups.NAME` and `vars.port-groups.NAME` may have any further name: rules say `$NAME`.",
        "`datasets.NAME.*` declare a data set, which rules then name alone:",
        "",
        "| setting | default | unit | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `datasets.NAME.{s.name}` | {default(s)} | {unit(s)} | {cell(s.meaning)} |" for s in DECLARED_FIELDS.values()
    ]
    lines += [
        "",
        "## Settings without effect",
        "",
        "These settings of the reference engine are accepted, so that its configuration carries over, and noted on",
        "standard error.",
        "",
        "| setting | why it has no effect |",
        "|---|---|",
    ]
    lines += [f"| `{name}` | {cell(reason)} |" for name, reason in IGNORED]
    return "\n".join(lines) + "\n"


def schema_page() -> str:
    """Return docs/eve.schema.json."""
    return json.dumps(schema(), indent=1) + "\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "eve.schema.json": schema_page,
    "keywords.md": keywords_page,
    "limits.md": limits_page,
    "settings.md": settings_page,
}


def value(limit: Limit) -> str:
    """Return the default of a bound."""
    if limit.is_setting():
        return default(SETTINGS[limit.bound])
    constant = getattr(import_module(limit.where), limit.bound)
    return f"`{constant.decode()}`" if isinstance(constant, bytes) else f"{constant:,}"


def file(limit: Limit) -> str:
    """Return the file that keeps a bound."""
    return limit.where.replace(".", "/") + ".py"


def default(setting: Setting) -> str:
    """Return the default of a setting as people write it."""
    if isinstance(setting.default, bool):
        return "yes" if setting.default else "no"
    if isinstance(setting.default, int):
        return size(setting.default) if setting.unit == "bytes" else f"{setting.default:,}"
    return f"`{setting.default}`" if setting.default else ""


def unit(setting: Setting) -> str:
    """Return the unit of a setting, or the words that it may be."""
    words = get_args(setting.kind)
    return ", ".join(f"`{word}`" for word in words) if words else setting.unit


def size(n_bytes: int) -> str:
    """Return a number of bytes in its largest whole unit."""
    for factor, name in FACTORS:
        if n_bytes and n_bytes % factor == 0:
            return f"{n_bytes // factor} {name}"
    return f"{n_bytes:,}"


def cell(text: str) -> str:
    """Return text for one cell of a table."""
    return text.replace("|", "\\|")


def stale() -> list[str]:
    """Return the pages that are not what the code says."""
    found = []
    for name, make in PAGES.items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != make():
            found.append(name)
    return found


def main(arguments: list[str]) -> int:
    """Write the pages, or name the stale ones."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    names = stale()
    if arguments:
        for name in names:
            print(f"docs/{name} is not what the code says: run python tools/make_docs.py", file=sys.stderr)
        return 1 if names else 0
    for name in names:
        (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
