"""The table of fuzz targets: a new one is one line here, and its file in this folder."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from fuzzing.target import Target

ROOMS: Final[dict[str, tuple[str, ...]]] = {  # target -> modules and packages whose coverage guides it
    "decode": ("vids.engine.packet",),
    "defrag": ("vids.engine.packet",),
    "stream": ("vids.engine.flow", "vids.engine.packet.tcp"),
    "threshold": ("vids.engine.detect.threshold", "vids.engine.rule.threshold_file", "vids.engine.rule.address"),
    "rules": ("vids.engine.rule", "vids.engine.detect"),
    "engine": ("vids.engine.engine", "vids.engine.detect", "vids.engine.flow", "vids.engine.packet", "vids.eve"),
}


def load(name: str) -> Target:
    """Return a target. Import nothing of its rooms before, or they are not instrumented."""
    target = import_module(f"fuzzing.{name}").TARGET
    assert isinstance(target, Target)
    return target
