"""What rules can ask about DNS and mDNS messages (Suricata user guide, rules, DNS keywords and mDNS keywords)."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from vids.engine.proto.dns.conversation import DnsTransaction
from vids.engine.proto.dns.message import Message, Resource
from vids.engine.proto.dns.names import RCODES, TYPES
from vids.engine.proto.field import BOTH, Case, Field, NumberField, Values
from vids.engine.proto.transaction import COMPLETE, TO_CLIENT, TO_SERVER, Transaction

GUIDE: Final = "Suricata user guide, dns-keywords, "

# Messages of the cases: a query with EDNS, an answer with a record in each section, an update, a malformed answer
WWW: Final = b"\3www\7example\3org\0"
QUERY: Final = b"\0\1\1\0\0\1\0\0\0\0\0\1" + WWW + b"\0\1\0\1" + b"\0\0\x29\4\xd0\0\0\0\0\0\0"
ANSWER: Final = (
    b"\0\1\x81\x83\0\1\0\2\0\1\0\2" + WWW + b"\0\1\0\1"
    b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\7\4host\xc0\x10"  # www.example.org CNAME host.example.org
    b"\4host\xc0\x10\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"  # host.example.org A 192.0.2.1
    b"\xc0\x10\0\2\0\1\0\0\0\x3c\0\5\2ns\xc0\x10"  # example.org NS ns.example.org
    b"\0\0\x29\4\xd0\0\0\0\0\0\0"  # EDNS
    b"\2ns\xc0\x10\0\x1c\0\1\0\0\0\x3c\0\x10" + bytes(16)  # ns.example.org AAAA ::
)
UPDATE: Final = b"\0\2\x28\0\0\1\0\1\0\1\0\0\3org\0\0\6\0\1\2an\0\0\1\0\1" + bytes(6) + b"\2up\0\0\1\0\1" + bytes(6)
CUT: Final = b"\0\1\x81\0\0\1\0\2\0\0\0\0" + WWW + b"\0\1\0\1\2an\0\0\5\0\1\0\0\0\0\0\3\2cn\2an\xff"

NOTHING: Final = Message()


def _message(tx: Transaction, to_server: bool) -> Message:
    """Return the message, if it is on this side; else an empty one."""
    assert isinstance(tx, DnsTransaction)
    return tx.message if tx.is_request == to_server else NOTHING


def _owners(resources: list[Resource]) -> list[bytes]:
    return [resource.name.value for resource in resources if resource.name.value]


def _queries(tx: Transaction, to_server: bool) -> list[bytes]:
    return [query.name.value for query in _message(tx, to_server).queries if query.name.value]


def _answers(tx: Transaction, to_server: bool) -> list[bytes]:
    return _owners(_message(tx, to_server).answers)


def _authorities(tx: Transaction, to_server: bool) -> list[bytes]:
    return _owners(_message(tx, to_server).authorities)


def _additionals(tx: Transaction, to_server: bool) -> list[bytes]:
    return _owners(_message(tx, to_server).additionals)


def _response(tx: Transaction, to_server: bool) -> list[bytes]:
    """Return all names of a response, those that data leads to among them."""
    message = _message(tx, to_server)
    if not message.is_response():
        return []
    names = [query.name.value for query in message.queries]
    for resource in (*message.answers, *message.authorities, *message.additionals):
        names += [resource.name.value, resource.target().value]
    return [name for name in names if name]


def _opcode(tx: Transaction, to_server: bool) -> list[int]:
    message = _message(tx, to_server)
    return [message.opcode()] if message.is_possible else []


def _rcode(tx: Transaction, to_server: bool) -> list[int]:
    message = _message(tx, to_server)
    return [message.rcode()] if message.is_possible else []


def _rrtypes(tx: Transaction, to_server: bool) -> list[int]:
    """Return the types asked for, or answered."""
    message = _message(tx, to_server)
    if message.is_response():
        return [answer.rrtype for answer in message.answers]
    return [query.rrtype for query in message.queries]


def _names(
    name: str, meaning: str, sides: i64, read: Values, cases: tuple[Case, ...], aliases: tuple[str, ...] = ()
) -> Field:
    """Return a buffer of names: there may be several."""
    guide = f"Suricata user guide, {name.partition('.')[0]}-keywords, {name}"
    return Field(name, meaning, sides, COMPLETE, read, guide, aliases=aliases, cases=cases, is_multi=True)


ALL: Final = "A name of a response: of its queries and records, and what CNAME, NS, PTR, MX and SOA lead to."
ALL_NAMES: Final = (
    b"www.example.org", b"www.example.org", b"host.example.org", b"host.example.org", b"example.org",
    b"ns.example.org", b"ns.example.org",
)  # fmt: skip

DNS_FIELDS: Final = (
    _names(
        "dns.query", "A name that a request asks for.", TO_SERVER, _queries,
        ((QUERY, b"", (b"www.example.org",)), (QUERY, ANSWER, ()), (QUERY[:40], b"", (b"www.example.org",))),
        aliases=("dns_query",),
    ),
    _names(
        "dns.queries.rrname", "A name that a request or response is about.", BOTH, _queries,
        ((QUERY, b"", (b"www.example.org",)), (QUERY, ANSWER, (b"www.example.org",)), (QUERY[:11], b"", ())),
        aliases=("dns.query.name",),
    ),
    _names(
        "dns.answers.rrname", "The name of an answer.", BOTH, _answers,
        (
            (QUERY, ANSWER, (b"www.example.org", b"host.example.org")), (QUERY, b"", ()),
            (UPDATE, b"", (b"an",)), (b"", CUT, (b"an",)),
        ),
        aliases=("dns.answer.name",),
    ),
    _names(
        "dns.authorities.rrname", "The name of a record of an authority.", BOTH, _authorities,
        ((QUERY, ANSWER, (b"example.org",)), (QUERY, b"", ()), (UPDATE, b"", (b"up",))),
    ),
    _names(
        "dns.additionals.rrname", "The name of an additional record.", BOTH, _additionals,
        ((QUERY, ANSWER, (b"ns.example.org",)), (QUERY, b"", ())),
    ),
    _names(
        "dns.response.rrname", ALL, TO_CLIENT, _response,
        ((b"", CUT, (b"www.example.org", b"an", b"cn")), (QUERY, b"", ()), (QUERY, ANSWER, ALL_NAMES)),
    ),
)  # fmt: skip

DNS_NUMBERS: Final = (
    NumberField(
        "dns.opcode", "What a message is for: 0 is a query, 4 a notification, 5 an update.", BOTH, COMPLETE, _opcode,
        GUIDE + "dns.opcode", 255,
        cases=((QUERY, b"", (0,)), (UPDATE, b"", (5,)), (QUERY[:11], b"", ())),
    ),
    NumberField(
        "dns.rcode", "What came of a query: 0 is no error.", BOTH, COMPLETE, _rcode, GUIDE + "dns.rcode", 65535,
        names={name.lower(): code for code, name in RCODES.items()},
        cases=((QUERY, ANSWER, (3,)), (QUERY, b"", (0,)), (QUERY[:11], b"", ())),
    ),
    NumberField(
        "dns.rrtype", "The type of a query in a request, of an answer in a response.", BOTH, COMPLETE, _rrtypes,
        GUIDE + "dns.rrtype", 65535,
        names={name.lower(): rrtype for rrtype, name in TYPES.items()}, is_multi=True,
        cases=((QUERY, b"", (1,)), (QUERY, ANSWER, (5, 1)), (UPDATE, b"", (6,)), (QUERY[:11], b"", ())),
    ),
)  # fmt: skip

MDNS_FIELDS: Final = (  # whoever hears a multicast message is the server
    _names(
        "mdns.queries.rrname", "A name that is asked for.", TO_SERVER, _queries,
        ((QUERY, b"", (b"www.example.org",)), (QUERY[:11], b"", ())),
    ),
    _names(
        "mdns.answers.rrname", "The name of an answer.", TO_SERVER, _answers,
        ((b"", ANSWER, (b"www.example.org", b"host.example.org")), (QUERY, b"", ())),
    ),
    _names(
        "mdns.authorities.rrname", "The name of a record of an authority.", TO_SERVER, _authorities,
        ((b"", ANSWER, (b"example.org",)), (QUERY, b"", ())),
    ),
    _names(
        "mdns.additionals.rrname", "The name of an additional record.", TO_SERVER, _additionals,
        ((b"", ANSWER, (b"ns.example.org",)), (QUERY, b"", ())),
    ),
    _names(
        "mdns.response.rrname", ALL, TO_SERVER, _response,
        ((b"", CUT, (b"www.example.org", b"an", b"cn")), (QUERY, b"", ()), (b"", ANSWER, ALL_NAMES)),
    ),
)  # fmt: skip
