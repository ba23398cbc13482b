"""EVE's time format: 2014-01-14T17:04:02.080757+0000, in local time."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Final

NS: Final = 1_000_000_000  # nanoseconds in a second


@lru_cache(maxsize=256)
def _second(second: int) -> tuple[str, str]:
    """Return a second's text and its zone: calendars are slow, and most records share a few seconds."""
    local = time.localtime(second)
    return time.strftime("%Y-%m-%dT%H:%M:%S", local), time.strftime("%z", local)


def timestamp(ns: int) -> str:
    """Return the text of `ns` nanoseconds since 1970, to the microsecond below."""
    second, rest = divmod(ns, NS)
    text, zone = _second(second)
    return f"{text}.{rest // 1000:06d}{zone}"
