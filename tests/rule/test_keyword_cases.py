"""Every keyword's own table of cases and errors, and that every keyword is documented."""

from __future__ import annotations

import pytest

from vids.cli.keywords import documentation
from vids.engine.flow.application import Application
from vids.engine.flow.flow import Flow
from vids.engine.flow.session import TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.draft import Draft
from vids.engine.rule.error import RuleError
from vids.engine.rule.keyword import Buffer, Keyword, PacketCheck, PayloadCheck, Transform
from vids.engine.rule.language import REGISTRY, WAITING
from vids.engine.rule.rule import Rule
from vids.engine.rule.view import View

KEYWORDS = [keyword for name, keyword in REGISTRY.items() if keyword.name == name]
CASES = [(k, value, sees, holds) for k in KEYWORDS for value, sees, holds in k.cases]
ERRORS = [(k, value, message) for k in KEYWORDS for value, message in k.errors]


def view_of(sees: dict[str, object]) -> View:
    """Return a view with these fields: of the packet, `flow.x` of its flow, `tcp.x` of its connection, `client.x`."""
    view = View()
    packet = view.packet
    for field, value in sees.items():
        owner, _, name = field.rpartition(".")
        if owner and view.flow is None:
            view.flow = Flow(b"", b"", b"\x0a\0\0\1", b"\x0a\0\0\2")
        if owner in ("tcp", "client", "server") and view.flow.tcp is None:
            view.flow.tcp = TcpSession(Stream(0), Stream(0))
        if owner == "app" and view.flow.app is None:
            view.flow.app = Application()
        if field in ("to_server", "is_stream", "stream_events"):
            setattr(view, field, value)
        elif field == "gives":
            continue
        elif field == "payload_length":
            packet.payload_at, packet.payload_end = 0, value
        else:
            tcp = view.flow and view.flow.tcp
            streams = {"client": tcp and tcp.client, "server": tcp and tcp.server}
            app = view.flow and view.flow.app
            target = {"": packet, "flow": view.flow, "tcp": tcp, "app": app, **streams}[owner]
            assert hasattr(target, name), f"no field {field}"
            setattr(target, name, value)
    return view


def checks_of(keyword: type[Keyword], value: str) -> Rule:
    rule = Rule()
    keyword.parse(value).place(Draft(rule))
    return rule


@pytest.mark.parametrize(("keyword", "value", "sees", "holds"), CASES, ids=[f"{c[0].name}:{c[1]}" for c in CASES])
def test_case(keyword: type[Keyword], value: str, sees: dict[str, object], holds: bool) -> None:
    option = keyword.parse(value)
    if isinstance(option, PayloadCheck):
        cursor = Cursor()
        cursor.load(sees["data"], 0, 1000)
        assert option.seek(cursor, sees.get("at", 0), -1) is holds
        return
    if isinstance(option, Transform):
        assert (option.apply(sees["data"]) == sees["gives"]) is holds
        return
    if isinstance(option, Buffer):
        assert option.read(view_of(sees)) == (sees["gives"] if holds else None)
        return
    checks = checks_of(keyword, value).checks
    assert checks, "cases are for keywords that test something"
    assert all(isinstance(check, PacketCheck) and check.match(view_of(sees)) for check in checks) is holds


@pytest.mark.parametrize(("keyword", "value", "message"), ERRORS, ids=[f"{e[0].name}:{e[1]}" for e in ERRORS])
def test_error(keyword: type[Keyword], value: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        keyword.parse(value).place(Draft(Rule()))
    assert message in caught.value.message


@pytest.mark.parametrize("keyword", KEYWORDS, ids=lambda k: k.name)
def test_documented(keyword: type[Keyword]) -> None:
    assert documentation(keyword), "its class has no docstring"
    assert keyword.syntax.startswith(keyword.name)
    assert keyword.source
    assert keyword.group
    assert keyword.errors, "nothing says what a wrong value is answered with"


def test_waiting_keywords_are_documented() -> None:
    for pending in WAITING.values():
        assert pending.meaning
        assert pending.source.startswith("Suricata user guide")
        assert pending.syntax.startswith(pending.name)


def test_a_keyword_works_or_waits() -> None:
    assert not set(REGISTRY) & set(WAITING)
