"""Compile vids/engine with mypyc where a C compiler is; everything else is in pyproject.toml.

VIDS_COMPILE=0 leaves plain Python; VIDS_COMPILE=require fails when it cannot compile (releases, CI); anything
else compiles where it can and installs plain Python where it cannot.
"""

import os
import shutil
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py

COMPILED = ("vids/engine", "vids/capture/pcap.py", "vids/capture/pcapng.py")  # what runs per packet or per rule
LIBRARIES = {
    "capture": "packets",
    "batch": "packets",
    "settings": "packets",
    "packet": "packets",
    "rewrite": "packets",
    "flow": "packets",
    "proto": "protocols",
    "rule": "rules",
}  # fmt: skip  of each room; the others are the engine's
WISH = os.environ.get("VIDS_COMPILE", "auto")


def sources() -> list[str]:
    """Return the files to compile, in a fixed order."""
    found: list[str] = []
    for place in map(Path, COMPILED):
        found += [str(place)] if place.is_file() else sorted(str(path) for path in place.rglob("*.py"))
    return found


def groups(paths: list[str]) -> list[tuple[list[str], str]]:
    """Return the files by the library that they become: one alone takes the compiler three times as long.

    A room is in the same library as those before it, or in a later one: libraries load in this order.
    """
    found: dict[str, list[str]] = {"packets": [], "protocols": [], "rules": [], "engine": []}
    for path in paths:
        room = Path(path).parts[2].removesuffix(".py") if path.startswith("vids/engine") else "capture"
        found[LIBRARIES.get(room, "engine")].append(path)
    return [(members, f"vids_{name}") for name, members in found.items()]


def extensions() -> list[Extension]:
    """Return mypyc's extensions, or none where they are not wanted or cannot be."""
    compilers = (os.environ.get("CC") or "cc", "gcc", "clang")
    if WISH == "0" or (WISH != "require" and not any(map(shutil.which, compilers))):
        return []
    from mypyc.build import mypycify  # noqa: PLC0415  needed only here

    built: list[Extension] = mypycify(sources(), opt_level="2", debug_level="0", separate=groups(sources()))
    for extension in built:
        extension.optional = WISH != "require"
    return built


class BuildWithRules(build_py):
    """Put rules/ beside the package's data, so that an installed vids has its signatures."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "vids", "rules")
            target.mkdir(parents=True, exist_ok=True)
            for rules in sorted(Path("rules").glob("*.rules")):
                shutil.copy2(rules, target)


setup(
    ext_modules=extensions(),
    cmdclass={"build_py": BuildWithRules},
    options={"build_ext": {"parallel": os.cpu_count()}},
)
