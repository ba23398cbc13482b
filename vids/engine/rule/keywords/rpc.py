"""rpc: which procedure a SunRPC call is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from librt.strings import read_i32_be
from mypy_extensions import i64

from vids.engine.packet.packet import TCP, UDP
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import PAYLOAD, Cases, PacketCheck, register
from vids.engine.rule.text import short, whole_number
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

CALL: Final = bytes(4)  # RFC 5531, section 9: a message's type, and
VERSION: Final = b"\0\0\0\2"  # the version of SunRPC
HEADER: Final = 24  # bytes up to and with the procedure
MARK: Final = 4  # bytes before a message in TCP (RFC 5531, section 11)
ANY: Final = -1
LARGEST: Final = 0xFFFFFFFF
EXAMPLE: Final = b"\0\0\0\x07\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\3"  # GETPORT of the port mapper


@final
class Rpc(PacketCheck):
    """Match packets that begin with a SunRPC call of a program, version and procedure; `*` stands for any."""

    name: ClassVar[str] = "rpc"
    group: ClassVar[str] = PAYLOAD
    syntax: ClassVar[str] = "rpc:PROGRAM,[VERSION|*],[PROCEDURE|*];"
    source: ClassVar[str] = "Suricata user guide, rules, payload keywords, rpc"
    cases: ClassVar[Cases] = (
        ("100000,2,3", {"protocol": 17, "payload_at": 0, "payload_end": 24, "data": EXAMPLE}, True),
        ("100000,*,*", {"protocol": 17, "payload_at": 0, "payload_end": 24, "data": EXAMPLE}, True),
        ("100000", {"protocol": 17, "payload_at": 0, "payload_end": 24, "data": EXAMPLE}, True),
        ("100000,2,4", {"protocol": 17, "payload_at": 0, "payload_end": 24, "data": EXAMPLE}, False),
        ("100000,*,*", {"protocol": 6, "payload_at": 0, "payload_end": 28, "data": b"\x80\0\0\x18" + EXAMPLE}, True),
        ("100000,*,*", {"protocol": 6, "payload_at": 0, "payload_end": 24, "data": EXAMPLE}, False),
        ("100000,*,*", {"protocol": 17, "payload_at": 0, "payload_end": 23, "data": EXAMPLE}, False),
        ("100000,*,*", {}, False),
    )
    errors: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", "expected"),
        ("portmap,*,*", "whole number"),
        ("1,2,3,4", "expected"),
        ("1,4294967296,*", "4294967295"),
    )

    def __init__(self, program: int, version: int, procedure: int) -> None:
        self.program: i64 = program
        self.version: i64 = version
        self.procedure: i64 = procedure

    @classmethod
    def parse(cls, text: str) -> Rpc:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > 3 or not parts[0]:
            raise RuleError(f"{short(text)} is no call (expected {cls.syntax})")
        numbers = [whole_number(parts[0], 0, LARGEST, cls.syntax)]
        for part in parts[1:]:
            numbers.append(ANY if part == "*" else whole_number(part, 0, LARGEST, cls.syntax))
        while len(numbers) < 3:
            numbers.append(ANY)
        return cls(numbers[0], numbers[1], numbers[2])

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)

    def match(self, view: View) -> bool:
        packet = view.packet
        if packet.payload_at < 0 or packet.protocol not in (TCP, UDP):
            return False
        at = packet.payload_at + (MARK if packet.protocol == TCP else 0)
        data = packet.data
        if packet.payload_end - at < HEADER or data[at + 4 : at + 8] != CALL or data[at + 8 : at + 12] != VERSION:
            return False
        if i64(read_i32_be(data, at + 12)) & 0xFFFFFFFF != self.program:
            return False
        if self.version != ANY and i64(read_i32_be(data, at + 16)) & 0xFFFFFFFF != self.version:
            return False
        return self.procedure == ANY or i64(read_i32_be(data, at + 20)) & 0xFFFFFFFF == self.procedure


register(Rpc)
