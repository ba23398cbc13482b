"""pcre: a Perl-compatible regular expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.capture import FOR_ALERT, KINDS, MAX_CAPTURE, Capture, numbers
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PayloadCheck, register
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.regex import (
    CASELESS,
    DOLLAR_END_ONLY,
    DOTALL,
    EXTENDED,
    MULTILINE,
    UNGREEDY,
    Regex,
)

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

OPTIONS: Final = {
    "i": CASELESS,
    "s": DOTALL,
    "m": MULTILINE,
    "x": EXTENDED,
    "E": DOLLAR_END_ONLY,
    "G": UNGREEDY,
    "B": 0,  # raw bytes: the payload is raw
    "O": 0,  # asks for no match limit: there always is one
}
BUFFERS: Final = {
    "U": "http.uri",
    "I": "http.uri.raw",
    "P": "http.request_body",
    "Q": "file.data",
    "H": "http.header",
    "D": "http.header.raw",
    "M": "http.method",
    "C": "http.cookie",
    "S": "http.stat_code",
    "Y": "http.stat_msg",
    "V": "http.user_agent",
    "W": "http.host",
    "Z": "http.host.raw",
}
RESPONSE_BODY: Final = "http.response_body"  # Q means this one too where it is the buffer
NAMED: Final = re.compile(r"(pkt|flow|alert)\s*:\s*(\w+)")

FORM: Final = re.compile(r"(!?)\s*/(.*)/([A-Za-z]*)((?:\s*,\s*(?:pkt|flow|alert)\s*:\s*\w+)*)", re.DOTALL)


@final
class Pcre(PayloadCheck):
    """Match when a Perl-compatible regular expression is found in the buffer; with `!`, when it is not.

    `i s m x` are Perl's, `A` matches at the start only, `E` makes `$` mean the very end, `G` turns greediness
    round. With `R` the search, and what `^` means, begins at the end of the last match. A letter of `U I P Q H D
    M C S Y V W Z` names an HTTP buffer to look into. An expression that takes too many steps does not match, and
    is counted. A group that is called `flow_NAME`, `pkt_NAME` or `alert_NAME`, or whose NAME stands behind the
    expression, is kept as a variable of the flow or packet (`flowvar`, `pktvar`), or told by the alert.
    """

    name: ClassVar[str] = "pcre"
    syntax: ClassVar[str] = 'pcre:[!]"/expression/[ismxAEGRBO or one of UIPQHDMCSYVWZ][,flow|pkt|alert:NAME]";'
    source: ClassVar[str] = "Suricata user guide, payload-keywords, pcre"
    cases: ClassVar[Cases] = (
        ('"/b+c/"', {"data": b"xbbc"}, True),
        ('"/B+C/"', {"data": b"xbbc"}, False),
        ('"/B+C/i"', {"data": b"xbbc"}, True),
        ('!"/b+c/"', {"data": b"xbbc"}, False),
        ('!"/b+d/"', {"data": b"xbbc"}, True),
        ('"/a.c/"', {"data": b"a\nc"}, False),
        ('"/a.c/s"', {"data": b"a\nc"}, True),
        ('"/^c/"', {"data": b"a\nc"}, False),
        ('"/^c/m"', {"data": b"a\nc"}, True),
        ('"/a  c/x"', {"data": b"ac"}, True),
        ('"/b/A"', {"data": b"ab"}, False),
        ('"/b$/"', {"data": b"b\n"}, True),
        ('"/b$/E"', {"data": b"b\n"}, False),
        ('"/^b/R"', {"data": b"ab", "at": 1}, True),
        ('"/^b/R"', {"data": b"ab", "at": 0}, False),
        ('"/a/R"', {"data": b"ab", "at": 1}, False),
        ('"/(?<=a)b/R"', {"data": b"ab", "at": 1}, False),
        ('"/a/"', {"data": b"ab", "at": 1}, True),
        (r'"/\x61\x{62}\//"', {"data": b"ab/"}, True),
        (r'"/a\;b/"', {"data": b"a;b"}, True),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ('"abc"', "slashes"),
        ('"/abc"', "slashes"),
        ('"/a(bc/"', "closing parenthesis"),
        ('"/abc/q"', "'q'"),
        ('"/abc/UH"', "two buffers"),
        ('"/abc/,"', "slashes"),
        (r'"/\x{100}/"', "byte"),
        ('"/(a)/,flow:x,pkt:y"', "2 groups"),
    )

    def __init__(self, regex: Regex, is_negated: bool, letters: str, buffer: str, captures: list[Capture]) -> None:
        self.regex = regex
        self.is_negated = is_negated
        self.buffer = buffer  # that a letter names; "" for none
        self.captures = captures
        self.is_relative = "R" in letters
        self.can_resume = not is_negated and "A" not in letters

    @classmethod
    def parse(cls, text: str) -> Pcre:
        is_negated = text.startswith("!")
        bare = text[1:].strip() if is_negated else text
        bare = bare.removeprefix('"').removesuffix('"').strip()  # published rules exist with one quote of two
        m = FORM.fullmatch(bare)
        if m is None or (len(m[2]) - len(m[2].rstrip("\\"))) % 2:
            raise RuleError(f"the expression must stand between slashes ({cls.syntax})")
        options = 0
        buffer = ""
        for letter in m[3]:
            if letter in BUFFERS:
                if buffer:
                    raise RuleError(f"names two buffers ({buffer} and {BUFFERS[letter]})")
                buffer = BUFFERS[letter]
            elif letter not in "RA" and letter not in OPTIONS:
                raise RuleError(f"unknown letter {letter!r} behind the expression ({cls.syntax})")
            options |= OPTIONS.get(letter, 0)
        if buffer and "B" in m[3]:
            raise RuleError(f"B means the raw payload, and another letter {buffer} (keep one)")
        regex = Regex(m[2].encode("utf-8", "surrogateescape"), options, "A" in m[3])
        return cls(regex, is_negated or bool(m[1]), m[3], buffer, _captures(regex, m[4]))

    def place(self, draft: Draft) -> None:
        current = draft.buffer
        if current == RESPONSE_BODY and self.buffer == "file.data":
            self.buffer = RESPONSE_BODY
        if self.buffer and current and current != self.buffer:
            raise RuleError(f"looks into {self.buffer}, but {current} is the buffer here (pkt_data leaves it)")
        inspection = draft.inspection_of(self.buffer) if self.buffer else draft.inspection_for(self)
        has_match = bool(current) or any(isinstance(check, Content | Pcre) for check in inspection.checks)
        if self.is_relative and not has_match:
            raise RuleError("R counts from the last match: it needs a content or pcre before it in the same buffer")
        if self.captures:
            draft.rule.has_captures = True
            for capture in self.captures:
                if capture.kind != FOR_ALERT:
                    capture.number = numbers(draft, capture.kind).number(capture.variable)
                draft.rule.effects.append(capture)
        inspection.checks.append(self)

    def seek(self, cursor: Cursor, base: i64, resume: i64) -> bool:
        subject = cursor.data
        start: i64 = 0
        if self.is_relative and base > 0:
            subject = cursor.tail(base)  # so that ^ means this place, and look-behind sees nothing before it
            start = base
        at: i64 = 0
        if resume >= 0:
            at = resume - start
            if self.is_negated or at > len(subject):
                return False
        begin, end = self.regex.search(cursor, subject, at)
        if self.is_negated:
            cursor.begin = base
            cursor.end = base
            return begin == -1
        if begin < 0:
            return False
        cursor.begin = start + begin
        cursor.end = start + end
        if self.captures:
            self._capture(cursor, self.regex.groups(subject, at))
        return True

    def _capture(self, cursor: Cursor, groups: list[bytes | None]) -> None:
        """Keep the groups that have a name."""
        for capture in self.captures:
            value = groups[capture.group_number - 1] if groups else None
            if value is not None:
                if len(value) > MAX_CAPTURE:
                    cursor.n_captures_cut += 1
                cursor.capture(capture.key, value[:MAX_CAPTURE])


def _captures(regex: Regex, behind: str) -> list[Capture]:
    """Return the groups to keep: those with a telling name, and those named behind the expression, in order."""
    found: list[Capture] = []
    for name, group in regex.named_groups().items():
        kind, _, variable = name.partition("_")
        if kind in KINDS and variable:
            found.append(Capture(kind, variable, group))
    for at, (kind, variable) in enumerate(NAMED.findall(behind), 1):
        if at > regex.n_groups():
            raise RuleError(f"names {at} groups behind the expression, which has {regex.n_groups()}")
        found.append(Capture(kind, variable, at))
    return found


register(Pcre)
