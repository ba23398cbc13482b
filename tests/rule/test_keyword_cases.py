"""Every keyword's own table of cases and errors, and that every keyword is documented."""

from __future__ import annotations

from datetime import UTC, datetime

import dpkt
import pytest

from vids.cli.keywords import documentation
from vids.engine.batch import batch_of
from vids.engine.detect.inspect import holds as inspection_holds
from vids.engine.engine import Engine
from vids.engine.event import Alert, TaggedPacket
from vids.engine.flow.application import Application
from vids.engine.flow.flow import Flow
from vids.engine.flow.session import TcpSession
from vids.engine.flow.stream import Stream
from vids.engine.packet.decode import Decoder
from vids.engine.proto.digest import DIGESTS, Digests
from vids.engine.proto.file import File
from vids.engine.proto.table import BY_NAME
from vids.engine.rule.cursor import Cursor
from vids.engine.rule.dataset import LENGTHS
from vids.engine.rule.draft import Draft
from vids.engine.rule.error import RuleError
from vids.engine.rule.filetest import FileTest
from vids.engine.rule.keyword import META, Buffer, Keyword, PacketCheck, PayloadCheck, TransactionCheck, Transform
from vids.engine.rule.language import REGISTRY, WAITING
from vids.engine.rule.reputation import Reputations
from vids.engine.rule.resource import Countries, Resources, Suffixes
from vids.engine.rule.rule import Rule
from vids.engine.rule.ruleset import RuleSet
from vids.engine.rule.view import View
from vids.engine.settings import Settings

CLIENT, SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
START_NS = 1_700_000_000_000_000_000
RAW_IP = 101  # link type
ON_TRANSACTIONS = {"app-layer-event", "config", "filestore", "uricontent"}  # their cases need a conversation
# a content each, in a buffer of a file or a transaction
ON_NAMES = {"filename", "fileext", "filemagic", "tls.subject", "tls.issuerdn", "tls.fingerprint"}
KEYWORDS = [keyword for name, keyword in REGISTRY.items() if keyword.name == name]
CASES = [(k, value, sees, holds) for k in KEYWORDS for value, sees, holds in k.cases]
ERRORS = [(k, value, message) for k in KEYWORDS for value, message in k.errors]


def view_of(sees: dict[str, object]) -> View:
    """Return a view with these fields: of the packet, `flow.x` of its flow, `tcp.x` of its connection, `client.x`."""
    view = View()
    packet = view.packet
    if "ip" in sees:
        Decoder(Settings()).decode(packet, sees["ip"], 0, 0, len(sees["ip"]), len(sees["ip"]), RAW_IP)
        return view
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


class Here(Countries):
    """10.0.0.1 is in the United States, and nothing else is anywhere."""

    def country(self, address: bytes) -> str:
        return "US" if address == CLIENT else ""


class Few(Suffixes):
    """The public suffix of British companies, and no other."""

    def suffix(self, name: str) -> str:
        return "co.uk" if f".{name}".endswith(".co.uk") else ""


def resources() -> Resources:
    """Return what rules may refer to: 10.0.0.1 is in each set and list."""
    made = Resources()
    made.countries, made.suffixes, made.reputations = Here(), Few(), Reputations()
    made.reputations.categories["CnC"] = 1
    made.reputations.add(CLIENT, 32, 1, 90)
    made.datasets.declare("listed", "ip")[0].add(CLIENT)
    made.datasets.declare("rated", "ip")[0].rate(CLIENT, 90)
    return made


def datagram(payload: bytes) -> bytes:
    udp = dpkt.udp.UDP(sport=1000, dport=53, data=payload, ulen=8 + len(payload))
    return bytes(dpkt.ip.IP(src=CLIENT, dst=SERVER, p=17, ttl=64, data=udp, len=28 + len(payload)))


def file_of(sees: dict[str, object]) -> File:
    """Return a file that has ended, or is on its way."""
    file = File(b"", False, 100)
    for field, value in sees.items():
        name = field.removeprefix("file.")
        if name in DIGESTS:
            file.digests = Digests(0)
            setattr(file.digests, name, bytes(LENGTHS[name]) if value == "listed" else b"other")
        else:
            assert hasattr(file, name), f"no field {field}"
            setattr(file, name, value)
    return file


def tells(keyword: type[Keyword], value: str, sees: dict[str, object]) -> bool:
    """Return whether the last packet makes a rule with the option alert, or is a tagged packet."""
    said = f"{keyword.name}{f':{value}' if value else ''};"
    around = f"{sees.get('before', '')} {said} {sees.get('behind', '')}"
    rules = f"{sees.get('action', 'alert')} udp any any -> any any ({around} sid:1;)"
    if "first" in sees:
        rules += f"\nalert udp any any -> any any ({sees['first']} noalert; sid:2;)"
    ruleset = RuleSet({}, {}, {}, {}, resources())
    ruleset.add("test.rules", rules)
    ruleset.order()
    assert not ruleset.problems, [str(problem) for problem in ruleset.problems]
    assert not ruleset.waiting
    packets = sees["packets"] if isinstance(sees["packets"], tuple) else (sees["packets"],)
    frames = [(START_NS + n * 1_000_000_000, datagram(payload)) for n, payload in enumerate(packets)]
    events = Engine(ruleset, Settings()).feed(batch_of(frames, RAW_IP))
    return any(isinstance(event, (Alert, TaggedPacket)) and event.number == len(frames) for event in events)


def transaction_holds(check: TransactionCheck, sees: dict[str, object]) -> bool:
    """Return whether a check holds of the last transaction of a conversation in which this was said."""
    conversation = BY_NAME[sees["speaks"]].converse(Settings())
    transactions = []
    for to_server, data in ((True, sees["request"]), (False, sees["response"])):
        if data:
            conversation.feed(data, to_server)
            transactions += conversation.transactions
    for to_server in (True, False):
        conversation.close(to_server, False)
    view = View()
    now = datetime.fromisoformat(sees.get("now", "2024-01-01T00:00:00")).replace(tzinfo=UTC)
    view.packet.timestamp_ns = int(now.timestamp()) * 1_000_000_000
    return check.match(transactions[-1], sees.get("to_server", True), view)


def checks_of(keyword: type[Keyword], value: str) -> Rule:
    rule = Rule()
    keyword.parse(value).place(Draft(rule))
    return rule


@pytest.mark.parametrize(("keyword", "value", "sees", "holds"), CASES, ids=[f"{c[0].name}:{c[1]}" for c in CASES])
def test_case(keyword: type[Keyword], value: str, sees: dict[str, object], holds: bool) -> None:
    if "packets" in sees:
        assert tells(keyword, value, sees) is holds
        return
    option = keyword.parse(value)
    if "speaks" in sees:
        assert isinstance(option, TransactionCheck)
        assert transaction_holds(option, sees) is holds
        return
    if isinstance(option, PayloadCheck):
        cursor = Cursor()
        cursor.load(sees["data"], 0, 1000)
        assert option.seek(cursor, sees.get("at", 0), -1) is holds
        return
    if isinstance(option, FileTest):
        rule = Rule()
        option.place(Draft(rule))
        for values in rule.datasets:
            values.add(bytes(LENGTHS[values.kind]))
        assert option.holds(file_of(sees)) is holds
        return
    if keyword.name in ON_NAMES:
        inspection = checks_of(keyword, value).inspections[0]
        cursor = Cursor()
        cursor.load(sees[inspection.buffer], 0, 1000)
        assert inspection_holds(inspection.checks, cursor) is holds
        return
    if isinstance(option, Transform):
        draft = Draft(Rule())
        draft.resources = resources()
        draft.open_buffer("dns.query")
        option.place(draft)
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


@pytest.mark.parametrize("keyword", KEYWORDS, ids=lambda k: k.name)
def test_has_cases(keyword: type[Keyword]) -> None:
    """What only names or describes a rule has none; of a transform they say what it makes of its buffer."""
    if keyword.group != META and keyword.name not in ON_TRANSACTIONS:
        wanted = {True} if issubclass(keyword, Transform) else {True, False}
        assert {holds for _, _, holds in keyword.cases} == wanted


def test_waiting_keywords_are_documented() -> None:
    for pending in WAITING.values():
        assert pending.meaning
        assert pending.source.startswith("Suricata user guide")
        assert pending.syntax.startswith(pending.name)


def test_a_keyword_works_or_waits() -> None:
    assert not set(REGISTRY) & set(WAITING)
