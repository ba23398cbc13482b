"""Versions of SSL and TLS: which there are, and what records of EVE call them."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

UNKNOWN: Final = 0
SSL_2: Final = 0x0002
SSL_3: Final = 0x0300
TLS_1_0: Final = 0x0301
TLS_1_1: Final = 0x0302
TLS_1_2: Final = 0x0303
TLS_1_3: Final = 0x0304
EARLY_DRAFT: Final = 0x7F01  # stands for all drafts of TLS 1.3 before 16, which do not say which one they are
DRAFT: Final = 0x7F00  # of TLS 1.3, with the number of the draft
FIRST_DRAFT: Final = 16  # that said its number
LAST_DRAFT: Final = 28
FACEBOOK_DRAFT: Final = 0xFB00  # of Facebook's own
FACEBOOK_DRAFTS: Final = (20, 21, 22, 23, 26)

NAMES: Final[dict[int, str]] = {
    UNKNOWN: "UNDETERMINED",
    SSL_2: "SSLv2",
    SSL_3: "SSLv3",
    TLS_1_0: "TLSv1",
    TLS_1_1: "TLS 1.1",
    TLS_1_2: "TLS 1.2",
    TLS_1_3: "TLS 1.3",
    EARLY_DRAFT: "TLS 1.3 draft-<16",
}
for _draft in range(FIRST_DRAFT, LAST_DRAFT + 1):
    NAMES[DRAFT + _draft] = f"TLS 1.3 draft-{_draft}"
for _draft in FACEBOOK_DRAFTS:
    NAMES[FACEBOOK_DRAFT + _draft] = f"TLS 1.3 draft-{_draft}-fb"


def name(version: i64) -> str:
    """Return what EVE calls a version; in hexadecimal one that there is not."""
    return NAMES.get(int(version), f"0x{version:04x}")


def is_valid(version: i64) -> bool:
    """Return whether records of TLS can have this version: not SSL 2.0, which has records of its own."""
    return version > SSL_2 and int(version) in NAMES


def is_draft(version: i64) -> bool:
    """Return whether a version is a draft of TLS 1.3, and no Facebook's."""
    return version >> 8 == DRAFT >> 8


def is_early_draft(version: i64) -> bool:
    """Return whether the version field of a hello is one of a draft of TLS 1.3 before 16."""
    return version == TLS_1_3 or DRAFT < version < DRAFT + FIRST_DRAFT


def lacks_session_id(version: i64) -> bool:
    """Return whether a ServerHello with this version has no session id: drafts of TLS 1.3 before 22."""
    return version == TLS_1_3 or is_draft(version)


def is_grease(value: i64) -> bool:
    """Return whether a value is there to keep others from choking on unknown ones (RFC 8701, section 2)."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF
