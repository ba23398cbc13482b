"""Records are written in local time: here in UTC."""

import time

import pytest

from vids.eve import timestamp as timestamp_module


@pytest.fixture
def zone(monkeypatch):
    """Set the local time zone, by POSIX name."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()
        timestamp_module._second.cache_clear()

    yield set_zone
    monkeypatch.undo()
    time.tzset()
    timestamp_module._second.cache_clear()


@pytest.fixture(autouse=True)
def utc(zone):
    zone("UTC0")
