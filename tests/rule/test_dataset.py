"""Data sets against a dict; reputations against a look at every network; parts of names."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.rule.dataset import ADDED, ENTRY, FULL, THERE, DataSet, DataSets
from vids.engine.rule.error import RuleError
from vids.engine.rule.reputation import Reputations
from vids.engine.rule.resource import Suffixes
from vids.engine.rule.suffix import domain, tld

STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove", "ask"]), st.binary(max_size=2)), max_size=50)


@given(STEPS)
def test_a_set_is_a_set_of_bounded_size(steps):
    values, model = DataSet("x", "string"), {}
    values.memcap = 5 * (ENTRY + 2)
    refused = 0
    for operation, data in steps:
        if operation == "add":
            wanted = THERE if data in model else ADDED
            if wanted == ADDED and sum(map(len, model)) + len(data) + ENTRY * (len(model) + 1) > values.memcap:
                wanted = FULL
                refused += 1
            assert values.add(data) == wanted
            if wanted == ADDED:
                model[data] = True
        elif operation == "remove":
            assert values.remove(data) == (model.pop(data, None) is not None)
        else:
            assert values.has(data) == (data in model)
        assert values.memuse == sum(map(len, model)) + ENTRY * len(model)
    assert values.values() == list(model)
    assert values.refused == refused


KINDS = [
    # kind      value                    held
    ("md5",     bytes(16),               True),
    ("md5",     bytes(15),               False),
    ("sha256",  bytes(32),               True),
    ("sha256",  bytes(31),               False),
    ("ipv4",    bytes(4),                True),
    ("ipv4",    bytes(16),               False),
    ("ip",      bytes(4),                True),
    ("ip",      bytes(16),               True),
    ("ip",      bytes(5),                False),
    ("string",  b"",                     True),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "held"), KINDS)
def test_a_set_takes_values_of_its_kind(kind, value, held):
    values = DataSet("x", kind)
    assert (values.add(value) == ADDED) is held
    assert values.has(value) is held
    assert values.rate(value, 7) is held
    assert values.reputation(value) == (7 if held else -1)


def test_an_ipv4_address_is_one_of_ipv6():
    values = DataSet("x", "ip")
    values.add(bytes([10, 0, 0, 1]))
    assert values.has(ip_address("::ffff:10.0.0.1").packed)


def test_sets_have_one_kind_each():
    sets = DataSets()
    with pytest.raises(RuleError, match="no set is called 'a' yet"):
        sets.declare("a", "")
    first, is_new = sets.declare("a", "ip")
    assert is_new
    assert sets.declare("a", "") == sets.declare("a", "ip") == (first, False)
    with pytest.raises(RuleError, match="holds ip, not md5"):
        sets.declare("a", "md5")


NETWORKS = st.tuples(st.integers(0, 0xFF).map(lambda n: 0x0A000000 + n), st.integers(22, 32), st.integers(1, 2))


@given(st.lists(NETWORKS, max_size=12), st.integers(0, 0xFF))
def test_the_longest_network_with_the_category_counts(networks, host):
    found, model = Reputations(), {}
    for score, (number, prefix, category) in enumerate(networks):
        network = ip_network((number, prefix), strict=False)
        found.add(ip_address(number).packed, prefix, category, score)
        model[(network, category)] = score
    address = ip_address(0x0A000000 + host)
    for category in (1, 2):
        fitting = [(n.prefixlen, score) for (n, c), score in model.items() if c == category and address in n]
        assert found.score(address.packed, category) == (max(fitting)[1] if fitting else -1)
    assert found.score(bytes(16), 1) == -1


class FewSuffixes(Suffixes):
    def suffix(self, name):
        return next((each for each in ("co.uk", "uk", "io") if name == each or name.endswith("." + each)), "")


NAMES = [
    # name                 domain             tld
    (b"www.bbc.co.uk",     b"bbc.co.uk",      b"co.uk"),
    (b"WWW.Suricata.IO.",  b"Suricata.IO",    b"io"),
    (b"bbc.co.uk",         b"bbc.co.uk",      b"co.uk"),
    (b"co.uk",             b"co.uk",          b"co.uk"),
    (b"localhost",         b"localhost",      b"localhost"),
    (b"",                  b"",               b""),
    (b"...",               b"...",            b"..."),
    (b"a\xff.io",          b"a\xff.io",       b"a\xff.io"),
    (b"a" * 300 + b".io",  b"a" * 300 + b".io", b"a" * 300 + b".io"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wanted", "suffix"), NAMES)
def test_parts_of_names(name, wanted, suffix):
    assert domain(name, FewSuffixes()) == wanted
    assert tld(name, FewSuffixes()) == suffix
