"""Streams of real captures against a naive reassembly built on dpkt."""

from __future__ import annotations

import socket
from collections import defaultdict
from pathlib import Path

import dpkt
import pytest
from flow_build import settings
from overlap_winner import takes_new

from vids.engine.flow.stream import Stream
from vids.engine.flow.table import FlowTable
from vids.engine.flow.target import TARGETS
from vids.engine.packet.decode import Decoder
from vids.engine.packet.packet import Packet

INJECTIONS = [
    "id1.cn-inject.pcap",
    "qi_internet_SYNACK_curl_jsonip.pcap",
    "qi_local_GET_slashdot_redirect.pcap",
    "qi_local_SYNACK_curl_jsonip.pcap",
    "qi_local_SYNACK_linkedin_redirect.pcap",
    "qi_local_SYNACK_putty_dl.pcap",
    "qi_local_SYNACK_slashdot_redirect.pcap",
]
UNFOLLOWED = {  # not picked up in the middle: no stream
    "handshake-reorder.pcap",  # the SYN/ACK comes before the SYN
    "http-on-irc-port-missing-syn.pcapng",
}
LARGE = 1_000_000  # bytes of a capture: enough for the model to take a second
FEW = ("first", "last", "linux", "windows")  # which it takes for these
ETHERNET = dpkt.pcap.DLT_EN10MB
EVERYWHERE = [(bytes(4), bytes([255] * 4)), (bytes(16), bytes([255] * 16))]

Side = tuple[bytes, int, bytes, int]


Frame = tuple[int, int, bytes]  # time in ns, link type, bytes


def frames(path: Path) -> list[Frame]:
    """Return every frame of a capture."""
    with path.open("rb") as file:
        reader = (dpkt.pcapng if path.suffix == ".pcapng" else dpkt.pcap).Reader(file)
        return [(int(time * 1_000_000) * 1000, reader.datalink(), frame) for time, frame in reader]


def segment_of(link_type: int, frame: bytes) -> tuple[dpkt.ip.IP, dpkt.tcp.TCP] | None:
    """Return the packet and the segment of a frame; None where it has none, or was cut when it was captured."""
    at = 14 if link_type == ETHERNET else 0
    try:
        ip = dpkt.ethernet.Ethernet(frame).data if at else dpkt.ip.IP(frame)
    except dpkt.UnpackError:
        return None
    if not isinstance(ip, dpkt.ip.IP) or not isinstance(ip.data, dpkt.tcp.TCP):
        return None
    return (ip, ip.data) if len(frame) >= at + ip.len else None


def naive(captured: list[Frame], target: str = "first") -> dict[Side, bytes]:
    """Return the bytes of each side from its first SYN on, up to the first hole: byte by byte, as a target would.

    What was acknowledged stays as it is.
    """
    origins: dict[Side, int] = {}
    acked: dict[Side, int] = defaultdict(int)
    bytes_at: dict[Side, dict[int, int]] = defaultdict(dict)
    segments_at: dict[Side, dict[int, tuple[tuple[int, int], ...]]] = defaultdict(dict)
    for _, link_type, frame in captured:
        found = segment_of(link_type, frame)
        if found is None:
            continue
        ip, tcp = found
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
        if segments_at[side].keys().isdisjoint(range(*new)):  # most are: no need to look at each byte
            bytes_at[side].update(enumerate(tcp.data, offset))
            segments_at[side].update(dict.fromkeys(range(*new), (new,)))
            continue
        for at, byte in enumerate(tcp.data, offset):
            covering = segments_at[side].get(at, ())
            is_settled = at < acked[side] and covering
            if not is_settled and all(takes_new(target, new, old) for old in covering):
                bytes_at[side][at] = byte
            segments_at[side][at] = (*covering, new)
    streams: dict[Side, bytes] = {}
    for side, known in bytes_at.items():
        end = 0
        while end in known:
            end += 1
        streams[side] = bytes(known[at] for at in range(end))
    return streams


def take(stream: Stream, side: Side, streams: dict[Side, bytes], everything: bool) -> None:
    """Append what a stream hands out, up to its first gap."""
    while stream.take(everything):
        if stream.window_at + stream.fresh == len(streams[side]):
            streams[side] += stream.window[stream.fresh :]


def reassembled(captured: list[Frame], target: str = "first") -> tuple[dict[Side, bytes], list[str]]:
    """Return the same by the engine's rooms, taken as it is acknowledged, and the stream events."""
    networks = [(first, last, target) for first, last in EVERYWHERE]
    made = settings(verify_checksums=False, stream_depth=0, host_networks=networks)
    decoder, table, packet = Decoder(made), FlowTable(made), Packet()
    events: list[str] = []
    streams: dict[Side, bytes] = defaultdict(bytes)
    for number in range(len(captured) + 1):
        if number < len(captured):
            time, link_type, frame = captured[number]
            decoder.decode(packet, frame, time, 0, len(frame), len(frame), link_type)
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


@pytest.mark.parametrize("target", sorted(TARGETS.keys() - {""}))
def test_streams_of_overlapping_captures(target: str, shared: Path) -> None:
    n_compared = n_large = 0
    for path in sorted((shared / "captures/overlap").glob("*.pcap*")):
        if path.stat().st_size > LARGE and target not in FEW:
            n_large += 1
            continue
        captured = frames(path)
        expected = {} if path.name in UNFOLLOWED else shown(naive(captured, target))
        assert shown(reassembled(captured, target)[0]) == expected, path.name
        n_compared += bool(expected)
    assert n_compared == 15 - n_large


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
    assert "stream.reassembly_overlap_different_data" in reassembled(frames(shared / "captures/overlap" / name))[1]


@pytest.mark.parametrize("target", ["first", "bsd", "linux", "last"])
def test_an_injected_answer_that_was_acknowledged_is_what_every_target_reads(target: str, shared: Path) -> None:
    captured = frames(shared / "captures/overlap/qi_internet_SYNACK_curl_jsonip.pcap")
    streams = reassembled(captured, target)[0]
    assert any(data.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nBANG!") for data in streams.values())
