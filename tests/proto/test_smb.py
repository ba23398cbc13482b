"""SMB: what is taken for it, on any port."""

import pytest

from vids.engine.proto.protocol import MAYBE, NO, YES
from vids.engine.proto.smb import Smb

ONE = b"\0\0\0\x23\xffSMBr\0\0\0\0\x18\1\x28"
TWO = b"\0\0\0\x40\xfeSMB@\0\0\0"
ASK = b"\x81\0\0\x04name"
GRANT = b"\x82\0\0\0"
CASES = [
    # name                 said                        answer
    ("version 1",          ONE,                        YES),
    ("version 2",          TWO,                        YES),
    ("encrypted",          b"\0\0\0\x40\xfdSMB",       YES),
    ("nothing",            b"",                        MAYBE),
    ("a part",             ONE[:3],                    MAYBE),
    ("a part of the name", ONE[:6],                    MAYBE),
    ("another name",       b"\0\0\0\x23\xffSME",       NO),
    ("a part of another",  b"\0\0\0\x23\xfc",          NO),
    ("no message",         b"\1" + ONE[1:],            NO),
    ("behind a request",   ASK + ONE,                  YES),
    ("behind an answer",   GRANT + TWO,                YES),
    ("a request alone",    ASK,                        MAYBE),
    ("a part of it",       ASK[:6],                    MAYBE),
    ("and something else", ASK + b"GET / ",            NO),
    ("keep alive, often",  b"\x85\0\0\0" * 200 + ONE,  YES),
    ("text",               b"GET / HTTP/1.1\r\n",      NO),
]  # fmt: skip


@pytest.mark.parametrize(("said", "answer"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_probe(said, answer):
    assert Smb().probe(said, True, 4000, 445) == answer
