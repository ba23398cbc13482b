"""Streams of real captures against a naive reassembly built on dpkt."""

from __future__ import annotations

import socket
from collections import defaultdict
from pathlib import Path

import dpkt
import pytest
from flow_build import settings

from vids.engine.flow.stream import Stream
from vids.engine.flow.table import FlowTable
from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import Packet

CAPTURES = [
    "overlap/fin_retransmission.pcap",
    "overlap/ssh-dups.pcap",
    "overlap/qi_local_GET_slashdot_redirect.pcap",
    "overlap/payload-syn.pcap",
]

Side = tuple[bytes, int, bytes, int]


def frames(path: Path) -> list[tuple[int, bytes]]:
    """Return (time in ns, frame) of every frame of an Ethernet capture."""
    with path.open("rb") as file:
        return [(int(time * 1_000_000) * 1000, frame) for time, frame in dpkt.pcap.Reader(file)]


def naive(captured: list[tuple[int, bytes]]) -> dict[Side, bytes]:
    """Return the bytes of each side from its first SYN on, first copy first, up to the first hole."""
    origins: dict[Side, int] = {}
    bytes_at: dict[Side, dict[int, int]] = defaultdict(dict)
    for _, frame in captured:
        ip = dpkt.ethernet.Ethernet(frame).data
        if not isinstance(ip, dpkt.ip.IP) or not isinstance(ip.data, dpkt.tcp.TCP):
            continue
        tcp = ip.data
        side = (ip.src, tcp.sport, ip.dst, tcp.dport)
        is_syn = bool(tcp.flags & dpkt.tcp.TH_SYN)
        if is_syn:
            origins.setdefault(side, tcp.seq + 1)
        if side not in origins or tcp.flags & dpkt.tcp.TH_RST:
            continue
        offset = (tcp.seq + is_syn - origins[side]) & 0xFFFFFFFF
        for at, byte in enumerate(tcp.data, offset):
            bytes_at[side].setdefault(at, byte)
    streams: dict[Side, bytes] = {}
    for side, found in bytes_at.items():
        end = 0
        while end in found:
            end += 1
        streams[side] = bytes(found[at] for at in range(end))
    return streams


def take(stream: Stream, side: Side, streams: dict[Side, bytes], everything: bool) -> None:
    """Append what a stream hands out, up to its first gap."""
    while stream.take(everything):
        if stream.window_at + stream.fresh == len(streams[side]):
            streams[side] += stream.window[stream.fresh :]


def reassembled(captured: list[tuple[int, bytes]]) -> dict[Side, bytes]:
    """Return the same by the engine's rooms, taken as it is acknowledged."""
    made = settings(verify_checksums=False, stream_depth=0)
    decoder, table, packet = Decoder(made), FlowTable(made), Packet()
    streams: dict[Side, bytes] = defaultdict(bytes)
    for number in range(len(captured) + 1):
        if number < len(captured):
            time, frame = captured[number]
            decoder.decode(packet, frame, time, 0, len(frame), len(frame), 1)
            flow = table.handle(packet)
            touched = [] if flow is None else [flow]
        else:
            table.close()
            touched = list(table.ended)
        for flow in touched:
            side = (flow.source, flow.source_port, flow.destination, flow.destination_port)
            if flow.tcp is not None:
                take(flow.tcp.client, side, streams, number == len(captured))
                take(flow.tcp.server, side[2:] + side[:2], streams, number == len(captured))
    return {side: data for side, data in streams.items() if data}


def shown(streams: dict[Side, bytes]) -> dict[str, bytes]:
    """Return the streams by readable names: a failure says where."""
    return {
        f"{socket.inet_ntoa(source)}:{source_port} > {socket.inet_ntoa(destination)}:{port}": data
        for (source, source_port, destination, port), data in sorted(streams.items())
        if data
    }


@pytest.mark.parametrize("name", CAPTURES)
def test_streams_of_a_capture(name: str, shared: Path) -> None:
    captured = frames(shared / "captures" / name)
    assert shown(reassembled(captured)) == shown(naive(captured))


def test_streams_of_web_traffic(shared: Path) -> None:
    compared = 0
    for path in sorted((shared / "captures/everyday/http").glob("*.pcap"))[:10]:
        with path.open("rb") as file:
            if dpkt.pcap.Reader(file).datalink() != dpkt.pcap.DLT_EN10MB:
                continue
        captured = frames(path)
        expected = shown(naive(captured))
        found = shown(reassembled(captured))
        assert found == expected, path
        compared += len(expected)
    assert compared > 0
