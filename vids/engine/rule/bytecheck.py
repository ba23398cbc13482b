"""What byte_test, byte_jump, byte_extract and byte_math share: each reads a number from the buffer first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy_extensions import i64

from vids.engine.rule.bytefield import ByteField
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PayloadCheck

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft


class ByteCheck(PayloadCheck):
    """A test that begins with a number in the buffer; without one it does not hold."""

    def __init__(self, field: ByteField) -> None:
        self.field = field
        self.is_relative = field.is_relative

    def take_all(self, options: list[str]) -> None:
        """Take the options behind the values that must be there. Raises RuleError."""
        for option in options:
            if not self.field.take(option) and not self.take(option):
                raise RuleError(f"unknown option {option!r} ({self.syntax})")
        self.field.finish()
        self.is_relative = self.field.is_relative

    def take(self, option: str) -> bool:
        """Take one of the options that only this keyword has; False where it is none of them."""
        return False

    def place(self, draft: Draft) -> None:
        self.uses_variable = self.field.resolve(draft)
        draft.inspection_for(self).checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        if resume >= 0:
            return False
        number, end = self.field.read(cursor, base)
        return end >= 0 and self.go_on(cursor, base, number, end)

    def go_on(self, cursor: Cursor, base: i64, number: int, end: i64) -> bool:
        """Return whether the test holds for the number, which ends at `end`, and set the cursor's match."""
        raise NotImplementedError
