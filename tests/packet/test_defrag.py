"""Defragmentation: fragments as frames in, the decoded datagram and its events out."""

import struct

import pytest
from frame_builder import DESTINATION_4, DESTINATION_6, SOURCE_6, checksum, ethernet, icmp, ipv4, ipv6, tcp, udp, vlan
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.batch import batch_of
from vids.engine.engine import Engine
from vids.engine.event import Alert, Anomaly, FlowEnd
from vids.engine.packet.decode import Decoder
from vids.engine.packet.defrag import Defragmenter
from vids.engine.packet.packet import Packet
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings

SECOND = 1_000_000_000
DATA = bytes(range(65, 65 + 40))
UDP = udp(DATA)  # 48 bytes
MF = 0x2000


class Bench:
    """A defragmenter that is fed packets, bare of a link layer."""

    def __init__(self, **settings: object) -> None:
        made = Settings()
        for name, value in settings.items():
            setattr(made, name, value)
        self.decoder = Decoder(made)
        self.defragmenter = Defragmenter(made, self.decoder)
        self.packet, self.whole = Packet(), Packet()
        self.events: list[list[str]] = []

    def feed(self, *packets: bytes, at_s: float = 0, link_type: int = 101) -> list[bytes]:
        """Return the payloads of the datagrams that came to be whole; `events` are those of each fragment."""
        found = []
        for raw in packets:
            self.decoder.decode(self.packet, raw, int(at_s * SECOND), 0, len(raw), len(raw), link_type)
            assert self.packet.is_fragment
            if self.defragmenter.take(self.packet, self.whole):
                assert self.whole.is_reassembled
                found.append(self.whole.payload())
            self.events.append(list(self.packet.events))
        return found

    def count(self, name: str) -> int:
        return self.defragmenter.counters()["defrag." + name]


def part_4(begin: int, data: bytes, more: bool = True, *, ident: int = 1, protocol: int = 17, options: bytes = b"",
           ttl: int = 64, flags: int = 0) -> bytes:  # fmt: skip
    """An IPv4 fragment that begins at a byte offset."""
    head = bytearray(ipv4(protocol, b"", options=options, fragment=flags | MF * more | begin >> 3))
    head[2:4] = struct.pack(">H", len(head) + len(data))
    head[4:6] = struct.pack(">H", ident)
    head[8] = ttl
    head[10:12] = bytes(2)
    head[10:12] = struct.pack(">H", checksum(bytes(head)))
    return bytes(head) + data


def header_6(next_header: int, begin: int, more: bool, ident: int = 1) -> bytes:
    return struct.pack(">BBHI", next_header, 0, begin | more, ident)


def part_6(begin: int, data: bytes, more: bool = True, *, ident: int = 1, next_header: int = 17) -> bytes:
    return ipv6(44, header_6(next_header, begin, more, ident) + data)


PARTS = (part_4, part_6)


@pytest.mark.parametrize("part", PARTS)
def test_any_order_makes_the_same_datagram(part):
    fragments = [part(0, UDP[:16]), part(16, UDP[16:32]), part(32, UDP[32:], False)]
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        bench = Bench()
        assert bench.feed(*[fragments[number] for number in order]) == [DATA]
        assert bench.events == [[], [], []]
        assert (bench.whole.source_port, bench.whole.destination_port, bench.whole.events) == (50000, 53, [])
        assert not bench.whole.is_fragment


@given(st.sampled_from(PARTS), st.lists(st.integers(1, 5), min_size=6, max_size=6), st.data())
def test_every_cut_makes_the_same_datagram(part, cuts, data):
    fragments, begin = [], 0
    for units in cuts:
        end = min(begin + units * 8, len(UDP))
        if begin < end:
            fragments.append(part(begin, UDP[begin:end], end < len(UDP)))
        begin = end
    bench = Bench()
    found = bench.feed(*data.draw(st.permutations(fragments)))
    assert found == ([DATA] if begin >= len(UDP) and len(fragments) > 1 else [])


def test_the_header_of_ipv4_is_that_of_the_first_fragment():
    bench = Bench()
    bench.feed(part_4(24, UDP[24:], False, ttl=3, flags=0x4000, options=b"\1\1\1\0"))
    assert bench.feed(part_4(0, UDP[:24], ttl=9, flags=0x4000, options=b"\7\7\4" + bytes(5))) == [DATA]
    whole = bench.whole
    header = whole.data[whole.ip_at : whole.ip_at + whole.ip_header_length]
    assert header[20:] == b"\7\7\4" + bytes(5)
    assert checksum(header) == 0
    assert (whole.ttl, whole.ip_id, whole.fragment_flags, whole.fragment_offset) == (9, 1, 0, 0)
    assert whole.ip_end - whole.ip_at == 28 + len(UDP) == len(whole.data)
    assert not whole.bad_ip_checksum


@pytest.mark.parametrize(("policy", "ttl"), [("first", 9), ("last", 4), ("bsd", 9), ("linux", 4), ("windows", 9)])
def test_the_header_belongs_to_the_copy_that_counts(policy, ttl):
    bench = Bench(host_networks=[(DESTINATION_4, DESTINATION_4, policy)])
    bench.feed(part_4(0, UDP[:24], ttl=9), part_4(0, UDP[:24], ttl=4))
    assert bench.feed(part_4(24, UDP[24:], False)) == [DATA]
    assert bench.whole.ttl == ttl


NETWORKS = [
    # networks, widest first or not                                                              policy of the target
    ([], "bsd"),
    ([(bytes(4), b"\xff" * 4, "first"), (DESTINATION_4, DESTINATION_4, "last")], "last"),
    ([(DESTINATION_4, DESTINATION_4, "last"), (bytes(4), b"\xff" * 4, "first")], "last"),
    ([(bytes(4), b"\x7f" + b"\xff" * 3, "last")], "bsd"),
    ([(bytes(16), b"\xff" * 16, "last")], "bsd"),
]  # fmt: skip


@pytest.mark.parametrize(("networks", "policy"), NETWORKS)
def test_the_narrowest_network_of_the_destination_decides(networks, policy):
    bench = Bench(host_networks=networks)
    bench.feed(part_4(0, UDP[:24]), part_4(16, b"x" * 16), part_4(24, b"y" * 24, False))
    # bsd: what begins first stays; last: what came last
    assert (
        bench.whole.payload()
        == {"bsd": DATA[:16] + b"x" * 8 + b"y" * 16, "last": DATA[:8] + b"x" * 8 + b"y" * 24}[policy]
    )


HOP = bytes([44, 0, 5, 2, 0, 0, 0, 0])  # router alert
ROUTE = bytes([44, 0, 0, 0, 0, 0, 0, 0])
DESTINATION = bytes([17, 0, 1, 4, 0, 0, 0, 0])


def test_headers_in_front_of_the_fragment_header_stay():
    bench = Bench()
    parts = [header_6(17, 0, True) + UDP[:24], header_6(17, 24, False) + UDP[24:]]
    assert bench.feed(*[ipv6(0, bytes([43]) + HOP[1:] + ROUTE + part) for part in parts]) == [DATA]
    whole = bench.whole
    chain = whole.data[whole.ip_at + 6 : whole.ip_at + 7] + whole.data[whole.ip_at + 40 : whole.ip_at + 56]
    assert chain == b"\0" + bytes([43]) + HOP[1:] + bytes([17]) + ROUTE[1:]
    assert whole.ip_end - whole.ip_at == 40 + 16 + len(UDP)


def test_headers_behind_the_fragment_header_are_read_when_whole():
    body = DESTINATION + UDP
    bench = Bench()
    assert bench.feed(part_6(0, body[:8], next_header=60), part_6(8, body[8:], False, next_header=60)) == [DATA]
    bench = Bench()
    body = bytes([17, 9]) + DESTINATION[2:] + UDP[:16]
    bench.feed(part_6(0, body[:8], next_header=60), part_6(8, body[8:], False, next_header=60))
    assert bench.whole.events == ["ipv6.trunc_exthdr"]
    assert bench.decoder.counters()["decoder.event.ipv6.trunc_exthdr"] == 1


def test_the_next_header_of_the_first_fragment_counts():
    bench = Bench()
    bench.feed(part_6(24, UDP[24:], False, next_header=6))
    assert bench.feed(part_6(0, UDP[:24])) == [DATA]
    assert bench.whole.protocol == 17


HEAD, TAIL = part_4(0, UDP[:24]), part_4(24, UDP[24:], False)
STRANGERS = [
    # what differs           link  the end of another datagram than the one that begins with HEAD
    ("identification",       101,  HEAD, part_4(24, UDP[24:], False, ident=2)),
    ("identification of v6", 101,  part_6(0, UDP[:24]), part_6(24, UDP[24:], False, ident=0x10001)),
    ("protocol of IPv4",     101,  HEAD, part_4(24, UDP[24:], False, protocol=6)),
    ("source",               101,  HEAD, TAIL[:12] + bytes([192, 0, 2, 9]) + TAIL[16:]),
    ("VLAN",                 1,    ethernet(0x0800, HEAD), vlan((0x8100, 2), ether_type=0x0800, payload=TAIL)),
]  # fmt: skip


@pytest.mark.parametrize(("link_type", "one", "two"), [s[1:] for s in STRANGERS], ids=[s[0] for s in STRANGERS])
def test_strangers_do_not_mix(link_type, one, two):
    bench = Bench(verify_checksums=False)
    assert bench.feed(one, two, link_type=link_type) == []


def test_vlans_do_not_count_where_they_are_not_tracked():
    bench = Bench(track_vlans=False)
    assert bench.feed(*STRANGERS[-1][2:], link_type=1) == [DATA]
    assert (bench.whole.vlans(), bench.whole.ether_type, bench.whole.wire_length) == ((2,), 0x0800, 18 + 20 + 48)


EVASIONS = [
    # name, fragments of (begin, data, more), the payloads that come out, the events of each fragment without "ipv."
    ("tiny",             [(at, UDP[at:at + 8], at < 40) for at in range(0, 48, 8)], [DATA], [[]] * 6),
    ("duplicate",        [(0, UDP[:24], True)] * 2 + [(24, UDP[24:], False)] * 2, [DATA],
                         [[], ["frag_overlap"], [], []]),
    ("teardrop",         [(0, UDP, True), (24, b"x" * 4, False)], [], [[], ["frag_overlap"]]),
    ("inside out",       [(24, UDP[24:], False), (8, b"x" * 16, True), (0, UDP[:24], True)], [DATA],
                         [[], [], ["frag_overlap"]]),
    ("empty",            [(0, b"", True), (0, UDP[:24], True), (24, UDP[24:], False)], [DATA], [[], [], []]),
    ("empty last",       [(0, UDP, True), (48, b"", False)], [], [[], []]),
    ("beyond the end",   [(24, UDP[24:], False), (48, b"x" * 8, True), (0, UDP[:24], True)], [DATA],
                         [[], ["frag_ignored"], []]),
    ("two ends, longer", [(24, UDP[24:], False), (24, b"x" * 32, False), (0, UDP[:24], True)], [DATA],
                         [[], ["frag_overlap", "frag_ignored"], []]),
    ("two ends, shorter", [(24, UDP[24:], False), (24, b"x" * 8, False), (0, UDP[:24], True)], [DATA],
                         [[], ["frag_overlap", "frag_ignored"], []]),
    ("end before data",  [(48, b"x" * 8, True), (24, UDP[24:], False), (0, UDP[:24], True)], [], [[], [], []]),
    ("end inside data",  [(0, UDP[:32], True), (24, b"x" * 4, False), (32, UDP[32:], False)], [DATA],
                         [[], ["frag_overlap"], []]),
    ("hole",             [(0, UDP[:16], True), (24, UDP[24:], False)], [], [[], []]),
    ("no end",           [(0, UDP[:24], True), (24, UDP[24:], True)], [], [[], []]),
    ("no beginning",     [(8, UDP[8:24], True), (24, UDP[24:], False)], [], [[], []]),
    ("ping of death",    [(65528, b"x" * 16, False), (0, UDP[:24], True)], [], [["frag_pkt_too_large"], []]),
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("fragments", "found", "events"), [e[1:] for e in EVASIONS], ids=[e[0] for e in EVASIONS])
def test_evasions(part, fragments, found, events):
    bench = Bench()
    assert bench.feed(*[part(*fragment) for fragment in fragments]) == found
    prefix = "ipv4." if part is part_4 else "ipv6."
    assert bench.events == [[prefix + name for name in names] for names in events]
    counted = bench.decoder.counters()
    for name in {name for names in bench.events for name in names}:
        assert counted["decoder.event." + name] == sum(names.count(name) for names in bench.events)


def test_a_fragment_of_no_whole_units():
    bench = Bench()  # IPv4: what is over is left out, as Linux does
    assert bench.feed(part_4(0, UDP[:27]), part_4(24, UDP[24:], False)) == [DATA]
    assert bench.events == [[], []]
    bench = Bench()  # RFC 8200, section 4.5: discarded
    assert bench.feed(part_6(0, UDP[:27]), part_6(24, UDP[24:], False)) == []
    assert bench.events == [["ipv6.frag_invalid_length"], []]
    assert bench.feed(part_6(0, UDP[:24])) == [DATA]


@pytest.mark.parametrize(("verify", "found"), [(True, []), (False, [DATA])])
def test_hosts_discard_fragments_with_a_wrong_checksum(verify, found):
    bench = Bench(verify_checksums=verify)
    bad = bytearray(part_4(0, UDP[:24]))
    bad[10] ^= 1
    assert bench.feed(bytes(bad), part_4(24, UDP[24:], False)) == found


def test_headers_make_a_full_datagram_too_long():
    whole = 65512 + 8
    bench = Bench()
    assert bench.feed(part_4(0, bytes(65512)), part_4(65512, bytes(whole - 65512), False)) == []
    assert bench.events[-1] == ["ipv4.frag_pkt_too_large"]
    assert bench.count("memuse") == 0
    bench = Bench()
    body = udp(bytes(65515 - 8))
    assert bench.feed(part_4(0, body[:65512]), part_4(65512, body[65512:], False)) == [bytes(65515 - 8)]
    bench = Bench()
    parts = [header_6(17, 0, True) + bytes(65400), header_6(17, 65400, False) + bytes(132)]
    assert bench.feed(*[ipv6(0, HOP + part) for part in parts]) == []
    assert bench.events[-1] == ["ipv6.frag_pkt_too_large"]


TIMES = [
    # seconds of the three fragments, in time
    ((0, 0, 60),      True),
    ((0, 59, 60.5),   False),  # from the first on, however many follow
    ((100, 50, 60),   True),  # a little disorder of a capture
    ((1000, 0, 1000), False),  # another clock: the first is forgotten, the third comes too late
]  # fmt: skip


@pytest.mark.parametrize(("times", "is_in_time"), TIMES)
def test_timeouts_on_packet_time(times, is_in_time):
    bench = Bench()
    fragments = [part_4(0, UDP[:16]), part_4(16, UDP[16:32]), part_4(32, UDP[32:], False)]
    found = [bench.feed(fragment, at_s=at) for fragment, at in zip(fragments, times, strict=True)]
    assert found[-1] == ([DATA] if is_in_time else [])
    assert (bench.count("wrk.tracker_timeout") > 0) != is_in_time


LIMITS = [
    # setting                     counter
    ("defrag_max_datagrams", 10,  "max_trackers_reached"),
    ("defrag_max_fragments", 10,  "max_frags_reached"),
    ("defrag_memcap", 10_000,     "memcap_reached"),
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("setting", "limit", "counter"), LIMITS)
def test_the_oldest_gives_way_and_is_counted(part, setting, limit, counter):
    bench = Bench(**{setting: limit})
    for ident in range(100):
        bench.feed(part(0, UDP[:24], ident=ident))
        assert bench.count("memuse") <= 10_000
    assert bench.count(counter) == bench.count("tracker_hard_reuse") >= 80
    assert bench.events[-1] == ["ipv4.frag_ignored" if part is part_4 else "ipv6.frag_ignored"]
    assert bench.feed(part(24, UDP[24:], False, ident=99)) == [DATA]
    assert bench.feed(part(24, UDP[24:], False, ident=0)) == []


def test_nothing_is_left_of_a_datagram():
    bench = Bench(defrag_memcap=1)
    assert bench.feed(part_4(0, UDP[:24]), part_4(24, UDP[24:], False)) == []
    assert (bench.count("memuse"), bench.count("ipv4.fragments"), bench.count("ipv4.reassembled")) == (0, 2, 0)
    bench = Bench()
    assert bench.feed(part_4(0, UDP[:24]), part_4(8, UDP[8:24]), part_4(24, UDP[24:], False)) == [DATA]
    assert (bench.count("memuse"), bench.count("ipv4.reassembled")) == (0, 1)
    assert bench.feed(part_4(24, UDP[24:], False)) == []  # a new datagram, as far as anyone can tell
    bench.feed(part_4(0, b"", True, ident=9), at_s=100)
    assert bench.count("memuse") == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8191), st.integers(0, 40), st.booleans(), st.integers(0, 2)),
                max_size=30))  # fmt: skip
def test_no_fragments_break_it(fragments):
    bench = Bench(defrag_memcap=3000, defrag_max_datagrams=3, defrag_max_fragments=9)
    for is_4, unit, length, more, ident in fragments:
        raw = (part_4 if is_4 else part_6)((unit % 6 if unit < 8000 else unit) * 8, bytes(length), more, ident=ident)
        bench.decoder.decode(bench.packet, raw, 0, 0, len(raw), len(raw), 101)
        if bench.packet.is_fragment:
            bench.defragmenter.take(bench.packet, bench.whole)
        assert 0 <= bench.count("memuse") <= 3000


def engine_with(*rules: str) -> Engine:
    """An engine with rules, numbered from 1."""
    ruleset = RuleSet({}, {}, {}, {})
    ruleset.add("rules", "\n".join(f"{rule[:-1]} sid:{sid};)" for sid, rule in enumerate(rules, 1)))
    assert not ruleset.problems
    assert not ruleset.waiting
    ruleset.order()
    settings = Settings()
    settings.verify_checksums = False
    settings.wants_anomalies = True
    return Engine(ruleset, settings)


def frames(*packets: bytes) -> list[tuple[int, bytes]]:
    kind = {4: 0x0800, 6: 0x86DD}
    return [(number * 1000, ethernet(kind[packet[0] >> 4], packet)) for number, packet in enumerate(packets, 1)]


RULES = [
    # rule, and (packet number, where it comes from) of its alerts
    ("alert udp any any -> any any (ttl:64;)", [(1, "wire/pcap"), (2, "wire/pcap"), (2, "defrag")]),
    ("alert udp any any -> any 53 (ttl:64;)", [(2, "defrag")]),
    ("alert tcp any any -> any any (ttl:64;)", []),
    ("alert ip any any -> any any (fragbits:M;)", [(1, "wire/pcap")]),
    ("alert ip any any -> any any (fragoffset:3;)", [(2, "wire/pcap")]),
    ('alert ip any any -> any any (content:"OPQRST";)', [(2, "defrag")]),
    ('alert ip any any -> any any (content:"QRST";)', [(2, "defrag")]),
    ("alert ip any any -> any any (dsize:0;)", [(1, "wire/pcap"), (2, "wire/pcap")]),
    ("alert ip any any -> any any (flow:only_frag;)", [(2, "defrag")]),
    ("alert ip any any -> any any (flow:no_frag;)", [(1, "wire/pcap"), (2, "wire/pcap")]),
    ("alert ip any any -> any any (ip_proto:17;)", [(1, "wire/pcap"), (2, "wire/pcap"), (2, "defrag")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_what_rules_see(rule, expected):
    engine = engine_with(rule)
    events = engine.feed(batch_of(frames(part_4(0, UDP[:24]), part_4(24, UDP[24:], False))))
    alerts = [event for event in events if isinstance(event, Alert)]
    assert [(alert.number, alert.packet_source) for alert in alerts] == expected
    for alert in alerts:
        is_whole = alert.packet_source == "defrag"
        assert (alert.source_port, alert.destination_port) == ((50000, 53) if is_whole else (0, 0))
        assert (alert.flow is not None) == is_whole
        assert not is_whole or (len(alert.packet), alert.bytes_to_server) == (82, 82)


@pytest.mark.parametrize("keyword", ["flags:0", "seq:0", "ack:0", "window:0"])
def test_no_rule_on_tcp_fields_sees_a_fragment(keyword):
    engine = engine_with(f"alert tcp any any -> any any ({keyword};)")
    assert engine.feed(batch_of(frames(part_4(0, tcp()[:8], protocol=6), part_4(8, bytes(32), protocol=6)))) == []


def test_the_datagram_is_counted_on_its_flow_and_the_fragments_are_not():
    engine = engine_with()
    events = engine.feed(batch_of(frames(part_4(0, UDP[:24]), part_4(24, UDP[24:], False))))
    ended = [event for event in events + engine.close() if isinstance(event, FlowEnd)]
    assert [(event.flow.packets_to_server, event.flow.bytes_to_server) for event in ended if event.flow] == [(1, 82)]
    counters = engine.counters()
    assert (counters["decoder.pkts"], counters["decoder.ipv4"], counters["decoder.udp"]) == (2, 3, 1)
    assert (counters["defrag.ipv4.fragments"], counters["defrag.ipv4.reassembled"]) == (2, 1)


def test_overlap_is_an_anomaly_and_a_decode_event():
    engine = engine_with("alert pkthdr any any -> any any (decode-event:ipv6.frag_overlap;)")
    events = engine.feed(batch_of(frames(part_6(0, UDP[:24]), part_6(16, UDP[16:], False))))
    assert [(event.name, event.number) for event in events if isinstance(event, Anomaly)] == [("ipv6.frag_overlap", 2)]
    assert [event.number for event in events if isinstance(event, Alert)] == [2]


def nested(depth: int) -> list[bytes]:
    """Fragments of fragments of a UDP datagram, over IPv6: each level is cut in two."""
    parts = [(17, UDP)]
    for level in range(depth):
        parts = [
            (44, header_6(kind, begin, more, level * 16 + number) + body[begin:end])
            for number, (kind, body) in enumerate(parts)
            for begin, end, more in ((0, 8, True), (8, len(body), False))
        ]
    return [ipv6(kind, body) for kind, body in parts]


@pytest.mark.parametrize(("depth", "is_opened"), [(1, True), (3, True), (8, True), (9, False)])
def test_fragments_of_fragments(depth, is_opened):
    engine = engine_with('alert udp any any -> any 53 (content:"OPQRST";)')
    events = engine.feed(batch_of(frames(*nested(depth))))
    assert any(isinstance(event, Alert) for event in events) == is_opened
    anomalies = {event.name for event in events if isinstance(event, Anomaly)}
    assert anomalies == (set() if is_opened else {"ipv6.frag_ignored"})
    assert engine.counters()["decoder.pkts"] == 2**depth


def test_an_icmp_datagram_is_one_packet():
    body = icmp(8, 0, payload=bytes(100))
    engine = engine_with("alert icmp any any -> any any (itype:8; dsize:100;)")
    events = engine.feed(batch_of(frames(part_4(0, body[:64], protocol=1), part_4(64, body[64:], False, protocol=1))))
    assert [event.packet_source for event in events if isinstance(event, Alert)] == ["defrag"]


def test_addresses_of_the_datagram():
    bench = Bench()
    bench.feed(part_6(0, UDP[:24]), part_6(24, UDP[24:], False))
    assert (bench.whole.source(), bench.whole.destination()) == (SOURCE_6, DESTINATION_6)
