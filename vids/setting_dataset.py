"""The settings of data sets: what rules may do with them, and the sets that are declared outside of rules."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from vids.engine.rule.dataset import DEFAULT_MEMCAP
from vids.setting import MIB, Part, Setting, path, size, switch, table, word

Kind = Literal["string", "md5", "sha256", "ipv4", "ip"]
PREFIX: Final = "datasets."
DECLARED: Final = PREFIX + "declared."  # where they are in the Config, which knows no other names


class DatasetRules(Part, frozen=True):
    allow_write: Annotated[bool, switch("rules may have data sets written (save, state)")] = True
    allow_absolute_filenames: Annotated[bool, switch("also outside of default-data-dir")] = False


class DeclaredSet(Part, frozen=True):
    """One set; rules name it without saying what it holds."""

    type: Annotated[Kind, word("what the data set NAME holds")] = "string"
    load: Annotated[str, path("file to fill it from")] = ""
    save: Annotated[str, path("file to keep it in, below default-data-dir")] = ""
    state: Annotated[str, path("file to fill it from and keep it in, below default-data-dir")] = ""
    memcap: Annotated[int, size("memory for it; further values are not added, and counted", MIB)] = DEFAULT_MEMCAP


class Datasets(Part, frozen=True):
    rules: DatasetRules = DatasetRules()
    declared: dict[str, DeclaredSet] = {}


FIELDS: Final = {setting.name: setting for setting in table(DeclaredSet)}
NAME: Final = re.compile(rf"datasets\.(?!(?:rules|defaults|limits)\.)([\w-]+)\.({'|'.join(FIELDS)})")


def declared_field(name: str) -> Setting | None:
    """Return the row of `datasets.NAME.FIELD`; None for what is no field of a declared set."""
    name = name.replace(DECLARED, PREFIX, 1)
    match = NAME.fullmatch(name)
    if match is None:
        return None
    field = FIELDS[match[2]]
    meaning = field.meaning.replace("NAME", match[1])
    return Setting(name, field.kind, field.default, field.unit, meaning, field.least, field.most)
