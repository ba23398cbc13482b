"""Captures made by hand, and the obvious way to read them: the model that the walks are held against."""

import struct
from fractions import Fraction

from librt.strings import BytesWriter

SECOND = 10**9  # ns
LATEST = (1 << 32) * SECOND
MAX_WIRE = 0x7FFF_FFFF

# magic: (ns in a fraction, bytes of a record header)
MAGICS = {0xA1B2C3D4: (1000, 16), 0xA1B23C4D: (1, 16), 0xA1B2CD34: (1000, 24)}

FRAMES = [  # seconds, fraction, frame, bytes on the wire
    (1_000_000_000, 999_999, b"first frame", 11),
    (0, 0, b"", 0),
    (0xFFFF_FFFF, 1, b"cut by snapshot length", 1500),
]


def pcap(frames=FRAMES, order="<", magic=0xA1B2C3D4, link=1):
    """Return a classic capture."""
    made = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)]
    for seconds, fraction, frame, wire in frames:
        made.append(struct.pack(order + "IIII", seconds, fraction, len(frame), wire))
        made.append(b"\xee" * (MAGICS[magic][1] - 16) + frame)
    return b"".join(made)


def block(kind, body, order="<"):
    """Return a pcapng block."""
    body += b"\0" * (-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order="<", major=1):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, major, 0, -1), order)


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def interface(link=1, snapshot=0, options=b"", order="<"):
    return block(1, struct.pack(order + "HHI", link, 0, snapshot) + options, order)


def enhanced(ticks, frame, number=0, wire=None, order="<", captured=None):
    fields = (number, ticks >> 32, ticks & 0xFFFF_FFFF)
    lengths = (len(frame) if captured is None else captured, len(frame) if wire is None else wire)
    return block(6, struct.pack(order + "IIIII", *fields, *lengths) + frame, order)


def obsolete(ticks, frame, number=0, order="<"):
    fields = (number, 7, ticks >> 32, ticks & 0xFFFF_FFFF, len(frame), len(frame))
    return block(2, struct.pack(order + "HHIIII", *fields) + frame, order)


def simple(frame, wire=None, order="<"):
    return block(3, struct.pack(order + "I", len(frame) if wire is None else wire) + frame, order)


def frames_of(data, index):
    """Return an index's entries as (timestamp_ns, link type, bytes on the wire, frame)."""
    entries = struct.iter_unpack("<qiiii", index)
    return [(time, link, wire, data[at : at + length]) for time, at, length, wire, link in entries]


def walk_pieces(walk, pieces, max_frames=1000):
    """Feed a walk piece by piece, as a source does; return its frames and how many bytes it left."""
    frames = []
    rest = b""
    for n_pieces, piece in enumerate(pieces, 1):
        rest += piece
        while True:
            index = BytesWriter()
            at = walk.walk(rest, 0, index, max_frames)
            frames += frames_of(rest, index.getvalue())
            rest = rest[at:]
            if walk.fault:
                return frames, len(rest) + sum(map(len, pieces[n_pieces:]))
            if walk.needs:
                break
    return frames, len(rest)


def read_pcap(data):
    """Read a classic capture in the obvious way; return the whole frames and how many bytes are left."""
    if len(data) < 24:
        return [], len(data)
    order = ">" if struct.unpack(">I", data[:4])[0] in MAGICS else "<"
    fraction_ns, header = MAGICS[struct.unpack(order + "I", data[:4])[0]]
    link = struct.unpack(order + "I", data[20:24])[0] % 65536
    rest = data[24:]
    frames = []
    while len(rest) >= header:
        seconds, fraction, captured, wire = struct.unpack(order + "IIII", rest[:16])
        if captured > 262_144 or len(rest) < header + captured:
            break
        wire = max(captured, min(wire, MAX_WIRE))
        time = seconds * SECOND + fraction * fraction_ns
        frames.append((time, link, wire, rest[header : header + captured]))
        rest = rest[header + captured :]
    return frames, len(rest)


def read_pcapng(data):
    """Read a pcapng capture in the obvious way; return the whole frames and how many bytes are left."""
    frames = []
    order, interfaces, last = None, [], 0
    while len(data) >= 12:
        if data[:4] == b"\n\r\r\n":
            new_order = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}.get(data[8:12])
        else:
            new_order = order
        if new_order is None:
            break
        kind, length = struct.unpack(new_order + "II", data[:8])
        if not 12 <= length <= 1 << 24 or length % 4 or length > len(data):
            break
        body, end = data[8 : length - 4], data[length - 4 : length]
        if struct.unpack(new_order + "I", end) != (length,):
            break
        try:
            if kind == 0x0A0D0D0A:
                order, interfaces = new_order, []
                if struct.unpack(order + "HHq", body[4:16])[0] != 1:
                    break
            elif kind == 1:
                interfaces.append(read_interface(body, order))
            elif kind in (2, 6):
                number, high, low, captured, wire = struct.unpack(order + "IIIII", body[:20])
                if kind == 2:
                    number = struct.unpack(order + "H", body[:2])[0]
                link, _, second, offset = interfaces[number]
                if captured > len(body) - 20:
                    break
                last = int(((high << 32) + low) * SECOND / second // 1) + offset
                last = max(0, min(last, LATEST))
                frames.append((last, link, max(captured, min(wire, MAX_WIRE)), body[20 : 20 + captured]))
            elif kind == 3:
                link, snapshot, _, _ = interfaces[0]
                wire = struct.unpack(order + "I", body[:4])[0]
                frame = body[4:][: min(wire, snapshot or wire)]
                frames.append((last, link, max(len(frame), min(wire, MAX_WIRE)), frame))
        except (struct.error, IndexError):
            break
        data = data[length:]
    return frames, len(data)


def read_interface(body, order):
    """Return (link type, snapshot length, ticks in a second, offset in ns); raises struct.error."""
    link, _, snapshot = struct.unpack(order + "HHI", body[:8])
    options = body[8:]
    second, offset = Fraction(10**6), 0
    while len(options) >= 4:
        code, length = struct.unpack(order + "HH", options[:4])
        value = options[4 : 4 + length]
        if code == 0:
            break
        if len(value) < length:
            raise struct.error("option longer than its block")
        if (code, length) == (9, 1):
            second = Fraction(2 if value[0] & 0x80 else 10) ** (value[0] & 0x7F)
        if (code, length) == (14, 8):
            offset = struct.unpack(order + "q", value)[0] * SECOND
        options = options[4 + length + -length % 4 :]
    return link, snapshot, second, offset
