"""Tunnels for tests, built field by field: nothing of the decoder that they test is used."""

import struct

from frame_builder import ethernet

from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import Packet
from vids.engine.settings import Settings


def udp_between(source: int, destination: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def gre(protocol: int, payload: bytes, *, flags: int = 0, fields: bytes = b"") -> bytes:
    """A GRE header with whatever optional fields the flags promise."""
    return struct.pack(">HH", flags, protocol) + fields + payload


def pptp(payload: bytes, *, flags: int = 0x2001, protocol: int = 0x880B, fields: bytes = b"") -> bytes:
    """A GRE header of version 1: the key is the length of the payload and a call id."""
    return struct.pack(">HHHH", flags, protocol, len(payload), 7) + fields + payload


def vxlan(frame: bytes, *, flags: int = 0x08, reserved: int = 0) -> bytes:
    return struct.pack(">BxxxI", flags, 37 << 8 | reserved) + frame


def geneve(inside: int, payload: bytes, *, options: bytes = b"", version: int = 0) -> bytes:
    return struct.pack(">BBHI", version << 6 | len(options) >> 2, 0, inside, 37 << 8) + options + payload


def erspan_2(frame: bytes, *, vlan: int = 0, version: int = 1) -> bytes:
    return struct.pack(">HHI", version << 12 | vlan, 1, 0) + frame


def erspan_3(frame: bytes, *, vlan: int = 0, last: int = 0, platform: bytes = b"") -> bytes:
    return struct.pack(">HHIHH", 2 << 12 | vlan, 1, 0x12345678, 0, last) + platform + frame


def gtp(payload: bytes, *, flags: int = 0x30, message: int = 255, optional: bytes = b"") -> bytes:
    return struct.pack(">BBHI", flags, message, len(optional) + len(payload), 0xCAFE) + optional + payload


def mpls(payload: bytes, *labels: int) -> bytes:
    """A stack of labels, the last marked as such."""
    entries = [label << 12 | 64 for label in labels]
    entries[-1] |= 0x100
    return b"".join(struct.pack(">I", entry) for entry in entries) + payload


def pppoe(protocol: bytes, payload: bytes, *, ether_type: int = 0x8864) -> bytes:
    length = len(protocol) + len(payload)
    return ethernet(ether_type, struct.pack(">BBHH", 0x11, 0, 1, length) + protocol + payload)


def nsh(next_protocol: int, payload: bytes, *, kind: int = 2, words: int = 2, version: int = 0) -> bytes:
    head = struct.pack(">HBBI", version << 14 | words, kind, next_protocol, 0x1FF)
    return head + bytes(max(0, 4 * words - 8)) + payload


def decode_all(frame: bytes, link_type: int = 1, settings: Settings | None = None) -> list[Packet]:
    """Decode a frame that has other bytes around it; return its packet and those inside, outermost first."""
    if settings is None:
        settings = Settings()
        settings.verify_checksums = False
    decoder = Decoder(settings)
    before = b"\xa5" * 7
    found = [Packet()]
    decoder.decode(found[0], before + frame + b"\x5a" * 90, 5, len(before), len(frame), len(frame), link_type)
    while decoder.decode_inner(found[-1], inner := Packet()):
        found.append(inner)
    return found
