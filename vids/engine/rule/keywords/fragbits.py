"""fragbits: the fragmentation bits of IPv4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FORM: Final = re.compile(r"([!*+]?)\s*([MDR]+)\s*([!*+]?)", re.IGNORECASE)
LETTERS: Final = {"M": 1, "D": 2, "R": 4}  # as in Packet.fragment_flags


@final
class FragBits(PacketCheck):
    """Match the bits more fragments (M), don't fragment (D) and reserved (R) of the IPv4 header.

    Exactly these; `+` these and maybe more, `*` any of these, `!` not all of these.
    """

    name: ClassVar[str] = "fragbits"
    syntax: ClassVar[str] = "fragbits:[!|*|+]MDR;"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, fragbits"
    cases: ClassVar[Cases] = (
        ("D", {"ip_version": 4, "fragment_flags": 2}, True),
        ("D", {"ip_version": 4, "fragment_flags": 3}, False),
        ("+D", {"ip_version": 4, "fragment_flags": 3}, True),
        ("M+", {"ip_version": 4, "fragment_flags": 2}, False),
        ("*MD", {"ip_version": 4, "fragment_flags": 1}, True),
        ("!D", {"ip_version": 4, "fragment_flags": 0}, True),
        ("!D", {"ip_version": 4, "fragment_flags": 2}, False),
        ("!D", {"ip_version": 6, "fragment_flags": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "fragbits"), ("X", "fragbits"), ("!M+", "one of"))

    def __init__(self, modifier: str, bits: int) -> None:
        self.modifier = modifier
        self.bits: i64 = bits

    @classmethod
    def parse(cls, text: str) -> FragBits:
        m = FORM.fullmatch(text)
        if m is None:
            raise RuleError(f"{text!r} are no fragment bits (expected {cls.syntax})")
        if m[1] and m[3]:
            raise RuleError(f"has two modifiers (use one of ! * +: {cls.syntax})")
        bits = 0
        for letter in m[2].upper():
            bits |= LETTERS[letter]
        return cls(m[1] or m[3], bits)

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.ip_version != 4:
            return False
        bits = packet.fragment_flags
        if self.modifier == "":
            return bits == self.bits
        if self.modifier == "!":
            return bits & self.bits != self.bits
        if self.modifier == "+":
            return bits & self.bits == self.bits
        return bits & self.bits != 0


register(FragBits)
