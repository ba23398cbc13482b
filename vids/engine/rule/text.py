"""A rules file's text, cut into rules; a rule's text, cut into header fields and options."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final, final

from vids.engine.rule.error import RuleError
from vids.engine.rule.rule import Option

BYTE_ORDER_MARK: Final = "\ufeff"
COMMENTS: Final = ("#", ";")
FIELD: Final = re.compile(r"\S+")
ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@final
class RuleText:
    """One rule as it stands in its file, continuation lines joined."""

    def __init__(self, text: str, line: int) -> None:
        self.text = text
        self.line = line  # 1-based, where it begins
        self._joints: list[int] = []  # where in `text` each further physical line begins

    def join(self, text: str) -> None:
        """Add a continuation line."""
        self._joints.append(len(self.text))
        self.text += text

    def place(self, column: int) -> tuple[int, int]:
        """Return the line and column in the file of a 1-based column of `text`."""
        line, begin = self.line, 0
        for joint in self._joints:
            if column - 1 < joint:
                break
            line += 1
            begin = joint
        return line, column - begin


def rule_texts(text: str) -> list[RuleText]:
    r"""Return the rules of a file: no comments, no empty lines; a `\` at a line's end joins it with the next.

    A rule over several lines is disabled by one `#`: lines after it that are indented belong to the comment.
    """
    found: list[RuleText] = []
    open_rule: RuleText | None = None
    for number, line in enumerate(text.removeprefix(BYTE_ORDER_MARK).split("\n"), 1):
        line = line.rstrip()
        if open_rule is not None and _is_comment(open_rule.text) and not line.startswith((" ", "\t")):
            open_rule = None
        is_continued = line.endswith("\\")
        if is_continued:
            line = line[:-1]
        if open_rule is None:
            open_rule = RuleText(line, number)
        elif not line.startswith("#"):
            open_rule.join(line)
        else:
            continue  # a line of a rule that is disabled by itself
        if not is_continued:
            _keep(open_rule, found)
            open_rule = None
    if open_rule is not None:
        _keep(open_rule, found)
    return found


def _is_comment(text: str) -> bool:
    return text.lstrip().startswith(COMMENTS)


def _keep(rule: RuleText, found: list[RuleText]) -> None:
    if rule.text and not rule.text.isspace() and not _is_comment(rule.text):
        found.append(rule)


@final
class Field:
    """One word of a rule's header; `column` is 1-based."""

    def __init__(self, text: str, column: int) -> None:
        self.text = text
        self.column = column


@final
class Parts:
    """A rule's header fields and options, and what is wrong with their form."""

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.options: list[Option] = []
        self.problems: list[RuleError] = []


def split_rule(text: str) -> Parts:
    """Cut a rule into its parts. What can be read is returned beside the problems."""
    parts = Parts()
    begin = text.find("(")
    if begin < 0:
        parts.fields = header_fields(text)
        parts.problems.append(
            RuleError("no options (expected: header, then (msg:...; sid:...;))", "", len(text.rstrip()) or 1)
        )
        return parts
    parts.fields = header_fields(text[:begin])
    end = len(text.rstrip())
    if text[end - 1] == ")":
        end -= 1
    else:
        parts.problems.append(RuleError("the closing parenthesis is missing (end the rule with `;)`)", "", end))
    _split_options(text, begin + 1, end, parts)
    return parts


def header_fields(header: str) -> list[Field]:
    """Return the words of a header; spaces inside brackets do not part them."""
    fields: list[Field] = []
    depth = 0
    for m in FIELD.finditer(header):
        word = m[0]
        if depth > 0:
            fields[-1].text += " " + word
        else:
            fields.append(Field(word, m.start() + 1))
        if "[" in word or "]" in word:
            depth += word.count("[") - word.count("]")
    return fields


def _split_options(text: str, begin: int, end: int, parts: Parts) -> None:
    r"""Split at each `;` without a `\` before it, inside quotes too: so does the reference engine."""
    at = begin
    while at < end:
        stop = text.find(";", at, end)
        while stop > at and text[stop - 1] == "\\":
            stop = text.find(";", stop + 1, end)
        part = text[at:end] if stop < 0 else text[at:stop]
        bare = part.strip()
        column = at + len(part) - len(part.lstrip()) + 1
        if stop < 0:
            if not bare:
                return
            parts.problems.append(RuleError(f"the `;` behind the last option, {short(bare)}, is missing", "", column))
            stop = end
        if bare:
            parts.options.append(_option(bare, column))
        else:
            parts.problems.append(RuleError("an option is empty (remove one `;`)", "", stop + 1))
        at = stop + 1


def _option(bare: str, column: int) -> Option:
    name, _, value = bare.partition(":")
    return Option(name.rstrip(), value.lstrip(), column)


def check_quotes(option: Option) -> None:
    r"""Refuse a value whose quotes do not close: most often a `;` inside lacks its `\`. Raises RuleError."""
    value = option.value
    quoted = value[1:].lstrip() if value.startswith("!") else value
    if quoted.startswith('"') and (len(quoted) < 2 or not quoted.endswith('"')):
        raise RuleError(r"the closing quote is missing (inside quotes write \; for a semicolon)")


def unquote(value: str, syntax: str) -> str:
    r"""Return what stands between the quotes, without the backslashes of `\;`, `\"` and `\\`. Raises RuleError."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        raise RuleError(f"{short(value)} must stand in quotes ({syntax})")
    inner = value[1:-1]
    return ESCAPED.sub(r"\1", inner) if "\\" in inner else inner


def clean(text: str) -> str:
    """Return text that is valid Unicode: bytes of the file that were no UTF-8 become U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def short(text: str) -> str:
    """Return a quotation for an error message, cut where it is long."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def refuse_value(text: str, syntax: str) -> None:
    """Refuse a value where a keyword takes none. Raises RuleError."""
    if text:
        raise RuleError(f"takes no value ({syntax})")


def whole_number(text: str, lowest: int, highest: int, syntax: str) -> int:
    """Return a decimal number within its limits. Raises RuleError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise RuleError(f"{short(text)} is not a whole number (expected {syntax})")
    number = int(text)
    if not lowest <= number <= highest:
        raise RuleError(f"{number} is out of range: {lowest} to {highest} ({syntax})")
    return number


def nearest(text: str, known: tuple[str, ...] | list[str]) -> str:
    """Return " (did you mean ...?)" for a word that is close to a known one, else nothing."""
    close = get_close_matches(text.lower(), known, 1, 0.6)
    return f" (did you mean {close[0]}?)" if close else ""
