"""What the keywords share that ask for one number of a packet or of its flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from mypy_extensions import i64

from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import TCP, Packet
from vids.engine.rule.error import RuleError
from vids.engine.rule.integer import IntegerTest
from vids.engine.rule.keyword import PacketCheck
from vids.engine.rule.view import View

if TYPE_CHECKING:
    from vids.engine.rule.draft import Draft

LARGEST: Final = 1 << 62  # of what is counted: bytes, packets, seconds
SIDES: Final = ("toserver", "toclient", "either")


class NumberCheck(PacketCheck):
    """A test of the number that `read` finds; without one nothing matches."""

    highest: ClassVar[int] = 0  # that a rule may name

    def __init__(self, number: IntegerTest) -> None:
        self.number = number

    @classmethod
    def parse(cls, text: str) -> NumberCheck:
        return cls(IntegerTest.parse(text, cls.highest, cls.syntax))

    def match(self, view: View) -> bool:
        value = self.read(view)
        return value >= 0 and self.number.holds(value)

    def read(self, view: View) -> i64:
        """Return the number; -1 where there is none."""
        raise NotImplementedError


class HeaderNumber(NumberCheck):
    """A test of a number in the headers: the rule looks at single packets."""

    def place(self, draft: Draft) -> None:
        draft.add_packet_check(self)


class CountOfSide(PacketCheck):
    """A test of what a flow counts in each direction, for one of them or for either."""

    def __init__(self, side: str, number: IntegerTest) -> None:
        self.is_to_server = side != "toclient"  # which directions count
        self.is_to_client = side != "toserver"
        self.number = number

    @classmethod
    def parse(cls, text: str) -> CountOfSide:
        side, _, number = text.partition(",")
        side = side.strip()
        if side not in SIDES:
            raise RuleError(f"{side!r} is no direction (expected {cls.syntax})")
        return cls(side, IntegerTest.parse(number, LARGEST, cls.syntax))

    def match(self, view: View) -> bool:
        flow = view.flow
        if flow is None:
            return False
        return (self.is_to_server and self.number.holds(self.to_server(flow))) or (
            self.is_to_client and self.number.holds(self.to_client(flow))
        )

    def to_server(self, flow: Flow) -> i64:
        """Return what the flow counts to the server."""
        raise NotImplementedError

    def to_client(self, flow: Flow) -> i64:
        """Return what the flow counts to the client."""
        raise NotImplementedError


def is_segment(packet: Packet) -> bool:
    """Return whether the packet has a TCP header that can be read."""
    return packet.protocol == TCP and not packet.is_fragment and not packet.is_invalid
