"""Builds the payload options of a rule without a rules file, and asks them about bytes."""

from __future__ import annotations

import re

from vids.engine.detect.inspect import holds
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.draft import Draft
from vids.engine.rule.keyword import REGISTRY
from vids.engine.rule.keywords import (
    bsize,
    byte_extract,
    byte_jump,
    byte_math,
    byte_test,
    content,
    depth,
    distance,
    endswith,
    fast_pattern,
    isdataat,
    nocase,
    offset,
    pcre,
    startswith,
    within,
)
from vids.engine.rule.rule import Rule

MODULES = [
    bsize, byte_extract, byte_jump, byte_math, byte_test, content, depth, distance,
    endswith, fast_pattern, isdataat, nocase, offset, pcre, startswith, within,
]  # fmt: skip
KEYWORDS = [module.__name__.rpartition(".")[2] for module in MODULES]
OPTION = re.compile(r"\s*([\w.]+)(?:\s*:((?:\\.|[^;\\])*))?;", re.DOTALL)


def build(options: str, buffer: str = "") -> Rule:
    """Return a rule with these options; all of them look into `buffer`."""
    rule = Rule()
    draft = Draft(rule)
    draft.buffer = buffer
    at = 0
    while at < len(options.rstrip()):
        m = OPTION.match(options, at)
        assert m is not None, options[at:]
        REGISTRY[m[1]].parse((m[2] or "").strip()).place(draft)
        at = m.end()
    return rule


def cursor_for(rule: Rule, data: bytes, origin: int = 0, steps: int = 100_000) -> Cursor:
    cursor = Cursor()
    cursor.load(data, origin, steps)
    cursor.values = [0] * rule.n_values
    return cursor


def matches(rule: Rule, data: bytes, origin: int = 0) -> bool:
    """Return whether the rule's options hold in `data`, which begins `origin` bytes into its stream."""
    cursor = cursor_for(rule, data, origin)
    return all(holds(inspection.checks, cursor) for inspection in rule.inspections)
