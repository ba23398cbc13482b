"""pcapng, as bytes: the walk over its blocks (IETF draft-ietf-opsawg-pcapng).

    block    type  length  body, padded to 4 bytes  length again
    section  a Section Header Block sets the byte order and forgets the interfaces before it

Sans-IO, and compiled. Blocks that hold no packet and no interface are stepped over.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i64_be, read_i64_le
from mypy_extensions import i64

from vids.capture.pcap import read_u16, read_u32, wire_length
from vids.engine.batch import write_entry

SECTION_HEADER: Final = 0x0A0D0D0A  # block types; this one reads the same in both byte orders
INTERFACE_DESCRIPTION: Final = 1
OBSOLETE_PACKET: Final = 2
SIMPLE_PACKET: Final = 3
ENHANCED_PACKET: Final = 6

BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D
MIN_BLOCK: Final = 12  # bytes: type and both lengths
MIN_SECTION_HEADER: Final = 28
MIN_INTERFACE_DESCRIPTION: Final = 20
MIN_SIMPLE_PACKET: Final = 16
MIN_PACKET: Final = 32

# A block must be whole before it is read, so its length buys memory; libpcap draws the line here too.
MAX_BLOCK: Final = 16 << 20  # bytes
# Twenty bytes of file make an interface, kept for the section: a file of nothing else would fill memory.
MAX_INTERFACES: Final = 65_536

END_OF_OPTIONS: Final = 0  # options of an interface
IF_TSRESOL: Final = 9
IF_TSOFFSET: Final = 14

SECOND: Final = 1_000_000_000  # ns
# The format can say times that 64 bits of nanoseconds, with timeouts added, cannot: they stop here.
LATEST: Final = (1 << 32) * SECOND  # ns: the year 2106, the end of classic pcap's clock


@final
class Interface:
    """What a section says of one interface."""

    def __init__(self, link_type: i64, snapshot_length: i64) -> None:
        self.link_type = link_type
        self.snapshot_length = snapshot_length  # bytes; 0 is no limit
        self.offset_ns = 0  # added to every time
        self.tick_in(1_000_000)

    def tick_in(self, ticks_per_second: int) -> None:
        """Set the unit of the interface's clock."""
        self._ticks_per_second = ticks_per_second
        # Microseconds and nanoseconds, which is all that is seen, get by with one multiplication.
        self._ns_per_tick = SECOND // ticks_per_second if SECOND % ticks_per_second == 0 else 0

    def timestamp_ns(self, ticks: int) -> int:
        """Return nanoseconds since 1970, between 0 and LATEST."""
        if self._ns_per_tick:
            since = ticks * self._ns_per_tick
        else:
            since = ticks * SECOND // self._ticks_per_second
        return max(0, min(since + self.offset_ns, LATEST))


@final
class Pcapng:
    """A walk through one pcapng capture: it keeps its place while pieces of the file come and go.

    `needs` and `fault` are those of vids.capture.pcap.Pcap.
    """

    def __init__(self) -> None:
        self.n_frames: i64 = 0  # indexed so far
        self.needs: i64 = MIN_BLOCK
        self.fault = ""
        self._is_begun = False
        self._is_big_endian = False
        self._interfaces: list[Interface] = []
        self._timestamp_ns: i64 = 0  # of the last packet that had one

    def walk(self, data: bytes, at: i64, index: BytesWriter, max_frames: i64) -> i64:
        """Append to `index` the packets from `data[at:]` on; return the offset where the walk stopped.

        The first piece begins with a section header. A block that is not whole is left for the next piece.
        """
        last: i64 = self.n_frames + max_frames
        self.needs = 0
        while self.n_frames < last:
            length: i64 = self._whole_block(data, at)
            if length == 0 or not self._read(data, at, at + length, index):
                break
            at += length
        return at

    def _refuse(self, reason: str) -> bool:
        """Note why the walk ends here; always False."""
        self.fault = reason
        self.needs = 0
        return False

    def _whole_block(self, data: bytes, at: i64) -> i64:
        """Return the length of the block at `at`; 0 when it is not whole, or its lengths make no sense."""
        have: i64 = len(data) - at
        if have < MIN_BLOCK:
            self.needs = MIN_BLOCK
            return 0
        is_big: bool = self._is_big_endian
        if read_u32(data, at, is_big) == SECTION_HEADER:
            is_big = read_u32(data, at + 8, True) == BYTE_ORDER_MAGIC
            if not is_big and read_u32(data, at + 8, False) != BYTE_ORDER_MAGIC:
                self._refuse("section header without byte-order magic")
                return 0
        elif not self._is_begun:
            self._refuse("no section header at the start")
            return 0
        length: i64 = read_u32(data, at + 4, is_big)
        if length < MIN_BLOCK or length > MAX_BLOCK or length & 3 != 0:
            self._refuse(f"block length {length} (a multiple of 4, {MIN_BLOCK} to {MAX_BLOCK})")
            return 0
        if have < length:
            self.needs = length
            return 0
        if read_u32(data, at + length - 4, is_big) != length:
            self._refuse("the two lengths of a block differ")
            return 0
        return length

    def _read(self, data: bytes, at: i64, end: i64, index: BytesWriter) -> bool:
        """Read the block `data[at:end]`; False leaves `fault` saying what is wrong with it."""
        block_type: i64 = read_u32(data, at, self._is_big_endian)
        if block_type == ENHANCED_PACKET:
            return self._packet(data, at, end, index, False)
        if block_type == SIMPLE_PACKET:
            return self._simple_packet(data, at, end, index)
        if block_type == OBSOLETE_PACKET:
            return self._packet(data, at, end, index, True)
        if block_type == INTERFACE_DESCRIPTION:
            return self._interface(data, at, end)
        if block_type == SECTION_HEADER:
            return self._section(data, at, end)
        return True

    def _section(self, data: bytes, at: i64, end: i64) -> bool:
        """Begin a section: byte order, version, no interfaces yet."""
        if end - at < MIN_SECTION_HEADER:
            return self._refuse("section header too short")
        self._is_begun = True
        self._is_big_endian = read_u32(data, at + 8, True) == BYTE_ORDER_MAGIC
        self._interfaces = []
        major: i64 = read_u16(data, at + 12, self._is_big_endian)
        if major != 1:
            return self._refuse(f"pcapng version {major} (1 is supported)")
        return True

    def _interface(self, data: bytes, at: i64, end: i64) -> bool:
        """Add an interface, with the options that set its clock."""
        is_big: bool = self._is_big_endian
        if end - at < MIN_INTERFACE_DESCRIPTION:
            return self._refuse("interface description too short")
        if len(self._interfaces) >= MAX_INTERFACES:
            return self._refuse(f"more than {MAX_INTERFACES} interfaces in a section")
        interface = Interface(read_u16(data, at + 8, is_big), read_u32(data, at + 12, is_big))
        self._interfaces.append(interface)
        at += 16
        end -= 4
        while end - at >= 4:
            option: i64 = read_u16(data, at, is_big)
            length: i64 = read_u16(data, at + 2, is_big)
            at += 4
            if option == END_OF_OPTIONS:
                break
            if end - at < length:
                return self._refuse("interface option longer than its block")
            if option == IF_TSRESOL and length == 1:
                exponent: i64 = data[at] & 0x7F
                interface.tick_in(power(2 if data[at] & 0x80 else 10, exponent))
            elif option == IF_TSOFFSET and length == 8:
                seconds: int = read_i64_be(data, at) if is_big else read_i64_le(data, at)
                interface.offset_ns = seconds * SECOND
            at += (length + 3) & ~3
        return True

    def _packet(self, data: bytes, at: i64, end: i64, index: BytesWriter, is_obsolete: bool) -> bool:
        """Index an Enhanced Packet Block, or a Packet Block: there the interface's number is narrower."""
        is_big: bool = self._is_big_endian
        if end - at < MIN_PACKET:
            return self._refuse("packet block too short")
        number: i64 = read_u16(data, at + 8, is_big) if is_obsolete else read_u32(data, at + 8, is_big)
        if number >= len(self._interfaces):
            return self._refuse(f"packet of interface {number}, which the section does not describe")
        captured: i64 = read_u32(data, at + 20, is_big)
        if captured > end - at - MIN_PACKET:
            return self._refuse(f"captured length {captured} in a block of {end - at} bytes")
        interface = self._interfaces[number]
        high: int = read_u32(data, at + 12, is_big)
        low: int = read_u32(data, at + 16, is_big)
        self._timestamp_ns = interface.timestamp_ns((high << 32) | low)
        wire: i64 = wire_length(captured, read_u32(data, at + 24, is_big))
        write_entry(index, self._timestamp_ns, at + 28, captured, wire, interface.link_type)
        self.n_frames += 1
        return True

    def _simple_packet(self, data: bytes, at: i64, end: i64, index: BytesWriter) -> bool:
        """Index a Simple Packet Block: of the first interface, and at the time of the packet before it.

        The block has no time of its own, and time that falls back to 1970 would end every flow.
        """
        if end - at < MIN_SIMPLE_PACKET:
            return self._refuse("packet block too short")
        if not self._interfaces:
            return self._refuse("packet of interface 0, which the section does not describe")
        interface = self._interfaces[0]
        wire: i64 = read_u32(data, at + 8, self._is_big_endian)
        captured: i64 = min(wire, end - at - MIN_SIMPLE_PACKET)
        if interface.snapshot_length > 0:
            captured = min(captured, interface.snapshot_length)
        write_entry(index, self._timestamp_ns, at + 12, captured, wire_length(captured, wire), interface.link_type)
        self.n_frames += 1
        return True


def power(base: int, exponent: i64) -> int:
    """Return `base` to the `exponent`, as an integer of any size."""
    result = 1
    for _ in range(exponent):
        result *= base
    return result


def is_pcapng(head: bytes) -> bool:
    """Return whether a file that begins with `head` is a pcapng capture, by its magic number."""
    return len(head) >= 4 and read_u32(head, 0, True) == SECTION_HEADER
