"""Rules for SMB look at the bytes of its connections, and at no others."""

import pytest
from test_stream_detection import CLIENT, SERVER, Talk, engine_of

from vids.engine.batch import batch_of
from vids.engine.event import Alert, FlowEnd

ONE = b"\0\0\0\x23\xffSMBr\0\0\0\0\x18\1\x28"
TWO = b"\0\0\0\x40\xfeSMB@\0\0\0"


def events_of(rule, *said):
    engine = engine_of(rule)
    return engine.feed(batch_of(Talk(*said).frames)) + engine.close()


@pytest.mark.parametrize("cut", range(1, len(ONE)))
def test_rules_for_smb_look_at_its_bytes(cut):
    rule = 'alert smb any any -> any any (msg:"x"; flow:to_server; content:"|18 01 28|evil"; sid:1;)'
    said = ONE + b"evil"
    events = events_of(rule, (CLIENT, said[:cut]), (CLIENT, said[cut:]), (SERVER, TWO))
    assert [event.rule.sid for event in events if isinstance(event, Alert)] == [1]
    assert [event.flow.app.name for event in events if isinstance(event, FlowEnd)] == ["smb"]


def test_rules_for_smb_look_at_nothing_else():
    events = events_of(
        'alert smb any any -> any any (msg:"x"; content:"SMB"; sid:1;)', (CLIENT, b"GET / HTTP/1.1\r\nA: SMB\r\n\r\n")
    )
    assert not [event for event in events if isinstance(event, Alert)]
