"""Perl-compatible expressions with bounded effort: PCRE2 through the pcre2 package."""

from __future__ import annotations

from typing import Any, Final, final

import pcre2
from mypy_extensions import i64

from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError

# No packet may buy unbounded time; the values are the reference engine's defaults.
LIMITS: Final = b"(*LIMIT_MATCH=3500)(*LIMIT_DEPTH=1500)"

CASELESS: Final = 0x00000008  # PCRE2's option bits; the package names only some of them
DOLLAR_END_ONLY: Final = 0x00000010
DOTALL: Final = 0x00000020
EXTENDED: Final = 0x00000080
MULTILINE: Final = 0x00000400
UNGREEDY: Final = 0x00040000

HEX_DIGITS: Final = b"0123456789abcdefABCDEF"


@final
class Regex:
    """An expression, compiled now, and into machine code when it is first used."""

    def __init__(self, expression: bytes, options: int, is_anchored: bool) -> None:
        """Compile, to match at the very start only where `is_anchored`. Raises RuleError."""
        text = plain_escapes(expression)
        if is_anchored:
            text = b"\\A(?:" + text + (b"\n)" if options & EXTENDED else b")")  # a comment may end the expression
        text = LIMITS + text
        try:
            self.pattern: Any = pcre2.compile(text, options, jit=False)
        except pcre2.PatternError as error:
            message: str = error.msg
            raise RuleError(f"the expression does not compile: {message.partition('; ')[2] or message}") from error
        self.is_native = False

    def named_groups(self) -> dict[str, int]:
        """Return the numbers of the named groups."""
        return dict(self.pattern.groupindex)

    def n_groups(self) -> int:
        """Return how many groups there are."""
        count: int = self.pattern.groups
        return count

    def group(self, data: bytes) -> bytes | None:
        """Return what the first group matches; None without a match, or where a limit was reached."""
        try:
            found = self.pattern.search(data)
        except pcre2.LibraryError:
            return None
        if found is None:
            return None
        matched: bytes | None = found.group(1)
        return matched

    def groups(self, subject: bytes, at: i64) -> list[bytes | None]:
        """Return what the groups of the first match from `at` on matched: it has one, as `search` said."""
        found = self.pattern.search(subject, at)
        return [] if found is None else list(found.groups())

    def search(self, cursor: Cursor, subject: bytes, at: i64) -> tuple[i64, i64]:
        """Return begin and end of the first match from `at` on: -1 for none, -2 where a limit was reached."""
        if not self.is_native:
            self.pattern.jit_compile()
            self.is_native = True
        try:
            found = self.pattern.search(subject, at)
        except pcre2.LibraryError:  # match limit, depth limit, stack of the machine code
            cursor.n_pcre_limits += 1
            return -2, -2
        if found is None:
            return -1, -1
        begin: i64
        end: i64
        begin, end = found.span()
        return begin, end


def plain_escapes(expression: bytes) -> bytes:
    r"""Return the expression with `\x` in the one form that means the same everywhere: two digits.

    The pcre2 package reads escapes as JavaScript does, where `\x2`, `\x{2e}` and `\C` mean something else.
    """
    if b"\\x" not in expression and b"\\C" not in expression:
        return expression
    out = bytearray()
    i = 0
    while i < len(expression):
        pair = expression[i : i + 2]
        if pair == b"\\Q":
            end = expression.find(b"\\E", i)
            end = len(expression) if end < 0 else end + 2
            out += expression[i:end]
            i = end
        elif pair == b"\\x":
            i = _hexadecimal(expression, i + 2, out)
        elif pair == b"\\C":
            out += b"(?s:.)"
            i += 2
        elif pair[:1] == b"\\":
            out += pair
            i += 2
        else:
            out += pair[:1]
            i += 1
    return bytes(out)


def _hexadecimal(expression: bytes, at: int, out: bytearray) -> int:
    """Write the byte whose digits begin at `at`; return where they end."""
    if expression[at : at + 1] == b"{":
        end = expression.find(b"}", at)
        digits = expression[at + 1 : end]
        if end < 0 or not digits or digits.strip(HEX_DIGITS) or int(digits, 16) > 0xFF:
            raise RuleError(r"the expression does not compile: \x{...} is not the value of a byte")
        after = end + 1
    else:
        after = at
        while after < at + 2 and expression[after : after + 1] and expression[after] in HEX_DIGITS:
            after += 1
        digits = expression[at:after]
    out += b"\\x%02x" % (int(digits, 16) if digits else 0)
    return after
