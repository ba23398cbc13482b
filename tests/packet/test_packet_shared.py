"""Real captures: dpkt as an independent reader, and the golden cases' decode events."""

import re

import dpkt
import pytest
from frame_builder import decode

from vids.engine.packet.decode import Decoder
from vids.engine.packet.defrag import Defragmenter
from vids.engine.packet.names import EVENTS
from vids.engine.packet.packet import Packet
from vids.engine.settings import Settings

MAX_FILE = 300_000  # bytes: enough captures are smaller
MAX_FRAMES = 60  # of one capture


def frames_of(path):
    """Yield (link type, frame) as dpkt reads the file; nothing of a file that it does not read."""
    with path.open("rb") as file:
        try:
            reader = dpkt.pcap.Reader(file)
            for _, frame in reader:
                yield reader.datalink(), bytes(frame)
        except (ValueError, dpkt.dpkt.Error):
            return


def transport_by_dpkt(frame: bytes):
    """Return (source, destination, source port, destination port, data) of a whole TCP or UDP packet, or None."""
    try:
        ip = dpkt.ethernet.Ethernet(frame).data
        transport = ip.data
        if isinstance(ip, dpkt.ip.IP):
            if ip.mf or ip.offset or len(frame) < ip.len:
                return None
        elif not isinstance(ip, dpkt.ip6.IP6) or 44 in ip.extension_hdrs:
            return None
    except (dpkt.dpkt.Error, AttributeError, IndexError, KeyError, ValueError, TypeError):
        return None
    if not isinstance(transport, (dpkt.tcp.TCP, dpkt.udp.UDP)):
        return None
    data = bytes(transport.data)
    if isinstance(transport, dpkt.udp.UDP):
        data = data[: max(0, transport.ulen - 8)]
    return ip.src, ip.dst, transport.sport, transport.dport, data


def test_dpkt_sees_the_same(shared):
    n_compared = 0
    for path in sorted((shared / "captures").rglob("*.pcap")):
        if path.stat().st_size > MAX_FILE:
            continue
        for n_frames, (link_type, frame) in enumerate(frames_of(path)):
            packet = decode(frame, link_type, verify=False)
            if link_type != 1 or n_frames == MAX_FRAMES:
                break
            expected = transport_by_dpkt(frame)
            if expected is None or packet.is_invalid or not packet.has_ports() or packet.protocol == 132:
                continue
            seen = (packet.source(), packet.destination(), packet.source_port, packet.destination_port)
            assert (*seen, packet.payload()) == expected, (path, n_frames)
            n_compared += 1
    assert n_compared > 1000


def test_captures_with_checksums_in_their_names(shared):
    for kind, is_bad in (("good", False), ("bad", True)):
        captures = sorted((shared / "captures" / "malformed").glob(f"ip*-{kind}-chksum.pcap"))
        assert len(captures) > 3
        for path in captures:
            for link_type, frame in frames_of(path):
                packet = decode(frame, link_type)
                assert (packet.bad_checksum or packet.bad_ip_checksum) == is_bad, path


def test_every_malformed_capture_is_decoded(shared):
    packet = Packet()
    decoder = Decoder(Settings())
    for path in sorted((shared / "captures").rglob("*.pcap")):
        if path.stat().st_size <= MAX_FILE:
            for link_type, frame in frames_of(path):
                decoder.decode(packet, frame, 0, 0, len(frame), len(frame), link_type)
    counters = decoder.counters()
    assert counters["decoder.pkts"] > 5000
    assert sum(name.startswith("decoder.event.") for name in counters) > 20


CHECK = re.compile(r"count: (\d+)\s+match:\s+event_type: alert\s+alert\.signature_id: (\d+)")
RULE = re.compile(r"decode-event:\s*([^;]+);.*?sid:\s*(\d+)")


def test_golden_cases_of_decode_events(shared):
    """A rule on a decode event fires as often as the case says."""
    n_checked = 0
    for case in sorted(shared.glob("conformance/cases/1-packets/de*/*")):
        names = {sid: name for name, sid in RULE.findall((case / "test.rules").read_text())}
        checks = {sid: int(count) for count, sid in CHECK.findall((case / "test.yaml").read_text())}
        counts = dict.fromkeys(names.values(), 0)
        defragmenter, whole = Defragmenter(Settings(), Decoder(Settings())), Packet()
        for path in case.glob("*.pcap"):
            for link_type, frame in frames_of(path):
                packet = decode(frame, link_type, verify=False)
                if packet.is_fragment and not packet.is_invalid:
                    defragmenter.take(packet, whole)
                for name in set(packet.events + whole.events) & set(counts):
                    counts[name] += 1
                whole.clear()
        for sid in sorted(set(names) & set(checks)):
            if names[sid] in EVENTS:
                assert counts[names[sid]] == checks[sid], (case.name, names[sid])
                n_checked += 1
    assert n_checked >= 20


@pytest.mark.parametrize("name", ["bigtcp-ipv6.pcap", "bigtcp-ipv6-hbh.pcap"])
def test_a_length_of_zero_is_malformed(shared, name):
    for link_type, frame in frames_of(shared / "captures" / "malformed" / name):
        packet = decode(frame, link_type)
        assert packet.is_invalid
        assert packet.payload_length() == 0
