"""X.509 certificates (RFC 5280, section 4.1), as far as they can be read.

This is a walk of our own through DER, not a library: certificates of malware are often out of order, and the libraries
that read certificates to trust them refuse those, as they must. What rules and records ask for is names and dates.
"""

from __future__ import annotations

import hashlib
from typing import Final, final

from mypy_extensions import i64

from vids.engine.proto.tls.date import NO_DATE, seconds

INTEGER: Final = 0x02  # tags (ITU-T X.690)
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OID: Final = 0x06
SEQUENCE: Final = 0x30
SET: Final = 0x31
BMP_STRING: Final = 0x1E
# UTF8, Numeric, Printable, Teletex, Videotex, IA5, Graphic, Visible and General strings, object descriptor
STRINGS: Final = frozenset((0x07, 0x0C, 0x12, 0x13, 0x14, 0x15, 0x16, 0x19, 0x1A, 0x1B))
INDEFINITE: Final = 0x80  # in place of a length
VERSION: Final = 0xA0  # tags of a certificate's own
EXTENSIONS: Final = 0xA3
OTHER_NAME: Final = 0xA0  # tags of alternative names (RFC 5280, section 4.2.1.6)
DIRECTORY_NAME: Final = 0xA4
PLAIN_NAMES: Final = (0x82, 0x86)  # DNS name, URI
MAIL_NAME: Final = 0x81
ADDRESS_NAME: Final = 0x87
OID_NAME: Final = 0x88
UNPARSED_NAMES: Final = {0xA3: b"X400Address(<unparsed>)", 0xA5: b"EDIPartyName(<unparsed>)"}

MAX_NAMES: Final = 4096  # alternative names of one certificate
MAX_OID: Final = 32  # bytes of one that is written in numbers
MAX_VERSION: Final = 4  # bytes of its number

INVALID: Final = "invalid_certificate"  # events
INVALID_LENGTH: Final = "certificate_invalid_length"
INVALID_DER: Final = "certificate_invalid_der"
INVALID_VERSION: Final = "certificate_invalid_version"
INVALID_SERIAL: Final = "certificate_invalid_serial"
INVALID_DATE: Final = "certificate_invalid_date"
TOO_MANY_NAMES: Final = "too_many_subject_alternative_names"

SUBJECT_ALT_NAME: Final = b"\x55\x1d\x11"  # 2.5.29.17

TITLES: Final[dict[bytes, bytes]] = {  # of attributes of names, by OID
    b"\x55\x04\x00": b"objectClass", b"\x55\x04\x01": b"aliasedEntryName", b"\x55\x04\x02": b"knowledgeInformation",
    b"\x55\x04\x03": b"CN", b"\x55\x04\x04": b"surname", b"\x55\x04\x05": b"serialNumber", b"\x55\x04\x06": b"C",
    b"\x55\x04\x07": b"L", b"\x55\x04\x08": b"ST", b"\x55\x04\x09": b"streetAddress", b"\x55\x04\x0a": b"O",
    b"\x55\x04\x0b": b"OU", b"\x55\x04\x0c": b"title", b"\x55\x04\x0d": b"description",
    b"\x55\x04\x0e": b"searchGuide", b"\x55\x04\x0f": b"businessCategory", b"\x55\x04\x10": b"postalAddress",
    b"\x55\x04\x11": b"postalCode", b"\x55\x04\x29": b"name", b"\x55\x04\x2a": b"givenName",
    b"\x55\x04\x2b": b"initials", b"\x55\x04\x2c": b"generationQualifier", b"\x55\x04\x2d": b"uniqueIdentifier",
    b"\x55\x04\x2e": b"dnQualifier",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01": b"Email", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02": b"unstructuredName",
    b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01": b"uid", b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19": b"DC",
    b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01": b"msJurisdictionLocality",
    b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02": b"msJurisdictionStateOrProvince",
    b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03": b"msJurisdictionCountry",
}  # fmt: skip

Element = tuple[i64, i64, i64]  # tag (-1: there is none, or its length leads out), where its content begins and ends


@final
class Certificate:
    """What a certificate says; of one that is malformed what stands before the first fault."""

    def __init__(self, der: bytes) -> None:
        self.der = der
        self.has_names = False  # issuer and subject could be read
        self.issuer = b""  # "C=US, O=Example, CN=www.example.org"; a byte that is no UTF-8 stays as it is
        self.subject = b""
        self.serial = b""  # "0A:FF"
        self.not_before: i64 = NO_DATE  # seconds since 1970
        self.not_after: i64 = NO_DATE
        self.names: list[bytes] = []  # subject alternative names
        self.event = ""  # what is wrong with it
        self._fingerprint = b""

    def fingerprint(self) -> bytes:
        """Return its SHA-1, as "aa:bb:..."."""
        if not self._fingerprint:
            self._fingerprint = hashlib.sha1(self.der, usedforsecurity=False).digest().hex(":").encode()
        return self._fingerprint


def parse_certificate(der: bytes) -> Certificate:
    """Return what is in a certificate. Bytes behind it do not matter."""
    certificate = Certificate(der)
    certificate.event = _read_certificate(certificate, der)
    return certificate


def _element(data: bytes, at: i64, end: i64) -> Element:
    """Return the element at `at`, which ends at `end` at the latest; lengths of up to 4 bytes, none indefinite."""
    if at + 2 > end:
        return -1, at, at
    tag: i64 = data[at]
    length: i64 = data[at + 1]
    at += 2
    if length >= 0x80:
        n_bytes = length & 0x7F
        if n_bytes < 1 or n_bytes > 4 or at + n_bytes > end:
            return -1, at, at
        length = 0
        for i in range(at, at + n_bytes):
            length = length << 8 | i64(data[i])
        at += n_bytes
    return (-1, at, at) if length > end - at else (tag, at, at + length)


def _read_certificate(certificate: Certificate, der: bytes) -> str:
    """Read all of it; return the event of the first fault, "" where there is none."""
    size = len(der)
    if size < 2:
        return INVALID_LENGTH
    tag, at, end = _element(der, 0, size)
    if tag < 0:
        return INVALID_DER if der[1] == INDEFINITE else INVALID
    if tag != SEQUENCE:
        return INVALID_DER
    tag, inner, stop = _element(der, at, end)
    if tag != SEQUENCE:
        return INVALID_DER
    event = _read_content(certificate, der, inner, stop)
    if event:
        return event
    tag, _, at = _element(der, stop, end)  # the algorithm of the signature, and the signature
    if tag != SEQUENCE or _element(der, at, end)[0] != BIT_STRING:
        return INVALID
    return TOO_MANY_NAMES if len(certificate.names) >= MAX_NAMES else ""


def _read_content(certificate: Certificate, der: bytes, at: i64, end: i64) -> str:
    """Read what is signed: version, serial, algorithm, issuer, validity, subject, key, extensions."""
    tag, inner, stop = _element(der, at, end)
    if tag == VERSION:
        kind, first, last = _element(der, inner, stop)
        if kind != INTEGER or not 1 <= last - first <= MAX_VERSION:
            return INVALID_VERSION
        tag, inner, stop = _element(der, stop, end)
    if tag != INTEGER:
        return INVALID_SERIAL
    certificate.serial = der[inner:stop].hex(":").upper().encode()
    tag, _, stop = _element(der, stop, end)
    if tag != SEQUENCE:
        return INVALID_DER
    tag, inner, stop = _element(der, stop, end)
    if tag != SEQUENCE:
        return INVALID_DER
    certificate.issuer = distinguished_name(der, inner, stop)
    tag, inner, stop = _element(der, stop, end)
    if tag != SEQUENCE:
        return INVALID_DER
    is_dated = _read_validity(certificate, der, inner, stop)
    tag, inner, stop = _element(der, stop, end)
    if tag != SEQUENCE:
        return INVALID_DER
    certificate.subject = distinguished_name(der, inner, stop)
    certificate.has_names = True
    tag, _, stop = _element(der, stop, end)
    if tag != SEQUENCE:
        return INVALID_DER
    while stop < end:
        tag, inner, stop = _element(der, stop, end)
        if tag < 0 or (tag == EXTENSIONS and not _read_extensions(certificate, der, inner, stop)):
            return INVALID
    return "" if is_dated else INVALID_DATE


def _read_validity(certificate: Certificate, der: bytes, at: i64, end: i64) -> bool:
    """Read both dates; False where one is none."""
    tag, inner, stop = _element(der, at, end)
    certificate.not_before = seconds(tag, der[inner:stop])
    tag, inner, stop = _element(der, stop, end)
    certificate.not_after = seconds(tag, der[inner:stop])
    return certificate.not_before != NO_DATE and certificate.not_after != NO_DATE


def _read_extensions(certificate: Certificate, der: bytes, at: i64, end: i64) -> bool:
    """Read the alternative names; False where there is no list of extensions."""
    tag, at, end = _element(der, at, end)
    if tag != SEQUENCE:
        return False
    while at < end:
        tag, inner, stop = _element(der, at, end)
        if tag != SEQUENCE:
            return False
        tag, first, last = _element(der, inner, stop)
        if tag != OID:
            return False
        if last - first == len(SUBJECT_ALT_NAME) and der[first:last] == SUBJECT_ALT_NAME and not certificate.names:
            _read_alternatives(certificate, der, last, stop)
        at = stop
    return True


def _read_alternatives(certificate: Certificate, der: bytes, at: i64, end: i64) -> None:
    """Read the names behind the extension's OID, as far as they make sense."""
    tag, inner, stop = _element(der, at, end)
    if tag != OCTET_STRING:  # whether the extension is critical
        tag, inner, stop = _element(der, stop, end)
    if tag != OCTET_STRING:
        return
    tag, at, end = _element(der, inner, stop)
    if tag != SEQUENCE:
        return
    while at < end and len(certificate.names) < MAX_NAMES:
        tag, inner, stop = _element(der, at, end)
        if tag < 0:
            return
        name = _alternative(tag, der, inner, stop)
        if name:
            certificate.names.append(name)
        at = stop


def _alternative(tag: i64, der: bytes, at: i64, end: i64) -> bytes:
    """Return an alternative name as the reference engine writes it."""
    content = der[at:end]
    if tag in PLAIN_NAMES:
        return content
    if tag == MAIL_NAME:
        return b"RFC822Name(%b)" % content
    if tag == ADDRESS_NAME:
        return str(list(content)).encode()
    if tag == OID_NAME:
        return b"RegisteredID(%b)" % _dotted(content)
    if tag == DIRECTORY_NAME:
        _, inner, stop = _element(der, at, end)
        return b"DirectoryName(%b)" % distinguished_name(der, inner, stop)
    if tag == OTHER_NAME:
        _, inner, stop = _element(der, at, end)
        return b"OtherName(%b, [...])" % _dotted(der[inner:stop])
    return UNPARSED_NAMES.get(int(tag), b"")


def distinguished_name(der: bytes, at: i64, end: i64) -> bytes:
    """Return the name whose parts stand at `der[at:end]` (RFC 5280, section 4.1.2.4), up to the first malformed one."""
    parts: list[bytes] = []
    while at < end:
        tag, inner, stop = _element(der, at, end)
        if tag != SET:
            break
        attributes: list[bytes] = []
        while inner < stop:
            tag, first, last = _element(der, inner, stop)
            if tag != SEQUENCE:
                return b", ".join(parts)
            kind, begin, middle = _element(der, first, last)
            tag, value, last_value = _element(der, middle, last)
            if kind != OID or tag < 0:
                return b", ".join(parts)
            oid = der[begin:middle]
            title = TITLES.get(oid) or b"OID(%b)" % _dotted(oid)
            attributes.append(b"%b=%b" % (title, _text(tag, der[value:last_value])))
            inner = last
        parts.append(b" + ".join(attributes))
        at = stop
    return b", ".join(parts)


def _text(tag: i64, value: bytes) -> bytes:
    """Return the value of an attribute: strings as they are, in UTF-8 where they say what they are in; else digits."""
    if int(tag) in STRINGS:
        return value
    if tag == BMP_STRING:
        return value.decode("utf-16-be", "replace").encode()
    return value.hex().upper().encode()


def _dotted(oid: bytes) -> bytes:
    """Return an OID in numbers; in hexadecimal digits one that is too long for it."""
    if len(oid) > MAX_OID or not oid or oid[-1] >= 0x80:
        return oid.hex().encode()
    arcs: list[int] = []
    arc = 0
    for byte in oid:
        arc = arc << 7 | byte & 0x7F
        if byte < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join([str(n) for n in [first, arcs[0] - 40 * first, *arcs[1:]]]).encode()
