"""Address and port expressions, against the reference engine's answers and an obvious model."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.rule.address import ANY_ADDRESS, AddressParser
from vids.engine.rule.error import RuleError
from vids.engine.rule.interval import combine, merge, subtract
from vids.engine.rule.port import ANY_PORT, PortParser

VARIABLES = {
    "HOME": "[192.168.0.0/16,10.0.0.0/8]",
    "EXTERNAL": "!$HOME",
    "LOOP": "[$LOOP]",
    "WEB": "[80,8080]",
    "NOT_WEB": "!$WEB",
    "T0": "10.0.0.1",
    **{f"T{n}": f"[$T{n - 1},$T{n - 1},$T{n - 1},$T{n - 1}]" for n in range(1, 20)},
}
SEEN = ("10.1.2.3", "10.9.9.9", "11.0.0.1", "fe80::1")  # what the reference engine was shown

ADDRESSES = [
    # expression                              which of SEEN are in it, by the reference engine
    ("any",                                   [0, 1, 2, 3]),
    ("!10.0.0.0/8",                           [2]),
    ("![10.0.0.0/8]",                         [2]),
    ("[!10.0.0.0/8]",                         [2]),
    ("[10.0.0.0/8,!10.1.0.0/16]",             [1]),
    ("[10.0.0.0/8,[!10.1.0.0/16]]",           [1]),
    ("!fe80::/10",                            []),
    ("[any,!10.1.0.0/16]",                    [1, 2, 3]),
    ("$HOME",                                 [0, 1]),
    ("$EXTERNAL",                             [2]),
    ("!$EXTERNAL",                            [0, 1]),
    ("10.0.0.0-10.2.0.0",                     [0]),
    ("10.1.2.3/8",                            [0, 1]),
    ("10.1.2.3/255.0.0.0",                    [0, 1]),
    ("[[10.1.2.3],[11.0.0.1]]",               [0, 2]),
    ("[!10.1.2.3,!11.0.0.1]",                 [1]),
    ("[10.0.0.0/8,!$EXTERNAL]",               [0, 1]),
    ("10.1.2.3,11.0.0.1",                     [0, 2]),
    ("[10.1.2.3,]",                           [0]),
    ("[10.1.2.3 , 11.0.0.1]",                 [0, 2]),
    ("fe80::1-fe80::5",                       [3]),
    ("[0.0.0.0/0,::/0]",                      [0, 1, 2, 3]),
    ("0.0.0.0/0",                             [0, 1, 2]),
    ("::/0",                                  [3]),
    ("![!10.0.0.0/8]",                        [0, 1]),
    ("[10.0.0.0/8,!10.1.2.3,10.1.2.3]",       [1]),
]  # fmt: skip

ADDRESS_ERRORS = [
    ("!any",                        "leaves no address"),
    ("[!any]",                      "leaves no address"),
    ("!0.0.0.0/0",                  "leaves no address"),
    ("[$HOME,$EXTERNAL]",           "leaves no address"),
    ("[10.0.0.0/8,!10.0.0.0/8]",    "leaves no address"),
    ("$NOPE",                       "set vars.address-groups.NOPE"),
    ("$LOOP",                       "names itself"),
    ("$T14",                        "more than 65536"),
    ("10.2.0.0-10.0.0.0",           "swap its ends"),
    ("10.1.2.3/33",                 "0 to 32"),
    ("::1/129",                     "0 to 128"),
    ("10.1.2.3/255.0.255.0",        "holes"),
    ("10.1.2",                      "not an IPv4 address"),
    ("::zz",                        "not an IPv6 address"),
    ("x",                           "not an IPv4 address"),
    ("!!10.1.2.3",                  "negates twice"),
    ("[10.1.2.3",                   "lacks a closing bracket"),
    ("10.1.2.3]",                   "without an opening one"),
    ("[10.1.2.3]x",                 "behind its closing bracket"),
    ("[]",                          "names nothing"),
    ("",                            "names nothing"),
    ("[" * 100 + "]" * 100,         "nested deeper"),
]  # fmt: skip

PORTS = [
    # expression             in                  not in
    ("any",                  [0, 80, 65535],     []),
    ("80",                   [80],               [79, 81]),
    ("!80",                  [0, 79, 81],        [80]),
    ("[80,443]",             [80, 443],          [81, 442]),
    ("[80, 443]",            [80, 443],          [81]),
    ("![80,443]",            [81, 65535],        [80, 443]),
    ("[80:90,!85]",          [80, 84, 86, 90],   [79, 85, 91]),
    ("1024:",                [1024, 65535],      [1023]),
    (":1024",                [0, 1024],          [1025]),
    ("80:90",                [80, 90],           [79, 91]),
    (":",                    [0, 65535],         []),
    ("[1:100,[!80]]",        [1, 100],           [0, 80]),
    ("[any,!80]",            [79],               [80]),
    ("$WEB",                 [80, 8080],         [81]),
    ("$NOT_WEB",             [81],               [80, 8080]),
    ("!$NOT_WEB",            [80, 8080],         [81]),
    ("!1:65535",             [0],                [1]),
]  # fmt: skip

PORT_ERRORS = [
    ("!any",             "leaves no port"),
    ("[80,!80]",         "leaves no port"),
    ("![1:100,!80]",     "leaves no port"),
    ("90:80",            "swap its ends"),
    ("65536",            "not a port"),
    ("-1",               "not a port"),
    ("x",                "not a port"),
    ("80:90:100",        "not a port"),
    ("$NOPE",            "set vars.port-groups.NOPE"),
    ("²",                "not a port"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "seen"), ADDRESSES)
def test_address(text: str, seen: list[int]) -> None:
    found = AddressParser(VARIABLES).parse(text)
    packed = [ipaddress.ip_address(address).packed for address in SEEN]
    assert [i for i, address in enumerate(packed) if found.contains(address)] == seen


@pytest.mark.parametrize(("text", "message"), ADDRESS_ERRORS)
def test_address_error(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        AddressParser(VARIABLES).parse(text)
    assert message in caught.value.message


@pytest.mark.parametrize(("text", "inside", "outside"), PORTS)
def test_port(text: str, inside: list[int], outside: list[int]) -> None:
    found = PortParser(VARIABLES).parse(text)
    assert [port for port in inside + outside if found.contains(port)] == inside


@pytest.mark.parametrize(("text", "message"), PORT_ERRORS)
def test_port_error(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        PortParser(VARIABLES).parse(text)
    assert message in caught.value.message


def test_same_text_same_set() -> None:
    addresses, ports = AddressParser(VARIABLES), PortParser(VARIABLES)
    assert addresses.parse("$HOME") is addresses.parse("$HOME")
    assert addresses.parse("[0.0.0.0/0,::/0]") is ANY_ADDRESS
    assert ports.parse("0:65535") is ANY_PORT


def test_only_any_holds_packets_without_an_address() -> None:
    assert ANY_ADDRESS.contains(b"")
    assert not AddressParser({}).parse("!10.0.0.0/8").contains(b"")


small = st.integers(0, 40)
intervals = st.lists(st.tuples(small, small).map(lambda pair: (min(pair), max(pair))), max_size=6)


def numbers(found: list[tuple[int, int]]) -> set[int]:
    return {n for low, high in found for n in range(low, high + 1)}


@given(intervals, intervals)
def test_intervals_are_sets(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    assert numbers(merge(a)) == numbers(a)
    assert merge(merge(a)) == merge(a)
    assert all(left[1] + 1 < right[0] for left, right in zip(merge(a), merge(a)[1:], strict=False))
    assert numbers(subtract(merge(a), merge(b))) == numbers(a) - numbers(b)
    everything = set(range(41)) if not a and b else numbers(a)
    assert numbers(combine(a, b, 40)) == everything - numbers(b)


def negate(text: str) -> str:
    return text[1:] if text.startswith("!") else "!" + text


def bracket(items: list[str]) -> str:
    return "[" + ",".join(items) + "]"


ports = st.integers(0, 65535)
leaf = st.one_of(ports.map(str), st.tuples(ports, ports).map(lambda pair: f"{min(pair)}:{max(pair)}"), st.just("any"))
expression = st.recursive(
    leaf, lambda inner: st.one_of(inner.map(negate), st.lists(inner, min_size=1, max_size=4).map(bracket)), max_leaves=8
)


def wanted_and_refused(text: str, is_negated: bool = False) -> tuple[set[int], set[int]]:
    """Read an expression the slow way, with sets."""
    if text.startswith("!"):
        return wanted_and_refused(text[1:], not is_negated)
    wanted: set[int] = set()
    refused: set[int] = set()
    if text.startswith("["):
        depth, begin = 0, 1
        for at, char in enumerate(text):
            depth += {"[": 1, "]": -1}.get(char, 0)
            if (char == "," and depth == 1) or depth == 0:
                more, less = wanted_and_refused(text[begin:at], is_negated)
                wanted |= more
                refused |= less
                begin = at + 1
        return wanted, refused
    low, _, high = text.partition(":")
    these = set(range(65536)) if text == "any" else set(range(int(low), int(high or low) + 1))
    return (set(), these) if is_negated else (these, set())


@given(expression, st.lists(ports, max_size=8))
def test_ports_against_sets(text: str, asked: list[int]) -> None:
    wanted, refused = wanted_and_refused(text)
    model = (wanted or set(range(65536))) - refused
    try:
        found = PortParser({}).parse(text)
    except RuleError as error:
        assert not model, error
        return
    assert numbers(found.ranges()) == model
    assert [found.contains(port) for port in asked] == [port in model for port in asked]


@given(st.lists(st.ip_addresses(v=4), min_size=1, max_size=4), st.integers(0, 32), st.ip_addresses(v=4))
def test_networks_against_ipaddress(
    networks: list[ipaddress.IPv4Address], length: int, asked: ipaddress.IPv4Address
) -> None:
    found = AddressParser({}).parse("[" + ",".join(f"{network}/{length}" for network in networks) + "]")
    model = [ipaddress.ip_network((network, length), strict=False) for network in networks]
    for address in (asked, *networks):
        assert found.contains(address.packed) == any(address in network for network in model)


@given(st.text(alphabet="[]!,$:-./0123456789anyHOME ", max_size=40))
def test_nothing_but_rule_errors(text: str) -> None:
    for parser in (AddressParser(VARIABLES), PortParser(VARIABLES)):
        try:
            parser.parse(text)
        except RuleError as error:
            assert error.message
