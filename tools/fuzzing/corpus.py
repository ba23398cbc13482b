"""What inputs are made of: the frames of pcaps/ and the rules of rules/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vids.capture.file import open_captures
from vids.engine.batch import ENTRY

ROOT = Path(__file__).resolve().parent.parent.parent
FRAMES = 12  # of each capture: enough for a handshake, a request and an answer


@cache
def captures() -> list[list[bytes]]:
    """Return the first frames of each shipped capture: Ethernet."""
    found: list[list[bytes]] = []
    for path in sorted((ROOT / "pcaps").glob("*.pcap")):
        frames: list[bytes] = []
        for batch in open_captures([str(path)]):
            for at in range(0, len(batch.index), ENTRY):
                offset = int.from_bytes(batch.index[at + 8 : at + 12], "little")
                length = int.from_bytes(batch.index[at + 12 : at + 16], "little")
                frames.append(batch.data[offset : offset + length])
        found.append(frames[:FRAMES])
    return found


@cache
def frames() -> list[bytes]:
    """Return the frames of all captures, each once."""
    return list(dict.fromkeys(frame for capture in captures() for frame in capture))


@cache
def rules() -> list[bytes]:
    """Return the shipped rules, one by one."""
    files = sorted((ROOT / "rules").glob("*.rules"))
    lines = [line for file in files for line in file.read_bytes().replace(b"\\\n", b"").splitlines()]
    return [line for line in lines if line.strip() and not line.startswith(b"#")]
