"""Base64 of traffic: as the standard library where that takes it, and as far as it goes elsewhere."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vids.engine.rule.base64 import decode_rfc2045, decode_rfc4648, decode_strict

CASES = [
    # data             rfc4648      rfc2045      strict
    (b"",              b"",         b"",         b""),
    (b"YWJj",          b"abc",      b"abc",      b"abc"),
    (b"YWI=",          b"ab",       b"ab",       b"ab"),
    (b"YWI",           b"ab",       b"",         b""),
    (b"YW",            b"a",        b"",         b""),
    (b"Y",             b"",         b"",         b""),
    (b"YWJjY",         b"abc",      b"abc",      b""),
    (b"YWJj!YWJj",     b"abc",      b"abcabc",   b""),
    (b"YW Jj",         b"a",        b"abc",      b""),
    (b"!YWJj",         b"",         b"abc",      b""),
    (b"YW=J",          b"a",        b"a",        b""),
    (b"YQ==YWJj",      b"aabc",     b"aabc",     b""),
    (b"====",          b"",         b"",         b""),
    (b"YWJj====",      b"abc",      b"abc",      b""),
    (b"YWJjYQ==\r\n",  b"abca",     b"abca",     b""),
]  # fmt: skip


@pytest.mark.parametrize(("data", "one", "two", "strict"), CASES)
def test_decode(data, one, two, strict):
    assert (decode_rfc4648(data), decode_rfc2045(data), decode_strict(data)) == (one, two, strict)


@given(st.binary(max_size=200))
def test_what_was_encoded_comes_back(data):
    text = b64encode(data)
    assert decode_rfc4648(text) == decode_rfc2045(text) == decode_strict(text) == data
    assert decode_rfc4648(text.rstrip(b"=")) == data
    assert decode_rfc2045(b"\r\n ".join([text[:3], text[3:7], text[7:]])) == data


@given(st.binary(max_size=100) | st.text("YWJj=+/ \n", max_size=40).map(str.encode))
def test_nothing_raises_and_nothing_grows(data):
    for decode in (decode_rfc4648, decode_rfc2045, decode_strict):
        assert len(decode(data)) <= (len(data) * 3 + 3) // 4
