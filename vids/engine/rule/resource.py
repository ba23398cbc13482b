"""What rules refer to beside the traffic: sets, reputations, countries, public suffixes, kinds of files.

None of it is read here: who builds a ruleset brings it along (vids/library.py).
"""

from __future__ import annotations

from typing import final

from mypy_extensions import mypyc_attr

from vids.engine.proto.file import Magic
from vids.engine.rule.dataset import DataSets
from vids.engine.rule.reputation import Reputations


@mypyc_attr(allow_interpreted_subclasses=True)
class Countries:
    """Where addresses are."""

    def country(self, address: bytes) -> str:
        """Return the country of an address of 4 or 16 bytes by its two letters (ISO 3166); nothing if unknown."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class Suffixes:
    """Under which names anybody can register one."""

    def suffix(self, name: str) -> str:
        """Return the public suffix of a name in lower case (co.uk); nothing if it has none."""
        raise NotImplementedError


@final
class Resources:
    """All of it; what is missing makes the rules that need it wait."""

    def __init__(self) -> None:
        self.datasets = DataSets()
        self.reputations: Reputations | None = None
        self.countries: Countries | None = None
        self.suffixes: Suffixes | None = None
        self.magic: Magic | None = None  # who knows kinds of files
