"""What is remembered of hosts: bits with a time to live and tags, each against an obvious model."""

from hypothesis import given
from hypothesis import strategies as st

from vids.engine.flow.bits import HostBits, pair
from vids.engine.flow.flow import Flow
from vids.engine.flow.host import Hosts
from vids.engine.flow.tag import BYTES, MAX_TAGS, PACKETS, SECOND_NS, SECONDS, Tags
from vids.engine.packet.packet import Packet

OWNERS = [b"\x0a\0\0\1", b"\x0a\0\0\2", bytes(16)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "unset", "toggle", "ask"]),
        st.integers(0, 2),
        st.sampled_from(OWNERS),
        st.integers(0, 5),  # time passes
        st.integers(0, 10),  # how long a bit lasts
    ),
    max_size=60,
)


@given(STEPS)
def test_bits_are_a_dict_of_ends(steps):
    bits, model, now = HostBits(), {}, 100
    for operation, number, owner, passes, lasts in steps:
        now += passes
        key = (number, owner)
        is_set = model.get(key, -1) >= now
        if operation == "set":
            bits.set(number, owner, now + lasts)
            model[key] = now + lasts
        elif operation == "unset":
            bits.unset(number, owner)
            model.pop(key, None)
        elif operation == "toggle":
            bits.toggle(number, owner, now, now + lasts)
            model[key] = -1 if is_set else now + lasts
        else:
            assert bits.is_set(number, owner, now) == is_set
    for n in range(3):
        for owner in OWNERS:
            assert bits.is_set(n, owner, now) == (model.get((n, owner), -1) >= now)


@given(st.lists(st.integers(0, 9), max_size=40))
def test_the_bits_set_longest_ago_give_way(numbers):
    bits, model = HostBits(4), []
    n_lost = 0
    for number in numbers:
        bits.set(number, b"", 1)
        if number in model:
            model.remove(number)
        model.append(number)
        if len(model) > 4:
            model.pop(0)
            n_lost += 1
    assert len(bits) == len(model)
    assert bits.evicted == n_lost
    assert all(bits.is_set(number, b"", 0) == (number in model) for number in range(10))


def test_a_pair_has_no_direction_and_is_no_other_pair():
    assert pair(b"\x0a\0\0\1", b"\x0a\0\0\2") == pair(b"\x0a\0\0\2", b"\x0a\0\0\1")
    assert pair(b"\x0a\0\0\1", b"\x0a\0\0\2") != pair(bytes(16), bytes(16))


def packet(at_s=0.0, length=60):
    found = Packet()
    found.timestamp_ns = int(at_s * SECOND_NS)
    found.frame_end = length
    return found


TAGS = [
    # counts    most  packets: (time s, frame bytes)                       records
    (PACKETS,   3,    [(0, 60), (1, 60), (2, 60), (3, 60), (4, 60)],       ".PP.."),
    (PACKETS,   1,    [(0, 60), (1, 60)],                                  ".."),
    (BYTES,     100,  [(0, 40), (0, 40), (0, 40), (0, 10)],                ".P.."),
    (SECONDS,   1,    [(0.5, 60), (0.9, 60), (1.9, 60), (2.0, 60)],        ".PP."),
]  # fmt: skip


def test_a_tag_reaches_as_far_as_it_says():
    for metric, most, packets, wanted in TAGS:
        tags = Tags()
        assert tags.add(1, metric, most, packet(packets[0][0]).timestamp_ns)
        assert "".join("P" if tags.take(packet(*each)) else "." for each in packets) == wanted
        assert len(tags) == 0


def test_the_same_rule_begins_its_tag_anew():
    tags = Tags()
    tags.add(1, PACKETS, 3, 0)
    assert not tags.take(packet())
    assert tags.take(packet())
    tags.add(1, PACKETS, 3, 0)
    assert [tags.take(packet()) for _ in range(4)] == [True, True, True, False]


def test_tags_are_bounded_and_counted():
    hosts = Hosts()
    flow = Flow(b"", b"", OWNERS[0], OWNERS[1])
    for rule in range(MAX_TAGS + 5):
        hosts.tag_flow(flow, rule, PACKETS, 2, 0)
    assert len(flow.tags) == MAX_TAGS
    assert hosts.counters()["detect.tags_refused"] == 5
    assert not hosts.is_tagged(packet(), flow)  # the packet that caused them
    assert hosts.is_tagged(packet(), flow)
    assert not hosts.is_tagged(packet(), flow)
    assert flow.tags is None


def from_to(source, destination):
    found = packet()
    found.ip_version, found.address_at, found.data = 4, 0, source + destination
    return found


def test_a_tagged_host_is_followed_both_ways():
    hosts = Hosts()
    one, other, third = OWNERS[0], OWNERS[1], b"\x0a\0\0\3"
    hosts.tag_host(one, 1, PACKETS, 4, 0)
    row = [(one, other), (third, one), (other, third), (one, third), (other, one), (other, one)]
    assert [hosts.is_tagged(from_to(*each), None) for each in row] == [False, True, False, True, True, False]
    assert not hosts.is_tagged(from_to(one, other), None)
