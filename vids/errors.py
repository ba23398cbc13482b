"""What an operator can do wrong: one tree, each branch with its exit code.

Raised with the place and the remedy in the message, caught once, in the command line. Bad traffic is never an
exception: it is an anomaly (vids/engine/event.py).
"""

from __future__ import annotations

from typing import ClassVar


class VidsError(Exception):
    """A mistake that one line on stderr explains."""

    exit_code: ClassVar[int] = 2


class ConfigError(VidsError):
    """A setting or its file is wrong."""

    exit_code = 3


class RulesError(VidsError):
    """A rules file cannot be read, or holds nothing usable."""

    exit_code = 3


class CaptureError(VidsError):
    """A capture cannot be read: missing, no capture at all, or of a kind that is not supported."""

    exit_code = 4


class OutputError(VidsError):
    """Records cannot be written: permission, full disk, a folder in the way."""

    exit_code = 2
