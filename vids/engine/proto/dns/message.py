"""A DNS message (RFC 1035, section 4), read as far as it makes sense.

What is tolerated, and the names of what is odd, are the reference engine's: rules on events mean the same.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.dns.names import CNAME, MX, NS, OPT, PTR, SOA, SRV, SSHFP, TXT
from vids.engine.proto.dns.reader import NO_NAME, Name, Reader

HEADER: Final = 12  # bytes
RESPONSE: Final = 0x8000  # of the flags
RESERVED: Final = 0x0040
OPCODES: Final = 7  # from here on they mean nothing
LEAST: Final = 2  # bytes of a query or record, in a header that can be true
TEXT: Final = 16  # bytes that a string takes in a record of EVE, beside itself and its name


@final
class Soa:
    """Who is in charge of a zone (RFC 1035, section 3.3.13)."""

    def __init__(self, server: Name, mailbox: Name, numbers: list[int]) -> None:
        self.server = server
        self.mailbox = mailbox
        self.numbers = numbers  # serial, refresh, retry, expire, minimum


@final
class Service:
    """Where a service is (RFC 2782)."""

    def __init__(self, priority: int, weight: int, port: int, target: Name) -> None:
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target


@final
class Fingerprint:
    """That of an SSH key (RFC 4255)."""

    def __init__(self, algorithm: int, kind: int, value: bytes) -> None:
        self.algorithm = algorithm
        self.kind = kind
        self.value = value


@final
class Texts:
    """The strings of a TXT record (RFC 1035, section 3.3.14)."""

    def __init__(self, values: list[bytes]) -> None:
        self.values = values


@final
class Options:
    """EDNS options, code and data of each (RFC 6891, section 6.1.2)."""

    def __init__(self, values: list[tuple[int, bytes]]) -> None:
        self.values = values


Rdata = Name | Soa | Service | Fingerprint | Texts | Options | bytes


@final
class Query:
    """What is asked for."""

    def __init__(self, name: Name, rrtype: int, rrclass: int) -> None:
        self.name = name
        self.rrtype = rrtype
        self.rrclass = rrclass


@final
class Resource:
    """A resource record; `rdata` is a name for CNAME, NS, PTR and MX, bytes where nothing looks into it."""

    def __init__(self, name: Name, rrtype: int) -> None:
        self.name = name
        self.rrtype = rrtype
        self.ttl = 0  # seconds
        self.rdata: Rdata = b""

    def target(self) -> Name:
        """Return the name that its data is, or of SOA the server's; of other types an empty one."""
        rdata = self.rdata
        if isinstance(rdata, Name):
            return rdata
        return rdata.server if isinstance(rdata, Soa) else NO_NAME


@final
class Message:
    """One message; of a malformed one what stands before the first fault."""

    def __init__(self) -> None:
        self.id = 0
        self.flags = 0
        self.queries: list[Query] = []
        self.answers: list[Resource] = []
        self.authorities: list[Resource] = []
        self.additionals: list[Resource] = []
        self.events: list[str] = []
        self.is_possible = False  # its header can be true
        self.is_malformed = False
        self.length: i64 = 0  # bytes that it takes; the datagram may be longer

    def is_response(self) -> bool:
        """Return whether it says that it is one."""
        return self.flags & RESPONSE != 0

    def opcode(self) -> int:
        """Return what is to be done; 0 is a query."""
        return self.flags >> 11 & 0xF

    def rcode(self) -> int:
        """Return what came of it; 0 is no error."""
        return self.flags & 0xF


def parse(data: bytes, size: i64) -> Message:
    """Return a message of `size` bytes; `data` may be only its beginning."""
    reader = Reader(data)
    message = Message()
    message.id = reader.number(2)
    message.flags = reader.number(2)
    counts = [reader.number(2) for _ in range(4)]
    message.is_possible = not reader.has_failed() and _is_possible(message, counts, size)
    if message.is_possible:
        _read_sections(reader, message, counts)
    else:
        message.is_malformed = True
    if message.is_malformed:
        message.events.append("malformed_data")
    message.events += reader.events
    message.length = reader.at
    return message


def _is_possible(message: Message, counts: list[int], size: i64) -> bool:
    """Return whether a message of that size can hold what its header says."""
    n_entries = sum(counts)
    if n_entries == 0:
        return message.is_response() and size == HEADER
    return n_entries * LEAST <= size and (message.is_response() or counts[0] > 0)


def _read_sections(reader: Reader, message: Message, counts: list[int]) -> None:
    """Read all that follows the header; faults behind the answers are tolerated."""
    _read_queries(reader, message.queries, counts[0])
    is_whole = (
        _read_resources(reader, message.answers, counts[1])
        and _read_resources(reader, message.authorities, counts[2])
        and _read_resources(reader, message.additionals, counts[3])
    )
    if not is_whole and reader.room >= 0:
        _note_fault(message, counts)
    if message.flags & RESERVED:
        message.events.append("z_flag_set")
    if message.opcode() >= OPCODES:
        message.events.append("invalid_opcode")


def _note_fault(message: Message, counts: list[int]) -> None:
    """Say where it is malformed."""
    if len(message.queries) < counts[0] or len(message.answers) < counts[1]:
        message.is_malformed = True
    elif len(message.authorities) < counts[2]:
        message.authorities.clear()
        message.events.append("invalid_authorities")
    else:
        message.additionals.clear()
        message.events.append("invalid_additionals")


def _read_queries(reader: Reader, queries: list[Query], count: int) -> None:
    for _ in range(count):
        query = Query(reader.name(), reader.number(2), reader.number(2))
        if reader.has_failed():
            return
        queries.append(query)


def _read_resources(reader: Reader, resources: list[Resource], count: int) -> bool:
    """Read a section; False if it is malformed."""
    for _ in range(count):
        resource = Resource(reader.name(), reader.number(2))
        reader.number(2)  # class
        resource.ttl = reader.number(4)
        outer = reader.enter(reader.number(2))
        resource.rdata = _read_rdata(reader, resource)
        reader.leave(outer)
        if reader.has_failed():
            return False
        resources.append(resource)
    return not reader.has_failed()


def _read_rdata(reader: Reader, resource: Resource) -> Rdata:
    """Return what the data of a record means: the part that `reader` is set to."""
    rrtype = resource.rrtype
    if rrtype in {CNAME, NS, PTR}:
        return reader.name()
    if rrtype == MX:
        reader.number(2)  # preference
        return reader.name()
    if rrtype == TXT:
        return _read_texts(reader, len(resource.name.value))
    if rrtype == SOA:
        return Soa(reader.name(), reader.name(), [reader.number(4) for _ in range(5)])
    if rrtype == SRV:
        return Service(reader.number(2), reader.number(2), reader.number(2), reader.name())
    if rrtype == SSHFP:
        return Fingerprint(reader.number(1), reader.number(1), reader.rest())
    if rrtype == OPT:
        options: list[tuple[int, bytes]] = []
        while reader.has_more():
            options.append((reader.number(2), reader.take(reader.number(2))))
        return Options(options)
    return reader.rest()


def _read_texts(reader: Reader, name_length: i64) -> Texts:
    """Read strings; each is an entry of EVE with the record's name in it."""
    texts: list[bytes] = []
    while reader.has_more():
        text = reader.take(reader.number(1))
        reader.unpack(TEXT + name_length + len(text))
        texts.append(text)
    return Texts(texts)
