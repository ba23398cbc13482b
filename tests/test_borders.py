"""The rooms stay apart: engine/ imports nothing of vids outside itself, and no stage imports a later one."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ORDER = [
    "batch", "settings", "packet", "rewrite", "flow", "proto", "rule", "event", "detect", "verdict", "policy",
    "filereport", "appreport", "engine", "limits",
]  # fmt: skip
FORBIDDEN = {"os", "sys", "time", "datetime", "logging", "structlog", "random", "pathlib", "subprocess", "threading"}


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports, those for type checkers only included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def engine_files():
    files = sorted((ROOT / "vids" / "engine").rglob("*.py"))
    assert files
    return files


def room(module: str) -> str:
    return module.split(".")[2]


def test_the_engine_imports_nothing_of_vids_but_itself():
    for path in engine_files():
        outside = {m for m in imports(path) if m.split(".")[0] == "vids" and not m.startswith("vids.engine.")}
        assert not outside, f"{path}: {outside}"


def test_no_stage_imports_a_later_one():
    for path in engine_files():
        relative = path.relative_to(ROOT / "vids" / "engine")
        here = relative.parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        for module in imports(path):
            if module.startswith("vids.engine."):
                assert ORDER.index(room(module)) <= ORDER.index(here), f"{path} imports {module}"


def test_the_engine_does_no_io_and_reads_no_clock():
    for path in engine_files():
        used = {m.split(".")[0] for m in imports(path)} & FORBIDDEN
        assert not used, f"{path} imports {used}"
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert not names & {"open", "print", "input"}, f"{path} does I/O"


def test_nothing_else_reaches_around_the_path():
    for folder, later in (("capture", ("vids.eve", "vids.cli")), ("eve", ("vids.cli", "vids.capture"))):
        for path in sorted((ROOT / "vids" / folder).rglob("*.py")):
            assert not [m for m in imports(path) if m.startswith(later)], path
