"""A rule under construction: what the options so far have set up for the next one."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import BUFFER, META, TRANSFORM, Buffer, PacketCheck, PayloadCheck, Transform
from vids.engine.rule.keywords.content import Content
from vids.engine.rule.names import StateNames
from vids.engine.rule.resource import Resources
from vids.engine.rule.rule import DECODED_BUFFER, PAYLOAD_BUFFER, Inspection, Rule

MAX_TRANSFORMS: Final = 16  # of one buffer


@final
class Draft:
    """The rule, the buffer that options look into now, and the content that modifiers change."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.buffer = PAYLOAD_BUFFER  # where the next payload option looks
        self.source: Buffer | None = None  # what reads that buffer
        self.transforms: list[Transform] = []  # of that buffer
        self.side: i64 = 0  # of it, where the rule names one
        self.is_new_instance = False  # of a buffer with several: its options must hold together in one of them
        self.variables: dict[str, int] = {}  # name -> number in Cursor.values
        self.last: Content | None = None  # what a modifier changes; none once another buffer was named
        self.last_buffer = PAYLOAD_BUFFER  # where it looks
        self.names = StateNames()  # shared by the rules of a ruleset
        self.resources = Resources()
        self.has_priority = False  # named by the rule itself, not by its classtype
        self.warnings: list[RuleError] = []  # odd, but the rule works
        self.keyword = ""  # the one whose option is being placed
        self.text = ""  # of that option, as written
        self._own: Inspection | None = None  # of the new instance
        self._transform_texts: list[str] = []
        self._faulty: Content | None = None
        self._seen: set[str] = set()
        self._column = 0
        self._packet_keyword = ""  # the first option that asks about single packets
        self._packet_column = 0
        self._unused: RuleError | None = None  # a buffer was named, and nothing looks into it yet
        self._unused_buffers: list[RuleError] = []

    def inspection(self) -> Inspection:
        """Return the inspection of the current buffer; payload options of one buffer stand together."""
        if self._own is not None:
            return self._own
        for inspection in self.rule.inspections:
            if inspection.buffer == self.buffer and inspection.transforms == self.transforms:
                if inspection.side == self.side and not self.is_new_instance:
                    return inspection
        inspection = Inspection(self.buffer, self.source)
        inspection.transforms = self.transforms
        inspection.side = self.side
        for text in self._transform_texts:
            inspection.key += " " + text
        self.rule.inspections.append(inspection)
        if self.is_new_instance:
            self._own = inspection
        return inspection

    def inspection_for(self, check: PayloadCheck) -> Inspection:
        """Return where a payload option belongs: one that counts from the last match looks where that was.

        An old modifier may have put that content into a buffer of its own (content:"a"; http_uri; isdataat:3,relative).
        """
        if check.is_relative and self.buffer == PAYLOAD_BUFFER and self.last_buffer != PAYLOAD_BUFFER:
            return self.inspection_of(self.last_buffer)
        return self.inspection()

    def inspection_of(self, buffer: str) -> Inspection:
        """Return the inspection of a buffer that an option names by itself, whatever the current one is."""
        if buffer == self.buffer:
            return self.inspection()
        for inspection in self.rule.inspections:
            if inspection.buffer == buffer and not inspection.transforms:
                return inspection
        inspection = Inspection(buffer)
        self.rule.inspections.append(inspection)
        return inspection

    def begin(self, keyword: str, group: str, column: int, value: str) -> None:
        """Note the option that is to be placed next."""
        self.keyword = keyword
        self.text = f"{keyword}:{value}"
        self._column = column
        if group != META and group != TRANSFORM and group != BUFFER:
            self._unused = None

    def only_once(self, keyword: str) -> None:
        """Refuse a keyword that the rule has already. Raises RuleError."""
        if keyword in self._seen:
            raise RuleError("stands in the rule twice (keep one)")
        self._seen.add(keyword)

    def warn(self, message: str) -> None:
        """Note what is odd about the option at hand, though it works."""
        self.warnings.append(RuleError(message, self.keyword, self._column))

    def last_content(self, modifier: str) -> Content:
        """Return the content that `modifier` changes: the last one, wherever a buffer modifier put it."""
        if self.last is None:
            raise RuleError(f'needs a content before it (content:"..."; {modifier};)', modifier)
        return self.last

    def add_content(self, content: Content) -> None:
        """Add a content to the current buffer, and make it the one that modifiers change."""
        self.inspection().checks.append(content)
        self.last = content
        self.last_buffer = self.buffer

    def open_buffer(
        self, buffer: str, source: Buffer | None = None, side: i64 = 0, is_new_instance: bool = False
    ) -> None:
        """Let the payload options that follow look into `buffer`: of a packet where `source` reads it."""
        self._close_buffer()
        self.buffer = buffer
        self.source = source
        self.side = side
        self.last_buffer = buffer
        self.is_new_instance = is_new_instance
        self._own = None
        self.transforms = []
        self._transform_texts = []
        self.last = None
        if buffer != PAYLOAD_BUFFER:
            self._expect(buffer)

    def add_transform(self, transform: Transform) -> None:
        """Change the current buffer for the options that follow. Raises RuleError where there is none."""
        if self.buffer == PAYLOAD_BUFFER:
            raise RuleError("needs a sticky buffer before it (dns.query; dotprefix;)")
        if len(self.transforms) >= MAX_TRANSFORMS:
            raise RuleError(f"{self.buffer} has {MAX_TRANSFORMS} transforms already (that is the most)")
        self.transforms = [*self.transforms, transform]
        self._transform_texts.append(self.text)
        self._own = None
        self.last = None
        self._expect(self.buffer)

    def leftovers(self) -> list[RuleError]:
        """Return what is wrong with the rule's buffers, now that all its options are placed."""
        self._close_buffer()
        problems = self._unused_buffers
        if self.rule.needs_packet:
            for inspection in self.rule.inspections:
                if inspection.is_field:
                    message = (
                        f"{self._packet_keyword or self.rule.protocol} looks at single packets, and"
                        f" {inspection.buffer} is of a whole transaction (make two rules, joined by flowbits)"
                    )
                    problems.append(RuleError(message, self._packet_keyword, self._packet_column))
                    break
        return problems

    def review(self) -> None:
        """Refuse what the buffer of the last content makes senseless; once a content. Raises RuleError."""
        if self.rule.needs_packet and not self._packet_column and self.rule.protocol != "tcp-pkt":
            self._packet_keyword = self.keyword
            self._packet_column = self._column
        content = self.last
        if content is None or content is self._faulty or self.last_buffer not in ("http.host", DECODED_BUFFER):
            return
        fault = ""
        if self.last_buffer == DECODED_BUFFER:
            if content.is_fast_pattern:
                fault = "no fast pattern can look into base64_data: it is decoded too late (remove fast_pattern)"
        elif content.is_nocase:
            fault = "http.host is in lower case already (remove nocase)"
        elif content.pattern.lower() != content.pattern:
            fault = "http.host is in lower case, and the pattern is not (write it in lower case)"
        if fault:
            self._faulty = content
            raise RuleError(fault)

    def _expect(self, buffer: str) -> None:
        """Note that some option must look into the buffer."""
        message = f"no option looks into {buffer} (put a content behind it)"
        self._unused = RuleError(message, self.keyword, self._column)

    def _close_buffer(self) -> None:
        if self._unused is not None:
            self._unused_buffers.append(self._unused)
            self._unused = None

    def move_content(self, content: Content, buffer: str) -> None:
        """Take a content out of the buffer that holds it and put it into another (legacy modifiers)."""
        for inspection in self.rule.inspections:
            if content in inspection.checks:
                inspection.checks.remove(content)
        self.rule.inspections = [kept for kept in self.rule.inspections if kept.checks]
        self.inspection_of(buffer).checks.append(content)
        self.last_buffer = buffer

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
