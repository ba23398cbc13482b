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
    "overlap/payload-syn.pcap",
    "overlap/payload-synack.pcap",
    "overlap/qi_internet_SYNACK_curl_jsonip.pcap",
    "overlap/qi_local_GET_slashdot_redirect.pcap",
    "overlap/qi_local_SYNACK_curl_jsonip.pcap",
    "overlap/qi_local_SYNACK_linkedin_redirect.pcap",
    "overlap/qi_local_SYNACK_slashdot_redirect.pcap",
    "overlap/ssh-dups.pcap",
    "overlap/tcp-fast-open.pcap",
    "overlap/window-scale-range.pcap",
]
INJECTIONS = [name for name in CAPTURES if "/qi_" in name] + ["overlap/id1.cn-inject.pcap"]
EVERYWHERE = [(bytes(4), bytes([255] * 4)), (bytes(16), bytes([255] * 16))]

Side = tuple[bytes, int, bytes, int]


def frames(path: Path) -> list[tuple[int, bytes]]:
    """Return (time in ns, frame) of every frame of an Ethernet capture."""
    with path.open("rb") as file:
        return [(int(time * 1_000_000) * 1000, frame) for time, frame in dpkt.pcap.Reader(file)]


def takes_new(target: str, new: tuple[int, int], old: tuple[int, int]) -> bool:
    """Return whether a target takes bytes of a new segment in place of those of an old one (begin, end)."""
    if target in ("first", "last"):
        return target == "last"
    if target == "solaris":
        return new[1] > old[1] or (new[0] <= old[0] and new[1] == old[1])
    longer = {"bsd": False, "linux": new[1] > old[1], "old-linux": new[1] >= old[1]}[target]
    return new[0] < old[0] or (new[0] == old[0] and longer)


def naive(captured: list[tuple[int, bytes]], target: str = "first") -> dict[Side, bytes]:
    """Return the bytes of each side from its first SYN on, up to the first hole: byte by byte, as a target would.

    What was acknowledged stays as it is.
    """
    origins: dict[Side, int] = {}
    acked: dict[Side, int] = defaultdict(int)
    bytes_at: dict[Side, dict[int, int]] = defaultdict(dict)
    segments: dict[Side, list[tuple[int, int]]] = defaultdict(list)
    for _, frame in captured:
        ip = dpkt.ethernet.Ethernet(frame).data
        if not isinstance(ip, dpkt.ip.IP) or not isinstance(ip.data, dpkt.tcp.TCP):
            continue
        tcp = ip.data
        side = (ip.src, tcp.sport, ip.dst, tcp.dport)
        peer = side[2:] + side[:2]
        is_syn = bool(tcp.flags & dpkt.tcp.TH_SYN)
        if is_syn:
            origins.setdefault(side, tcp.seq + 1)
        if side not in origins or tcp.flags & dpkt.tcp.TH_RST:
            continue
        if tcp.flags & dpkt.tcp.TH_ACK and peer in origins:
            acked[peer] = max(acked[peer], (tcp.ack - origins[peer]) & 0xFFFFFFFF)
        offset = (tcp.seq + is_syn - origins[side]) & 0xFFFFFFFF
        new = (offset, offset + len(tcp.data))
        for at, byte in enumerate(tcp.data, offset):
            covering = [old for old in segments[side] if old[0] <= at < old[1]]
            is_settled = at < acked[side] and at in bytes_at[side]
            if not is_settled and all(takes_new(target, new, old) for old in covering):
                bytes_at[side][at] = byte
        segments[side].append(new)
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


def reassembled(captured: list[tuple[int, bytes]], target: str = "first") -> tuple[dict[Side, bytes], list[str]]:
    """Return the same by the engine's rooms, taken as it is acknowledged, and the stream events."""
    networks = [(first, last, target) for first, last in EVERYWHERE]
    made = settings(verify_checksums=False, stream_depth=0, host_networks=networks)
    decoder, table, packet = Decoder(made), FlowTable(made), Packet()
    events: list[str] = []
    streams: dict[Side, bytes] = defaultdict(bytes)
    for number in range(len(captured) + 1):
        if number < len(captured):
            time, frame = captured[number]
            decoder.decode(packet, frame, time, 0, len(frame), len(frame), 1)
            flow = table.handle(packet)
            events += table.stream_events
            touched = [] if flow is None else [flow]
        else:
            table.close()
            touched = list(table.ended)
        for flow in touched:
            side = (flow.source, flow.source_port, flow.destination, flow.destination_port)
            if flow.tcp is not None:
                take(flow.tcp.client, side, streams, number == len(captured))
                take(flow.tcp.server, side[2:] + side[:2], streams, number == len(captured))
    return {side: data for side, data in streams.items() if data}, events


def shown(streams: dict[Side, bytes]) -> dict[str, bytes]:
    """Return the streams by readable names: a failure says where."""
    return {
        f"{socket.inet_ntoa(source)}:{source_port} > {socket.inet_ntoa(destination)}:{port}": data
        for (source, source_port, destination, port), data in sorted(streams.items())
        if data
    }


@pytest.mark.parametrize("target", ["first", "last", "bsd", "linux", "old-linux", "solaris"])
@pytest.mark.parametrize("name", CAPTURES)
def test_streams_of_a_capture(name: str, target: str, shared: Path) -> None:
    captured = frames(shared / "captures" / name)
    assert shown(reassembled(captured, target)[0]) == shown(naive(captured, target))


def test_streams_of_web_traffic(shared: Path) -> None:
    compared = 0
    for path in sorted((shared / "captures/everyday/http").glob("*.pcap"))[:10]:
        with path.open("rb") as file:
            if dpkt.pcap.Reader(file).datalink() != dpkt.pcap.DLT_EN10MB:
                continue
        captured = frames(path)
        expected = shown(naive(captured))
        found = shown(reassembled(captured)[0])
        assert found == expected, path
        compared += len(expected)
    assert compared > 0


@pytest.mark.parametrize("name", INJECTIONS)
def test_injected_answers_are_noticed(name: str, shared: Path) -> None:
    assert "stream.reassembly_overlap_different_data" in reassembled(frames(shared / "captures" / name))[1]


@pytest.mark.parametrize("target", ["first", "bsd", "linux", "last"])
def test_an_injected_answer_that_was_acknowledged_is_what_every_target_reads(target: str, shared: Path) -> None:
    captured = frames(shared / "captures/overlap/qi_internet_SYNACK_curl_jsonip.pcap")
    streams = reassembled(captured, target)[0]
    assert any(data.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nBANG!") for data in streams.values())
