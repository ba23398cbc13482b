"""Write the EVE of captures with its clock fields masked, so that two builds can be compared byte for byte.

    tools/eve_lines.py OUT [CAPTURE...]       default: pcaps/, and the shared captures where they are (VIDS_SHARED)

Every event type is on, checksums are ignored and verified in turn. Exits 1 when a capture neither replays nor is
refused with its one line.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from vids.cli.main import exit_code

ROOT = Path(__file__).resolve().parent.parent
CLOCKS = re.compile(rb'"(uptime|load_seconds|packets_seconds)":[0-9.e-]+')
EVERYTHING = ["--events", "alert,flow,anomaly,stats", "--set", "stream.midstream=true"]


def captures() -> list[Path]:
    """Return every capture at hand, in order."""
    shared = Path(os.environ.get("VIDS_SHARED") or ROOT.parent / "shared") / "captures"
    folders = [ROOT / "pcaps", *([shared] if shared.is_dir() else [])]
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if "cap" in path.suffix or path.suffix == ".ntar"
    ]


def main() -> int:
    """Replay them all into one file."""
    out = Path(sys.argv[1])
    paths = [Path(argument) for argument in sys.argv[2:]] or captures()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, out.open("wb") as lines:
        eve = Path(folder, "eve.json")
        for path in paths:
            for checksums in ("verify", "ignore"):
                code = exit_code(["replay", "--eve", str(eve), "--checksums", checksums, *EVERYTHING, str(path)])
                lines.write(f"# {path.name} {checksums} exit {code}\n".encode())
                lines.write(CLOCKS.sub(rb'"\1":0', eve.read_bytes()))
                if code not in {0, 4}:
                    wrong += 1
                    print(f"{path}: exit {code}", file=sys.stderr)
    print(f"{len(paths)} captures, {out.stat().st_size} bytes of EVE, {wrong} went wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
