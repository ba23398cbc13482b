"""Certificates: in order, out of order, and held to a library where it takes them."""

# ruff: noqa: E501  a table has one line per case

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from tls_build import alternatives, certificate, common, dated, der, distinguished, extended, oid

from vids.engine.proto.tls.certificate import MAX_NAMES, parse_certificate
from vids.engine.proto.tls.date import NO_DATE, iso, seconds

GOOD = certificate()
NO_NAMES = (b"", b"")
NAMES = (b"CN=issuer", b"CN=subject")
ISSUER = (b"CN=issuer", b"")

ORDER = [
    # name                    certificate                                                issuer, subject   event
    ("whole",                 GOOD,                                                      NAMES,     ""),
    ("bytes behind it",       GOOD + b"abc",                                             NAMES,     ""),
    ("version 1",             certificate(version=b""),                                  NAMES,     ""),
    ("version 10",            certificate(version=der(0xA0, der(2, b"\x09"))),           NAMES,     ""),
    ("version that is none",  certificate(version=der(0xA0, der(12, b"a"))),             NO_NAMES,  "certificate_invalid_version"),
    ("version too long",      certificate(version=der(0xA0, der(2, bytes(9)))),          NO_NAMES,  "certificate_invalid_version"),
    ("version empty",         certificate(version=der(0xA0, b"")),                       NO_NAMES,  "certificate_invalid_version"),
    ("serial is a string",    certificate(serial=der(4, b"\1")),                         NO_NAMES,  "certificate_invalid_serial"),
    ("algorithm is a string", certificate(algorithm=der(12, b"a")),                      NO_NAMES,  "certificate_invalid_der"),
    ("issuer is a number",    certificate(issuer=der(2, b"\1")),                         NO_NAMES,  "certificate_invalid_der"),
    ("validity is a number",  certificate(validity=der(2, b"\1")),                       ISSUER,    "certificate_invalid_der"),
    ("one date",              certificate(validity=der(0x30, der(0x17, b"200101000000Z"))), NAMES,  "certificate_invalid_date"),
    ("a date that is none",   dated(b"201301000000Z"),                                   NAMES,     "certificate_invalid_date"),
    ("subject is a number",   certificate(subject=der(2, b"\1")),                        ISSUER,    "certificate_invalid_der"),
    ("key is a number",       certificate(key=der(2, b"\1")),                            NAMES,     "certificate_invalid_der"),
    ("unique identifiers",    certificate(extensions=der(0x81, b"\0a") + der(0x82, b"\0b")), NAMES, ""),
    ("extensions are none",   certificate(extensions=der(0xA3, b"abc")),                 NAMES,     "invalid_certificate"),
    ("extension is none",     certificate(extensions=der(0xA3, der(0x30, der(2, b"a")))), NAMES,    "invalid_certificate"),
    ("signature is a number", certificate(signature=der(2, b"\1")),                      NAMES,     "invalid_certificate"),
    ("no signature",          certificate(signature=b""),                                NAMES,     "invalid_certificate"),
    ("nothing",               b"",                                                       NO_NAMES,  "certificate_invalid_length"),
    ("one byte",              GOOD[:1],                                                  NO_NAMES,  "certificate_invalid_length"),
    ("cut",                   GOOD[:-1],                                                 NO_NAMES,  "invalid_certificate"),
    ("cut in its length",     GOOD[:3],                                                  NO_NAMES,  "invalid_certificate"),
    ("indefinite length",     b"\x30\x80" + GOOD[4:] + b"\0\0",                          NO_NAMES,  "certificate_invalid_der"),
    ("a string",              der(12, b"abc"),                                           NO_NAMES,  "certificate_invalid_der"),
    ("text",                  b"hello world",                                            NO_NAMES,  "invalid_certificate"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "names", "event"), [c[1:] for c in ORDER], ids=[c[0] for c in ORDER])
def test_order(data: bytes, names: tuple[bytes, bytes], event: str) -> None:
    """What stands before the first fault is read, and the fault has a name."""
    found = parse_certificate(data)
    assert ((found.issuer, found.subject), found.event) == (names, event)
    assert found.has_names is (names == NAMES)


SUBJECTS = [
    # name                      subject                                                                  as text
    ("attributes",              distinguished([("2.5.4.6", 0x13, b"US")], [("2.5.4.10", 0x0C, b"Ex, Inc.")]), b"C=US, O=Ex, Inc."),
    ("several in one",          distinguished([("2.5.4.3", 0x0C, b"a"), ("2.5.4.10", 0x0C, b"b")], [("2.5.4.6", 0x13, b"DE")]), b"CN=a + O=b, C=DE"),
    ("mail",                    distinguished([("1.2.840.113549.1.9.1", 0x16, b"m@x")]),                  b"Email=m@x"),
    ("of companies",            distinguished([("1.3.6.1.4.1.311.60.2.1.3", 0x13, b"US")]),               b"msJurisdictionCountry=US"),
    ("domain component",        distinguished([("0.9.2342.19200300.100.1.25", 0x16, b"org")]),            b"DC=org"),
    ("unknown attribute",       distinguished([("1.2.643.100.1", 0x0C, b"1")]),                           b"OID(1.2.643.100.1)=1"),
    ("large first arc",         distinguished([("2.999.1", 0x0C, b"1")]),                                 b"OID(2.999.1)=1"),
    ("UTF-8",                   common("grüße".encode()),                                                 "CN=grüße".encode()),
    ("Latin-1",                 common(b"caf\xe9", 0x14),                                                 b"CN=caf\xe9"),
    ("NUL",                     common(b"a\0b"),                                                          b"CN=a\0b"),
    ("BMP",                     common("aü".encode("utf-16-be"), 0x1E),                                   "CN=aü".encode()),
    ("half a BMP character",    common(b"\0a\0", 0x1E),                                                   "CN=a\ufffd".encode()),
    ("universal string",        common(b"\0\0\0a", 0x1C),                                                 b"CN=00000061"),
    ("a number",                common(b"\xff", 0x02),                                                    b"CN=FF"),
    ("nothing in it",           common(b""),                                                              b"CN="),
    ("no attributes",           distinguished(),                                                          b""),
    ("malformed attribute",     der(0x30, common(b"a")[2:] + der(0x31, der(2, b"a")) + common(b"b")[2:]), b"CN=a"),
    ("malformed set",           der(0x30, common(b"a")[2:] + der(2, b"a")),                               b"CN=a"),
    ("value leads out",         der(0x30, der(0x31, der(0x30, oid("2.5.4.3") + b"\x0c\x20a"))),           b""),
    ("endless OID",             der(0x30, der(0x31, der(0x30, der(6, b"\x81" * 40) + der(12, b"a")))),    b"OID(" + b"81" * 40 + b")=a"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text"), [c[1:] for c in SUBJECTS], ids=[c[0] for c in SUBJECTS])
def test_subject(subject: bytes, text: bytes) -> None:
    found = parse_certificate(certificate(subject=subject))
    assert (found.subject, found.event) == (text, "")


ALTERNATIVES = [
    # name              extension                                                                    names
    ("DNS and URI",     alternatives(der(0x82, b"a.example"), der(0x86, b"http://a")),               [b"a.example", b"http://a"]),
    ("mail",            alternatives(der(0x81, b"m@x")),                                             [b"RFC822Name(m@x)"]),
    ("address",         alternatives(der(0x87, b"\x7f\0\0\1")),                                      [b"[127, 0, 0, 1]"]),
    ("OID",             alternatives(der(0x88, b"\x2a\3\4")),                                        [b"RegisteredID(1.2.3.4)"]),
    ("directory",       alternatives(der(0xA4, common(b"d"))),                                       [b"DirectoryName(CN=d)"]),
    ("other",           alternatives(der(0xA0, oid("1.2.3") + der(0xA0, der(12, b"x")))),            [b"OtherName(1.2.3, [...])"]),
    ("not read",        alternatives(der(0xA3, b"x"), der(0xA5, b"x")),                              [b"X400Address(<unparsed>)", b"EDIPartyName(<unparsed>)"]),
    ("empty name",      alternatives(der(0x82, b""), der(0x82, b"b")),                               [b"b"]),
    ("critical",        der(0x30, oid("2.5.29.17") + der(1, b"\xff") + der(4, der(0x30, der(0x82, b"a")))), [b"a"]),
    ("twice",           alternatives(der(0x82, b"a")) + alternatives(der(0x82, b"b")),               [b"a"]),
    ("leads out",       alternatives(der(0x82, b"a"), b"\x82\x20b"),                                 [b"a"]),
    ("no list",         alternatives(der(0x82, b"a"), tag=12),                                       []),
    ("of another kind", der(0x30, oid("2.5.29.18") + der(4, der(0x30, der(0x82, b"a")))),            []),
]  # fmt: skip


@pytest.mark.parametrize(("extension", "names"), [c[1:] for c in ALTERNATIVES], ids=[c[0] for c in ALTERNATIVES])
def test_alternative_names(extension: bytes, names: list[bytes]) -> None:
    found = parse_certificate(extended(extension))
    assert (found.names, found.event) == (names, "")


def test_alternative_names_are_bounded() -> None:
    for count, event in (
        (MAX_NAMES - 1, ""),
        (MAX_NAMES, "too_many_subject_alternative_names"),
        (MAX_NAMES + 9, "too_many_subject_alternative_names"),
    ):
        found = parse_certificate(extended(alternatives(*[der(0x82, b"a")] * count)))
        assert (len(found.names), found.event) == (min(count, MAX_NAMES), event)


SERIALS = [
    (b"\1", b"01"),
    (b"\0\xff", b"00:FF"),
    (b"\xff\1", b"FF:01"),
    (b"", b""),
    (b"\x11" * 40, b":".join([b"11"] * 40)),
]


@pytest.mark.parametrize(("serial", "text"), SERIALS)
def test_serial(serial: bytes, text: bytes) -> None:
    assert parse_certificate(certificate(serial=der(2, serial))).serial == text


DATES = [
    # tag    text                        date
    (0x17,   b"200101000000Z",           "2020-01-01T00:00:00"),
    (0x17,   b"2001010000Z",             "2020-01-01T00:00:00"),
    (0x17,   b"491231235959Z",           "2049-12-31T23:59:59"),
    (0x17,   b"500101000000Z",           "1950-01-01T00:00:00"),
    (0x17,   b"200101000000+0130",       "2019-12-31T22:30:00"),
    (0x17,   b"200101000000-0130",       "2020-01-01T01:30:00"),
    (0x18,   b"20200229123456Z",         "2020-02-29T12:34:56"),
    (0x18,   b"20200101000000.5Z",       "2020-01-01T00:00:00"),
    (0x18,   b"99991231235959Z",         "9999-12-31T23:59:59"),
    (0x18,   b"00000101000000Z",         "0000-01-01T00:00:00"),
    (0x18,   b"19000228000000Z",         "1900-02-28T00:00:00"),
    (0x17,   b"20010100Z",               None),
    (0x17,   b"200101000000",            None),
    (0x17,   b"201301000000Z",           None),
    (0x17,   b"200001000000Z",           None),
    (0x17,   b"200100000000Z",           None),
    (0x17,   b"200230000000Z",           None),
    (0x18,   b"19000229000000Z",         None),
    (0x17,   b"200101240000Z",           None),
    (0x17,   b"200101006000Z",           None),
    (0x17,   b"200101000060Z",           None),
    (0x18,   b"200101000000Z",           None),
    (0x02,   b"200101000000Z",           None),
    (0x17,   b"hello",                   None),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "text", "date"), DATES)
def test_date(tag: int, text: bytes, date: str | None) -> None:
    moment = seconds(tag, text)
    assert (None if moment == NO_DATE else iso(moment)) == date


@given(st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31)))
def test_dates_are_those_of_the_calendar(moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=datetime.UTC)
    expected = int((moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).total_seconds())
    assert seconds(0x18, f"{moment.year:04d}{moment:%m%d%H%M%S}Z".encode()) == expected
    assert iso(expected) == f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}"


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
TITLES = {x509.NameOID.COMMON_NAME: "CN", x509.NameOID.ORGANIZATION_NAME: "O", x509.NameOID.LOCALITY_NAME: "L"}
ATTRIBUTES = st.lists(
    st.tuples(st.sampled_from(sorted(TITLES, key=str)), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)),
    min_size=1,
    max_size=4,
)


def written(attributes: list[tuple[x509.ObjectIdentifier, str]]) -> bytes:
    return ", ".join(f"{TITLES[kind]}={value}" for kind, value in attributes).encode()


@given(
    ATTRIBUTES,
    ATTRIBUTES,
    st.integers(1, 1 << 150),
    st.integers(0, 30000),
    st.lists(st.from_regex(r"[a-z]{1,9}\.example", fullmatch=True), max_size=3),
)
def test_a_library_says_the_same(issuer, subject, serial, day, hosts) -> None:
    """What a library makes, and reads again, is read as it does."""
    begin = datetime.datetime(1970, 1, 2) + datetime.timedelta(days=day, seconds=day)
    names = [x509.Name([x509.NameAttribute(kind, value) for kind, value in one]) for one in (issuer, subject)]
    builder = x509.CertificateBuilder(
        names[0], names[1], KEY.public_key(), serial, begin, begin + datetime.timedelta(days=1)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), False)
    made = builder.sign(KEY, None)
    found = parse_certificate(made.public_bytes(Encoding.DER))
    assert (found.issuer, found.subject, found.event) == (written(issuer), written(subject), "")
    assert int(found.serial.replace(b":", b""), 16) == made.serial_number
    assert found.fingerprint() == made.fingerprint(SHA1()).hex(":").encode()
    assert iso(found.not_before) == f"{begin:%Y-%m-%dT%H:%M:%S}"
    assert found.not_after - found.not_before == 86400
    assert found.names == [host.encode() for host in hosts]


@given(
    st.binary(max_size=300)
    | st.builds(
        lambda data, at, byte: data[: at % len(data)] + bytes([byte]) + data[at % len(data) + 1 :],
        st.sampled_from([GOOD, extended(alternatives(der(0x82, b"a")))]),
        st.integers(0),
        st.integers(0, 255),
    )
)
def test_no_certificate_raises(data: bytes) -> None:
    found = parse_certificate(data)
    found.fingerprint()
    assert found.has_names or found.event
