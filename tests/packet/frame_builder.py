"""Frames for tests, built field by field with struct: nothing of the decoder that they test is used."""

import struct

from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import Packet
from vids.engine.settings import Settings

MACS = bytes.fromhex("0200000000020200000000 01".replace(" ", ""))
SOURCE_4, DESTINATION_4 = bytes([192, 0, 2, 1]), bytes([198, 51, 100, 2])
SOURCE_6, DESTINATION_6 = bytes.fromhex("20010db8" + "00" * 11 + "01"), bytes.fromhex("20010db8" + "00" * 11 + "02")


def ethernet(ether_type: int, payload: bytes) -> bytes:
    return MACS + struct.pack(">H", ether_type) + payload


def vlan(*tags: tuple[int, int], ether_type: int, payload: bytes) -> bytes:
    """A frame with tags of (EtherType that announces it, VLAN id), outermost first."""
    kinds = [kind for kind, _ in tags] + [ether_type]
    body = b"".join(struct.pack(">HH", 0xE000 | tag, kinds[i + 1]) for i, (_, tag) in enumerate(tags))
    return MACS + struct.pack(">H", kinds[0]) + body + payload


def ipv4(protocol: int, payload: bytes, *, options: bytes = b"", fragment: int = 0x4000, length: int | None = None,
         version: int = 4, header: int | None = None) -> bytes:  # fmt: skip
    """An IPv4 packet with a good checksum; `length` and `header` lie where given, in bytes."""
    real = 20 + len(options)
    head = struct.pack(
        ">BBHHHBBH4s4s", version << 4 | (real if header is None else header) >> 2, 0x10,
        real + len(payload) if length is None else length, 0xABCD, fragment, 64, protocol, 0, SOURCE_4, DESTINATION_4,
    )  # fmt: skip
    head += options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(
    next_header: int, payload: bytes, *, length: int | None = None, version: int = 6, hop_limit: int = 64
) -> bytes:
    size = len(payload) if length is None else length
    head = struct.pack(">IHBB", version << 28 | 0x0A5 << 20 | 0x12345, size, next_header, hop_limit)
    return head + SOURCE_6 + DESTINATION_6 + payload


def tcp(payload: bytes = b"", *, options: bytes = b"", flags: int = 0x18, offset: int | None = None) -> bytes:
    size = 20 + len(options) if offset is None else offset
    return (
        struct.pack(">HHIIBBHHH", 40000, 80, 0xFFFFFFF0, 0x80000001, size << 2, flags, 0xFFFE, 0, 0) + options + payload
    )


def udp(payload: bytes = b"", *, length: int | None = None) -> bytes:
    return struct.pack(">HHHH", 50000, 53, 8 + len(payload) if length is None else length, 0) + payload


def icmp(kind: int, code: int, rest: bytes = b"\x12\x34\xfe\xdc", payload: bytes = b"") -> bytes:
    return struct.pack(">BBH", kind, code, 0) + rest + payload


def checksum(data: bytes) -> int:
    """RFC 1071 as it is written: add 16 bits at a time, fold the carries, invert."""
    total = 0
    for at in range(0, len(data), 2):
        total += int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big")
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def decode(frame: bytes, link_type: int = 1, *, verify: bool = True) -> Packet:
    """Decode one frame that has other bytes before and behind it, as in a batch."""
    settings = Settings()
    settings.verify_checksums = verify
    packet = Packet()
    before = b"\xa5" * 7
    Decoder(settings).decode(packet, before + frame + b"\x5a" * 90, 5, len(before), len(frame), len(frame), link_type)
    return packet
