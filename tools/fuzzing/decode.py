"""decode: one frame of any link type, and the packets in its tunnels.

Input: a byte for the link type, one for the settings, the frame.
Holds: every offset is inside the frame; what lies around the frame is not read; a packet that cannot be read says
why, by a known name; what is counted is what was seen.
"""

from __future__ import annotations

from typing import Final

from fuzzing import corpus
from fuzzing.target import Target, demand, demand_known
from vids.engine.packet.decode import Decoder
from vids.engine.packet.names import EVENTS
from vids.engine.packet.packet import MAX_EVENTS, MAX_VLANS, Packet
from vids.engine.settings import Settings

LINK_TYPES: Final = (1, 101, 0, 9, 12, 14, 50, 51, 104, 108, 113, 228, 229, 276, 147)
AROUND: Final = 48  # bytes on each side
VALUES: Final = tuple(
    name
    for name in dir(Packet())
    if not name.startswith("_") and name not in {"data", "outer"} and not callable(getattr(Packet(), name))
)


def check(data: bytes) -> None:
    """Decode the frame twice, between different neighbours."""
    link_type = LINK_TYPES[data[0] % len(LINK_TYPES)] if data else 1
    settings = Settings()
    flags = data[1] if len(data) > 1 else 0
    settings.verify_checksums = bool(flags & 1)
    settings.max_layers = 1 + (flags >> 1 & 0x0F) if flags & 0x20 else 16
    frame = data[2:]
    first = decoded(frame, link_type, settings, b"\0")
    second = decoded(frame, link_type, settings, b"\xff")
    demand(first == second, "the decoder read what lies around the frame")


def decoded(frame: bytes, link_type: int, settings: Settings, filler: bytes) -> list[object]:
    """Return all that is said of a frame, once it was found in order."""
    decoder = Decoder(settings)
    packet = Packet()
    around = filler * AROUND
    decoder.decode(packet, around + frame + around, 0, AROUND, len(frame), len(frame), link_type)
    packets = [packet]
    while packets[-1].inner_at >= 0:
        inner = Packet()
        if not decoder.decode_inner(packets[-1], inner):
            break
        packets.append(inner)
    demand(len(packets) <= settings.max_layers, "more tunnels than layers")
    for each in packets:
        check_bounds(each, AROUND, AROUND + len(frame))
        check_events(each, link_type)
    counters = decoder.counters()
    check_counters(counters, packets, len(frame))
    return [counters, [[getattr(each, name) for name in VALUES] for each in packets]]


def check_bounds(packet: Packet, begin: int, stop: int) -> None:
    """Find every offset inside the frame, or none."""
    at, end = packet.frame_at, packet.frame_end
    demand(begin <= at <= end <= stop, "frame outside of the capture's")
    if packet.ip_version:
        demand(at <= packet.ip_at <= packet.address_at < packet.ip_end <= end, "IP header outside of the frame")
        size = 4 if packet.ip_version == 4 else 16
        demand(len(packet.source()) == len(packet.destination()) == size, "address cut")
    else:
        offsets = (packet.ip_at, packet.ip_end, packet.transport_at, packet.payload_at)
        demand(offsets == (-1, -1, -1, -1), "parts of IP without IP")
    if packet.transport_at >= 0:
        demand(packet.ip_at < packet.transport_at <= packet.payload_at, "transport header out of place")
    if packet.payload_at >= 0:
        demand(packet.ip_at < packet.payload_at <= packet.payload_end <= packet.ip_end, "payload out of place")
    else:
        demand(packet.payload_end == -1, "payload has an end and no beginning")
    for offset in (packet.checksum_source_at, packet.checksum_destination_at):
        demand(offset == -1 or packet.ip_at < offset <= packet.ip_end - 16, "address for the checksum out of place")
    if packet.is_fragment and not packet.is_invalid:
        demand(packet.ip_at < packet.fragment_at <= packet.ip_end, "fragment out of place")
    demand(packet.payload_length() == len(packet.payload()), "payload is not as long as it says")
    demand(len(packet.frame()) <= end - begin, "frame too long")
    demand(len(packet.vlans()) == packet.n_vlans <= MAX_VLANS, "VLANs")
    for port in (packet.source_port, packet.destination_port):
        demand(0 <= port <= 0xFFFF, "port out of range")
    demand(0 <= packet.tcp_seq <= 0xFFFFFFFF and 0 <= packet.tcp_ack <= 0xFFFFFFFF, "sequence number out of range")


def check_events(packet: Packet, link_type: int) -> None:
    """Find a known name for all that is odd."""
    demand_known(packet.events, EVENTS)
    demand(len(packet.events) <= MAX_EVENTS, "too many events")
    if packet.is_invalid or packet.has_defect:
        demand(bool(packet.events), f"invalid, and nobody says why (link type {link_type})")


def check_counters(counters: dict[str, int], packets: list[Packet], length: int) -> None:
    """Find counted what was seen."""
    demand(min(counters.values()) >= 0, "negative counter")
    demand(counters["decoder.pkts"] == 1 and counters["decoder.bytes"] == length, "frame not counted")
    n_invalid = sum(1 for packet in packets if packet.is_invalid or packet.has_defect)
    demand(counters["decoder.invalid"] == n_invalid, "invalid packets not counted")
    events = [name for packet in packets for name in packet.events]
    counted = {name: value for name, value in counters.items() if name.startswith("decoder.event.")}
    demand(counted == {f"decoder.event.{name}": events.count(name) for name in events}, "events not counted")


def seeds() -> list[bytes]:
    """Return shipped frames, whole and as other link types would carry their IP packet."""
    made = [b"\0\1" + frame[:600] for frame in corpus.frames()]
    for number, frame in enumerate(corpus.frames()[::7]):
        link = number % len(LINK_TYPES)
        made.append(bytes((link, 0)) + head(LINK_TYPES[link]) + frame[14:300])
    return made


def head(link_type: int) -> bytes:
    """Return the link header of an IPv4 packet."""
    heads = {0: b"\2\0\0\0", 1: bytes(12) + b"\x08\0", 9: b"\xff\x03\0\x21", 50: b"\xff\x03\0\x21"}
    heads |= {51: b"\x11\0\0\1\0\x20\0\x21", 104: b"\x0f\0\x08\0", 108: b"\0\0\0\2"}
    heads |= {113: bytes(14) + b"\x08\0", 276: b"\x08\0" + bytes(18)}
    return heads.get(link_type, b"")


TARGET: Final = Target(check, seeds, max_length=700)
