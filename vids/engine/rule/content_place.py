"""What depth, offset, distance and within share: a number, or a variable, for the content before them."""

from __future__ import annotations

from typing import ClassVar

from vids.engine.rule.amount import c_integer, is_name
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Keyword
from vids.engine.rule.keywords.content import Content


class ContentPlace(Keyword):
    """Where the content before it may be, in bytes."""

    group: ClassVar[str] = PAYLOAD
    lowest: ClassVar[int] = 0
    highest: ClassVar[int] = 65535

    def __init__(self, number: int, variable: str) -> None:
        self.number = number
        self.variable = variable  # of byte_extract or byte_math, in place of the number

    @classmethod
    def parse(cls, text: str) -> ContentPlace:
        if is_name(text):
            return cls(0, text)
        return cls(c_integer(text, cls.lowest, cls.highest, cls.name), "")

    def check_room(self, content: Content) -> None:
        """Refuse a number of bytes that the content does not fit into. Raises RuleError."""
        length = len(content.pattern)
        if self.number < length:
            what = f"{self.name} {self.number} is smaller than the content's {length} bytes"
            raise RuleError(f"{what}: it could never match")
