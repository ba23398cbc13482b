"""Dates of certificates: ASN.1 times to seconds since 1970, and those to text. No clock, no time zone but UTC."""

from __future__ import annotations

import re
from typing import Final

from mypy_extensions import i64

UTC_TIME: Final = 0x17  # tags
GENERALIZED_TIME: Final = 0x18
NO_DATE: Final = -(1 << 62)

REST: Final = rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4})"
SHORT: Final = re.compile(rb"(\d\d)" + REST)  # RFC 5280, section 4.1.2.5.1, and what is out of use today
LONG: Final = re.compile(rb"(\d{4})" + REST)
DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAY: Final = 86400  # seconds
CENTURY: Final = 50  # years of two digits from here on are of the last one
DAYS_OF_400_YEARS: Final = 146097
DAYS_TO_1970: Final = 719468  # from 0000-03-01


def seconds(tag: i64, text: bytes) -> i64:
    """Return seconds since 1970, NO_DATE for what is no date."""
    if tag != UTC_TIME and tag != GENERALIZED_TIME:
        return NO_DATE
    m = (SHORT if tag == UTC_TIME else LONG).fullmatch(text)
    if m is None:
        return NO_DATE
    year, month, day, hour, minute = [i64(int(part)) for part in m.groups()[:5]]
    second: i64 = int(m[6] or b"0")
    if tag == UTC_TIME:
        year += 1900 if year >= CENTURY else 2000
    if not (1 <= month <= 12 and 1 <= day <= _days_of(year, month) and hour < 24 and minute < 60 and second < 60):
        return NO_DATE
    return _days(year, month, day) * DAY + (hour * 60 + minute) * 60 + second - _offset(m[7])


def iso(moment: i64) -> str:
    """Return a date and time as EVE writes those of certificates: 2015-03-04T00:31:05."""
    rest = moment % DAY
    days = moment // DAY + DAYS_TO_1970
    era, day_of_era = days // DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153  # months since March
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = era * 400 + year_of_era + (1 if month <= 2 else 0)
    return f"{year:04d}-{month:02d}-{day:02d}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


def _days_of(year: i64, month: i64) -> i64:
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return DAYS[int(month) - 1]


def _days(year: i64, month: i64, day: i64) -> i64:
    """Return days since 1970-01-01. Years that begin in March end with the day that leaps."""
    if month <= 2:
        year -= 1
    era, year_of_era = year // 400, year % 400
    shifted = month - 3 if month > 2 else month + 9
    day_of_year = (153 * shifted + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * DAYS_OF_400_YEARS + day_of_era - DAYS_TO_1970


def _offset(zone: bytes) -> i64:
    """Return seconds that a zone ("Z", "+0130") is ahead of UTC."""
    if zone == b"Z":
        return 0
    ahead: i64 = (int(zone[1:3]) * 60 + int(zone[3:5])) * 60
    return -ahead if zone[:1] == b"-" else ahead
