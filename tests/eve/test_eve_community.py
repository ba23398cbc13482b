"""Community ID against published values, and against the specification read word by word."""

import base64
import hashlib
import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.flow.flow import Flow
from vids.eve.community import community_id

REQUEST_OF = {
    "v4": {0: 8, 14: 13, 16: 15, 18: 17, 9: 10},
    "v6": {129: 128, 134: 133, 136: 135, 131: 130, 140: 139, 145: 144},
}


def naive(protocol, source, destination, one, two, seed):
    """The specification in its own order: endpoints, one-way ICMP, order, then the bytes."""
    has_ports = protocol in (6, 17, 132, 1, 58)
    if protocol in (1, 58):
        requests = REQUEST_OF["v4" if protocol == 1 else "v6"]
        answers = {request: answer for answer, request in requests.items()}
        if one in answers or one in requests:
            two = answers.get(one, requests.get(one))
            swap = (source, one) > (destination, two)
        else:
            swap = False
    else:
        swap = (source, one if has_ports else 0) > (destination, two if has_ports else 0)
    if swap:
        source, destination, one, two = destination, source, two, one
    text = struct.pack("!H", seed) + source + destination + struct.pack("!BB", protocol, 0)
    if has_ports:
        text += struct.pack("!HH", one, two)
    return "1:" + base64.b64encode(hashlib.sha1(text).digest()).decode()


def flow_of(protocol, source, destination, one, two):
    flow = Flow(b"", b"", source, destination)
    flow.protocol = protocol
    if protocol in (1, 58):
        flow.icmp_type, flow.icmp_code = one, two
    else:
        flow.source_port, flow.destination_port = one, two
    return flow


def packed(text):
    return ipaddress.ip_address(text).packed


KNOWN = [
    # protocol, source, destination, ports or ICMP type and code, seed, id
    (6, "128.232.110.120", "66.35.250.204", 34855, 80, 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
    (6, "66.35.250.204", "128.232.110.120", 80, 34855, 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
    (6, "128.232.110.120", "66.35.250.204", 34855, 80, 1, "1:3V71V58M3Ksw/yuFALMcW0LAHvc="),
    (17, "192.168.1.52", "8.8.8.8", 54585, 53, 0, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
    (132, "192.168.170.8", "192.168.170.56", 7, 7, 0, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="),
    (1, "192.168.0.89", "192.168.0.1", 8, 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
    (1, "192.168.0.1", "192.168.0.89", 0, 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
    (58, "fe80::dead", "fe80::beef", 135, 0, 0, "1:2kPiUpR8ISv+9xyPNPv3A2aGvJY="),
    (6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, 0,
     "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "source", "destination", "one", "two", "seed", "wanted"), KNOWN)
def test_known_values(protocol, source, destination, one, two, seed, wanted):
    assert community_id(flow_of(protocol, packed(source), packed(destination), one, two), seed) == wanted
    assert naive(protocol, packed(source), packed(destination), one, two, seed) == wanted


address_pairs = st.sampled_from((4, 16)).flatmap(
    lambda n: st.tuples(st.binary(min_size=n, max_size=n), st.binary(min_size=n, max_size=n))
)


@given(
    st.sampled_from((1, 2, 6, 17, 47, 58, 132)),
    address_pairs,
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 65535),
)
def test_as_the_specification_reads(protocol, addresses, one, two, seed):
    assert community_id(flow_of(protocol, *addresses, one, two), seed) == naive(protocol, *addresses, one, two, seed)


@given(st.sampled_from((6, 17, 132, 47)), address_pairs, st.integers(0, 65535), st.integers(0, 65535))
def test_both_directions_share_it(protocol, addresses, one, two):
    there = flow_of(protocol, *addresses, one, two)
    back = flow_of(protocol, *addresses[::-1], two, one)
    assert community_id(there, 0) == community_id(back, 0)
