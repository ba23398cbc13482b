"""A rule under construction: what the options so far have set up for the next one."""

from __future__ import annotations

from typing import final

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PacketCheck
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.names import Names
from vids.engine.rule.rule import PAYLOAD_BUFFER, Inspection, Rule


@final
class Draft:
    """The rule, the buffer that options look into now, and the content that modifiers change."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.buffer = PAYLOAD_BUFFER  # where the next payload option looks
        self.is_new_buffer = False  # the same buffer was named once more: a second instance
        self.variables: dict[str, int] = {}  # name -> number in Cursor.values
        self.last: Content | None = None  # what a modifier changes; none once another buffer was named
        self.flowbits = Names()  # shared by the rules of a ruleset
        self.has_priority = False  # named by the rule itself, not by its classtype
        self.warnings: list[RuleError] = []  # odd, but the rule works

    def inspection(self) -> Inspection:
        """Return the inspection of the current buffer; payload options of one buffer stand together."""
        for inspection in self.rule.inspections:
            if inspection.buffer == self.buffer:
                return inspection
        inspection = Inspection(self.buffer)
        self.rule.inspections.append(inspection)
        return inspection

    def last_content(self, modifier: str) -> Content:
        """Return the content that `modifier` changes: the last one, wherever a buffer modifier put it."""
        if self.last is None:
            raise RuleError(f'needs a content before it (content:"..."; {modifier};)', modifier)
        return self.last

    def add_content(self, content: Content) -> None:
        """Add a content to the current buffer, and make it the one that modifiers change."""
        self.inspection().checks.append(content)
        self.last = content

    def open_buffer(self, buffer: str) -> None:
        """Let the payload options that follow look into `buffer`."""
        self.buffer = buffer
        self.last = None

    def move_content(self, content: Content, buffer: str) -> None:
        """Take a content out of the buffer that holds it and put it into another (legacy modifiers)."""
        for inspection in self.rule.inspections:
            if content in inspection.checks:
                inspection.checks.remove(content)
        self.rule.inspections = [kept for kept in self.rule.inspections if kept.checks]
        current = self.buffer
        self.buffer = buffer
        self.inspection().checks.append(content)
        self.buffer = current

    def add_packet_check(self, check: PacketCheck) -> None:
        """Add a test of single packets: the payload options of the rule then look at single packets too."""
        self.rule.needs_packet = True
        self.rule.checks.append(check)

    def define(self, name: str) -> int:
        """Give a variable a number, and return it."""
        if name not in self.variables:
            self.variables[name] = len(self.variables)
            self.rule.n_values = len(self.variables)
        return self.variables[name]

    def variable(self, name: str) -> int:
        """Return the number of a variable that an earlier option set."""
        if name not in self.variables:
            raise RuleError(f"variable {name!r} is not set by a byte_extract or byte_math before it")
        return self.variables[name]
