"""What is wrong with a rule: said with the column, the keyword, and what would be right."""

from __future__ import annotations


class RuleError(Exception):
    """A rule cannot be used. `column` (1-based, 0 while unknown) counts characters of the rule's text."""

    def __init__(self, message: str, keyword: str = "", column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.keyword = keyword
        self.column = column
