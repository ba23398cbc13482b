"""The table of fuzz targets: a new one is one line here, and its file in this folder.

Application protocols need neither: each in vids/engine/proto/table.py is a target by its name (application.py).
"""

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
APPLICATIONS: Final = ("vids.engine.proto",)  # the same, of each application protocol


def names() -> list[str]:
    """Return the names of all targets."""
    return [*ROOMS, *import_module("vids.engine.proto.table").BY_NAME]


def rooms_of(name: str) -> tuple[str, ...]:
    """Return the modules and packages whose coverage guides a target."""
    return ROOMS.get(name, APPLICATIONS)


def load(name: str) -> Target:
    """Return a target. Import nothing of its rooms before, or they are not instrumented."""
    if name in ROOMS:
        target = import_module(f"fuzzing.{name}").TARGET
    else:
        target = import_module("fuzzing.application").target(name)
    assert isinstance(target, Target)
    return target
