"""tcp.flags: which flags a segment has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from vids.engine.packet.packet import ACK, CWR, ECE, FIN, PSH, RST, SYN, TCP, URG
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Cases, PacketCheck, register
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

FORM: Final = re.compile(r"([!*+]?)\s*([FSRPAUEC120]+)\s*([!*+]?)(?:\s*,\s*([FSRPAUEC12]+))?", re.IGNORECASE)
LETTERS: Final = {
    "F": FIN, "S": SYN, "R": RST, "P": PSH, "A": ACK, "U": URG, "E": ECE, "C": CWR, "2": ECE, "1": CWR, "0": 0,
}  # fmt: skip


@final
class TcpFlags(PacketCheck):
    """Match the flags of a TCP segment: exactly these, `+` these and maybe more, `*` any of these, `!` not all of
    these. Flags behind a comma are ignored in the segment; `0` is no flag; `1` and `2` are old names of C and E.
    """

    name: ClassVar[str] = "tcp.flags"
    aliases: ClassVar[tuple[str, ...]] = ("flags",)
    syntax: ClassVar[str] = "tcp.flags:[!|*|+]FSRPAUEC0[,IGNORED];"
    source: ClassVar[str] = "Suricata user guide, rules, header keywords, tcp.flags"
    cases: ClassVar[Cases] = (
        ("S", {"protocol": 6, "tcp_flags": 0x02}, True),
        ("S", {"protocol": 6, "tcp_flags": 0x12}, False),
        ("S,12", {"protocol": 6, "tcp_flags": 0xC2}, True),
        ("S,CE", {"protocol": 6, "tcp_flags": 0x42}, True),
        ("+S", {"protocol": 6, "tcp_flags": 0x12}, True),
        ("S+", {"protocol": 6, "tcp_flags": 0x10}, False),
        ("*SF", {"protocol": 6, "tcp_flags": 0x11}, True),
        ("*SF", {"protocol": 6, "tcp_flags": 0x10}, False),
        ("!S", {"protocol": 6, "tcp_flags": 0x12}, False),
        ("!SA", {"protocol": 6, "tcp_flags": 0x02}, True),
        ("0", {"protocol": 6, "tcp_flags": 0}, True),
        ("!0", {"protocol": 6, "tcp_flags": 0x10}, True),
        ("+0", {"protocol": 6, "tcp_flags": 0x10}, False),
        ("0", {"protocol": 17, "tcp_flags": 0}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (("", "tcp.flags"), ("foo", "tcp.flags"), ("!S+", "one of"))

    def __init__(self, modifier: str, flags: int, ignored: int) -> None:
        self.modifier = modifier
        self.flags: i64 = flags
        self.kept: i64 = 0xFF & ~ignored

    @classmethod
    def parse(cls, text: str) -> TcpFlags:
        m = FORM.fullmatch(text)
        if m is None:
            raise RuleError(f"{text!r} are no TCP flags (expected {cls.syntax})")
        if m[1] and m[3]:
            raise RuleError(f"has two modifiers (use one of ! * +: {cls.syntax})")
        return cls(m[1] or m[3], _bits(m[2]), _bits(m[4] or ""))

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.protocol != TCP or packet.is_fragment or packet.is_invalid:
            return False
        flags = packet.tcp_flags & self.kept
        if self.modifier == "":
            return flags == self.flags
        if self.modifier == "!":
            return flags & self.flags != self.flags if self.flags else flags != 0
        if self.modifier == "+":
            return flags & self.flags == self.flags and self.flags != 0
        return flags & self.flags != 0


def _bits(letters: str) -> int:
    bits = 0
    for letter in letters.upper():
        bits |= LETTERS[letter]
    return bits


register(TcpFlags)
