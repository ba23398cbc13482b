"""Numbers and names of variables, as the payload options write them."""

from __future__ import annotations

import re
from typing import Final

from vids.engine.rule.error import RuleError

C_INTEGER: Final = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9]\d*))", re.ASCII)
DECIMAL: Final = re.compile(r"[+-]?\d+", re.ASCII)
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def c_integer(text: str, lowest: int, highest: int, what: str) -> int:
    """Return a number as C writes it: 16, 0x10, 020. Raises RuleError where it is none or out of bounds."""
    m = C_INTEGER.fullmatch(text)
    if m is None:
        raise RuleError(f"{what} {text!r} is not a number (decimal, 0x hexadecimal or 0 octal)")
    if m[2]:
        value = int(m[2], 16)
    elif m[3]:
        value = int(m[3], 8)
    else:
        value = int(m[4])
    return _bounded(-value if m[1] == "-" else value, lowest, highest, what)


def decimal(text: str, lowest: int, highest: int, what: str) -> int:
    """Return a decimal number. Raises RuleError where it is none or out of bounds."""
    if DECIMAL.fullmatch(text) is None:
        raise RuleError(f"{what} {text!r} is not a decimal number")
    return _bounded(int(text), lowest, highest, what)


def is_name(text: str) -> bool:
    """Return whether this can name a variable."""
    return NAME.fullmatch(text) is not None


def _bounded(value: int, lowest: int, highest: int, what: str) -> int:
    if not lowest <= value <= highest:
        raise RuleError(f"{what} {value} is out of bounds ({lowest} to {highest})")
    return value
