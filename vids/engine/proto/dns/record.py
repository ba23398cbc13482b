"""The EVE objects of DNS messages (version 3) and of mDNS messages."""

from __future__ import annotations

from typing import Final

from vids.engine.proto.dns import names
from vids.engine.proto.dns.message import Fingerprint, Message, Options, Resource, Service, Soa, Texts
from vids.engine.proto.dns.names import RCODES, TYPES, name_of
from vids.engine.proto.dns.reader import Name
from vids.engine.proto.text import text

FLAGS: Final = ((0x0400, "aa"), (0x0200, "tc"), (0x0100, "rd"), (0x0080, "ra"), (0x0040, "z"))
MDNS_FLAGS: Final = (*FLAGS, (0x0020, "ad"), (0x0010, "cd"))
KEYS: Final[dict[int, str]] = {  # of the data in an entry of dns; that of other types is not told
    names.A: "rdata", names.AAAA: "rdata", names.CNAME: "rdata", names.MX: "rdata", names.NS: "rdata",
    names.NULL: "rdata", names.PTR: "rdata", names.TXT: "rdata",
    names.SOA: "soa", names.SRV: "srv", names.SSHFP: "sshfp", names.OPT: "opt",
}  # fmt: skip
SOA_NUMBERS: Final = ("serial", "refresh", "retry", "expire", "minimum")

Json = dict[str, object]

QUERY: Final[Json] = {"rrname": str, "rrtype": str, "rrname_truncated?": bool}  # shapes of what follows
SOA: Final[Json] = {
    "mname": str, "mname_truncated?": bool, "rname": str, "rname_truncated?": bool,
    **dict.fromkeys(SOA_NUMBERS, int),
}  # fmt: skip
SRV: Final[Json] = {"priority": int, "weight": int, "port": int, "name": str}
SSHFP: Final[Json] = {"fingerprint": str, "algo": int, "type": int}
OPT: Final = [{"code": int, "data": str}]
ENTRY: Final[Json] = {
    **QUERY, "ttl": int, "rdata?": str, "soa?": SOA, "srv?": SRV, "sshfp?": SSHFP, "opt?": OPT,
    "rdata_truncated?": bool,
}  # fmt: skip
DNS_SHAPE: Final[Json] = {
    "version": int, "type": {"request", "response"}, "tx_id": int, "id": int, "flags": str, "qr?": bool,
    **{f"{flag}?": bool for _, flag in FLAGS}, "opcode": int, "rcode": str, "queries?": [QUERY], "answers?": [ENTRY],
    "grouped?": {"*": [(str, SOA, SRV, SSHFP)]}, "authorities?": [ENTRY], "additionals?": [ENTRY],
}  # fmt: skip
MDNS_ENTRY: Final[Json] = {  # the data stand under the name of the type
    "rrname": str, "rrname_truncated?": bool, "rdata_truncated?": bool, "*": (str, [str], SOA, SRV, SSHFP, OPT),
}  # fmt: skip
MDNS_SHAPE: Final[Json] = {
    "type": {"request", "response"}, "id": int, "flags?": [str], "opcode": int, "rcode": int, "queries?": [QUERY],
    "answers?": [MDNS_ENTRY], "authorities?": [MDNS_ENTRY], "additionals?": [MDNS_ENTRY],
}  # fmt: skip


def dns_object(message: Message, number: int) -> Json:
    """Return EVE's `dns`; `number` is that of the transaction."""
    record: Json = {"version": 3, "type": _kind(message), "tx_id": number, "id": message.id}
    record["flags"] = f"{message.flags:x}"
    if message.is_response():
        record["qr"] = True
    for bit, flag in FLAGS:
        if message.flags & bit:
            record[flag] = True
    record["opcode"] = message.opcode()
    record["rcode"] = name_of(message.rcode(), RCODES)
    if message.queries:
        record["queries"] = [_named(query.name, name_of(query.rrtype, TYPES)) for query in message.queries]
    if message.answers:
        record["answers"] = _details(message.answers)
        record["grouped"] = _grouped(message.answers)
    if message.authorities:
        record["authorities"] = _details(message.authorities)
    if additionals := _details(_told(message.additionals)):
        record["additionals"] = additionals
    return record


def mdns_object(message: Message) -> Json:
    """Return EVE's `mdns`: types in lower case, and the data of a record under the name of its type."""
    record: Json = {"type": _kind(message), "id": message.id}
    if flags := [flag for bit, flag in MDNS_FLAGS if message.flags & bit]:
        record["flags"] = flags
    record["opcode"] = message.opcode()
    record["rcode"] = message.rcode()
    if message.queries:
        record["queries"] = [_named(query.name, name_of(query.rrtype, TYPES).lower()) for query in message.queries]
    for section, resources in (
        ("answers", message.answers),
        ("authorities", message.authorities),
        ("additionals", _told(message.additionals)),
    ):
        if resources:
            record[section] = [_mdns_detail(resource) for resource in resources]
    return record


def _kind(message: Message) -> str:
    return "response" if message.is_response() else "request"


def _told(additionals: list[Resource]) -> list[Resource]:
    """Leave out what only says that EDNS is spoken."""
    return [r for r in additionals if not isinstance(r.rdata, Options) or r.rdata.values]


def _named(name: Name, rrtype: str = "") -> Json:
    """Return the beginning of an entry."""
    entry: Json = {"rrname": text(name.value)}
    if rrtype:
        entry["rrtype"] = rrtype
    if name.is_truncated:
        entry["rrname_truncated"] = True
    return entry


def _details(resources: list[Resource]) -> list[Json]:
    """Return an entry for each record, of TXT for each string."""
    return [_detail(resource, value) for resource in resources for value in _values(resource)]


def _values(resource: Resource) -> list[object]:
    """Return what stands in an entry of its own."""
    rdata = resource.rdata
    return [text(value) for value in rdata.values] if isinstance(rdata, Texts) else [_value(resource)]


def _detail(resource: Resource, value: object) -> Json:
    entry = _named(resource.name, name_of(resource.rrtype, TYPES))
    entry["ttl"] = resource.ttl
    if key := KEYS.get(resource.rrtype):
        entry[key] = value
    return _marked(entry, resource)


def _mdns_detail(resource: Resource) -> Json:
    entry = _named(resource.name)
    entry[name_of(resource.rrtype, TYPES).lower()] = _value(resource)
    return _marked(entry, resource)


def _marked(entry: Json, resource: Resource) -> Json:
    if isinstance(resource.rdata, Name) and resource.rdata.is_truncated:
        entry["rdata_truncated"] = True
    return entry


def _grouped(answers: list[Resource]) -> Json:
    """Return the data of all records of each type."""
    groups: Json = {}
    for answer in answers:
        if answer.rrtype in KEYS and answer.rrtype != names.OPT:
            group = groups.setdefault(name_of(answer.rrtype, TYPES), [])
            assert isinstance(group, list)
            group += _values(answer)
    return groups


def _value(resource: Resource) -> object:
    """Return what the data of a record means."""
    rdata = resource.rdata
    if isinstance(rdata, Name):
        return text(rdata.value)
    if isinstance(rdata, Texts):
        return [text(value) for value in rdata.values]
    if isinstance(rdata, Soa):
        return _soa(rdata)
    if isinstance(rdata, Service):
        target = text(rdata.target.value)
        return {"priority": rdata.priority, "weight": rdata.weight, "port": rdata.port, "name": target}
    if isinstance(rdata, Fingerprint):
        return {"fingerprint": rdata.value.hex(":"), "algo": rdata.algorithm, "type": rdata.kind}
    if isinstance(rdata, Options):
        return [{"code": code, "data": data.hex()} for code, data in rdata.values]
    return _address(rdata) if resource.rrtype in {names.A, names.AAAA} else text(rdata)


def _soa(soa: Soa) -> Json:
    entry: Json = {}
    for key, name in (("mname", soa.server), ("rname", soa.mailbox)):
        entry[key] = text(name.value)
        if name.is_truncated:
            entry[key + "_truncated"] = True
    entry.update(zip(SOA_NUMBERS, soa.numbers, strict=True))
    return entry


def _address(data: bytes) -> str:
    """Return an address in full; what is none is empty."""
    if len(data) == 4:
        return ".".join(str(byte) for byte in data)
    return data.hex(":", 2) if len(data) == 16 else ""
