"""Bytes of the wire as text of records."""

from __future__ import annotations


def text(data: bytes) -> str:
    """Return UTF-8 as it is; of what is none, each byte beyond ASCII as \\xNN."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("ascii", "backslashreplace")
